import { formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Duration } from '../../components/Duration.js';
import type { VisitPage, VisitRequest } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { pathOf } from './page-name.js';

/** Number of successful requests shown without unfolding. */
const SHOWN = 3;

interface RequestListProps {
  readonly page: VisitPage;
  /** Number of the page, from 1. */
  readonly number: number;
}

/** The requests of a page, failed ones first. Many successful ones are folded. */
export function RequestList({ page, number }: RequestListProps) {
  const { requests, request_count: count, failed_request_count: failedCount } = page;
  const failed = requests.filter((request) => request.failed);
  const others = requests.slice(failed.length);
  const missing = count - requests.length;
  const sound = formatCounted(count - failedCount, 'request');
  return (
    <section aria-label={`Requests of page ${number}`}>
      <ul className="visit-list">{failed.map(row)}</ul>
      {others.length > SHOWN ? (
        <details>
          <summary>{sound} that did not fail, slowest first</summary>
          <ul className="visit-list">{others.map(row)}</ul>
        </details>
      ) : (
        <ul className="visit-list">{others.map(row)}</ul>
      )}
      {missing > 0 && (
        <p className="muted visit-more">{formatCounted(missing, 'more request')} not listed.</p>
      )}
    </section>
  );
}

function row(request: VisitRequest, index: number) {
  return <RequestRow request={request} key={index} />;
}

function RequestRow({ request }: { readonly request: VisitRequest }) {
  const { method, url, status_code: status, failed, error, server } = request;
  const { trace_id: trace, span_id: span } = request;
  const isServerOnly = server !== undefined && server.span_id === span;
  return (
    <li className={failed ? 'visit-row is-failed' : 'visit-row'}>
      <span className="visit-status">{status ?? (failed ? 'failed' : '–')}</span>
      <span className="mono visit-what" title={url && visibleText(url)}>
        {visibleText([method, url && pathOf(url)].filter(Boolean).join(' ') || 'Request')}
      </span>
      {failed && error !== undefined && error !== String(status) && (
        <span className="visit-why">{visibleText(error)}</span>
      )}
      <span className="visit-numbers">
        <Duration ms={request.duration_ms} />
        {trace !== undefined && span !== undefined && !isServerOnly && (
          <SessionLink search={{ trace, span }}>Span</SessionLink>
        )}
        {server?.trace_id !== undefined && server.span_id !== undefined && (
          <SessionLink
            search={{ trace: server.trace_id, span: server.span_id }}
            title={`${visibleText(server.name)} took ${server.duration_ms} ms`}
          >
            {server.service === undefined ? 'Server' : visibleText(server.service)}
          </SessionLink>
        )}
      </span>
    </li>
  );
}
