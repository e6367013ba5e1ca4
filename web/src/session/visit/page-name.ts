import type { VisitPage } from '../queries.js';

/** The name of a page: the path of its address, else its name. */
export function pageName({ url, name }: Pick<VisitPage, 'url' | 'name'>): string {
  return url === undefined ? (name ?? 'Unknown page') : pathOf(url);
}

/** The route or title beside the name, if it adds something. */
export function pageTitle({ url, name }: Pick<VisitPage, 'url' | 'name'>): string | undefined {
  return url === undefined || name === undefined || name === pathOf(url) ? undefined : name;
}

/** The path of an address, with its query if that is kept. A text that is not an address is returned whole. */
export function pathOf(url: string): string {
  const path = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*(.*)$/is.exec(url)?.[1];
  return path === '' ? '/' : (path ?? url);
}

/** Whether this span reports a page, or something on it. */
export function isOn(page: VisitPage, span: string, trace: string | undefined): boolean {
  const thrown = page.exceptions.flatMap((exception) => [exception.record, exception.span]);
  const records = [page, page.agent, ...page.actions, ...thrown, ...page.requests];
  const servers = page.requests.map(({ server }) => server);
  return [...records, ...servers].some(
    (record) => record?.span_id === span && (trace === undefined || record.trace_id === trace),
  );
}

/** Whether a request failed or an exception was thrown on a page. */
export function hasTrouble({ exception_count, failed_request_count }: VisitPage): boolean {
  return exception_count > 0 || failed_request_count > 0;
}

/** The index of the next page with trouble, wrapping around at the end; undefined if there is none. */
export function nextTrouble(pages: readonly VisitPage[], after: number): number | undefined {
  const places = pages.flatMap((page, index) => (hasTrouble(page) ? [index] : []));
  return places.find((index) => index > after) ?? places[0];
}
