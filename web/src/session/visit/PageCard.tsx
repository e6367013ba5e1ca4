import { memo } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Duration } from '../../components/Duration.js';
import { Icon } from '../../components/Icon.js';
import { exactTime, parseTime } from '../../format/time.js';
import { ExceptionList } from '../exceptions/ExceptionList.js';
import type { VisitPage } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { ActionList } from './ActionList.js';
import { PageVitals } from './PageVitals.js';
import { pageName, pageTitle } from './page-name.js';
import { RequestList } from './RequestList.js';

const KINDS: Partial<Record<VisitPage['kind'], string>> = { route: 'Route change', screen: 'Screen' };

interface PageCardProps {
  readonly page: VisitPage;
  /** Number of the page, from 1. */
  readonly number: number;
  readonly isChosen: boolean;
  /** Start of the session, milliseconds since 1970. */
  readonly start: number;
}

/** A page of a visit: duration, vitals, failures and actions. */
export const PageCard = memo(function PageCard({ page, number, isChosen, start }: PageCardProps) {
  const entered = parseTime(page.entered_at);
  const name = visibleText(pageName(page));
  const title = pageTitle(page);
  const kind = KINDS[page.kind];
  return (
    <article
      className={`page-card${isChosen ? ' is-chosen' : ''}`}
      aria-label={`Page ${number}: ${name}`}
      aria-current={isChosen ? 'true' : undefined}
    >
      <header className="page-head">
        <SessionLink
          search={{ view: 'visit', page: number }}
          className="page-number"
          title="Link to this page"
        >
          {number}
        </SessionLink>
        <h2 className="mono page-name" title={page.url && visibleText(page.url)}>
          {name}
        </h2>
        {title !== undefined && <span className="page-title">{visibleText(title)}</span>}
        <span className="page-marks">
          {page.entry && <span className="page-mark">Entry</span>}
          {page.exit && <span className="page-mark">Exit</span>}
          {kind !== undefined && <span className="page-mark">{kind}</span>}
        </span>
        <span className="page-numbers">
          <time dateTime={page.entered_at} title={exactTime(entered)}>
            +{formatDuration(Math.max(0, entered - start))}
          </time>
          <span title="Time on the page">
            <Icon name="clock" /> <Duration ms={page.duration_ms} />
          </span>
          {page.trace_id !== undefined && page.span_id !== undefined && (
            <SessionLink search={{ trace: page.trace_id, span: page.span_id }}>Span</SessionLink>
          )}
        </span>
      </header>
      {page.referrer !== undefined && (
        <p className="page-referrer">
          From <span className="mono">{visibleText(page.referrer)}</span>
        </p>
      )}
      {page.vitals !== undefined && <PageVitals vitals={page.vitals} />}
      <Counts page={page} />
      {page.exceptions.length > 0 && <Errors page={page} number={number} start={start} />}
      {page.requests.length > 0 && <RequestList page={page} number={number} />}
      {page.action_count > 0 && <ActionList page={page} />}
      {page.agent !== undefined && <AgentLink agent={page.agent} />}
      {page.truncated && (
        <p className="muted visit-more">More happened here than was looked at: these numbers are too low.</p>
      )}
    </article>
  );
});

function Errors({ page, number, start }: Pick<PageCardProps, 'page' | 'number' | 'start'>) {
  const { exceptions, exception_count: count, url } = page;
  const missing = count - exceptions.reduce((sum, each) => sum + each.count, 0);
  return (
    <section aria-label={`Errors of page ${number}`}>
      <ExceptionList exceptions={exceptions} start={start} onPage={url} />
      {missing > 0 && <p className="muted visit-more">{formatCounted(missing, 'more error')} not listed.</p>}
    </section>
  );
}

function Counts({ page }: { readonly page: VisitPage }) {
  const { exception_count: exceptions, request_count: requests, failed_request_count: failed } = page;
  if (exceptions + requests === 0) return null;
  return (
    <p className="page-counts">
      {exceptions > 0 && <span className="error-text">{formatCounted(exceptions, 'error')}</span>}
      {failed > 0 && <span className="error-text">{formatCounted(failed, 'failed request')}</span>}
      {requests > 0 && <span>{formatCounted(requests, 'request')}</span>}
    </p>
  );
}

function AgentLink({ agent }: { readonly agent: NonNullable<VisitPage['agent']> }) {
  const { trace_id: trace, span_id: span } = agent;
  return (
    <p className="page-agent">
      <Icon name="spark" /> Led to an agent: {formatCounted(agent.call_count, 'model call')}.{' '}
      <SessionLink
        search={{
          view: 'conversation',
          ...(trace !== undefined && { trace }),
          ...(span !== undefined && { span }),
        }}
      >
        Show the conversation
      </SessionLink>
    </p>
  );
}
