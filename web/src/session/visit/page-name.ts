import type { VisitPage } from '../queries.js';

/** What a page is called: the path of its address, else its name. */
export function pageName({ url, name }: Pick<VisitPage, 'url' | 'name'>): string {
  return url === undefined ? (name ?? 'Unknown page') : pathOf(url);
}

/** What stands beside that: its route or title, where that says more. */
export function pageTitle({ url, name }: Pick<VisitPage, 'url' | 'name'>): string | undefined {
  return url === undefined || name === undefined || name === pathOf(url) ? undefined : name;
}

/** The path of an address, with its query where that is kept; the whole of what is no address. */
export function pathOf(url: string): string {
  const path = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*(.*)$/is.exec(url)?.[1];
  return path === '' ? '/' : (path ?? url);
}

/** Whether a page, or something on it, is told by this span. */
export function isOn(page: VisitPage, span: string, trace: string | undefined): boolean {
  const thrown = page.exceptions.flatMap((exception) => [exception.record, exception.span]);
  const records = [page, page.agent, ...page.actions, ...thrown, ...page.requests];
  const servers = page.requests.map(({ server }) => server);
  return [...records, ...servers].some(
    (record) => record?.span_id === span && (trace === undefined || record.trace_id === trace),
  );
}

/** Whether something went wrong on a page. */
export function hasTrouble({ exception_count, failed_request_count }: VisitPage): boolean {
  return exception_count > 0 || failed_request_count > 0;
}

/** The index of the next page with trouble, after the last the first again; undefined where there is none. */
export function nextTrouble(pages: readonly VisitPage[], after: number): number | undefined {
  const places = pages.flatMap((page, index) => (hasTrouble(page) ? [index] : []));
  return places.find((index) => index > after) ?? places[0];
}
