import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';
import { Icon } from '../../components/Icon.js';
import { Skeleton } from '../../components/Skeleton.js';
import { parseTime } from '../../format/time.js';
import { ExceptionList } from '../exceptions/ExceptionList.js';
import { crashText, exceptionName, exceptionPlace } from '../exceptions/exception-text.js';
import {
  conversationQuery,
  exceptionsQuery,
  outlineQuery,
  type SessionException,
  spanQuery,
  type Turn,
} from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { failureText } from '../span/read-span.js';
import type { Outline } from '../timeline/outline.js';
import { absoluteTime, type FailedSpan, firstError, isBefore } from './first-error.js';
import { isPast, promptBefore } from './prompt-before.js';
import './trouble.css';

/** Maximum number of pages that are read for the line at the top of the page. */
const MAX_PAGES = 8;
const MAX_TEXT = 600;

/**
 * Shows at the top why a session failed: its first error, the user's last message before it, and all
 * exceptions.
 */
export function Trouble({ session }: { readonly session: Session }) {
  const id = session['session.id'];
  const hasFailed = session.error_count > 0;
  const hasThrown = session.exception_count !== undefined;
  const outline = useQuery({ ...outlineQuery(id), enabled: hasFailed });
  const thrown = useInfiniteQuery({ ...exceptionsQuery(id), enabled: hasThrown });
  const exceptions = useMemo(() => thrown.data?.pages.flatMap(({ items }) => items) ?? [], [thrown.data]);
  const first = useMemo(
    () => firstOf(hasFailed ? outline.data : undefined, exceptions[0]),
    [hasFailed, outline.data, exceptions],
  );
  const isPending = (hasFailed && outline.isPending) || (hasThrown && thrown.isPending);
  if (first === undefined && !isPending) return null;
  const hasPrompt = session.genai_usage !== undefined;
  return (
    <section className="trouble" aria-label="First error">
      {first === undefined || isPending ? (
        <>
          <PendingLine />
          {hasPrompt && <PendingLine />}
        </>
      ) : (
        <>
          {first.span === undefined ? (
            <ExceptionLine exception={first.exception} />
          ) : (
            <ErrorLine first={first.span} />
          )}
          {hasPrompt && <PromptLine sessionId={id} traceId={first.traceId} time={first.time} />}
          {exceptions.length > 0 && (
            <AllThrown
              session={session}
              exceptions={exceptions}
              onMore={thrown.hasNextPage ? () => void thrown.fetchNextPage() : undefined}
            />
          )}
        </>
      )}
    </section>
  );
}

/** The first failure: a failed span or an exception. `time` in milliseconds since 1970. */
type First = { readonly traceId: string; readonly time: number } & (
  | { readonly span: FailedSpan; readonly exception?: undefined }
  | { readonly span?: undefined; readonly exception: SessionException }
);

function firstOf(outline: Outline | undefined, exception: SessionException | undefined): First | undefined {
  const failed = outline && firstError(outline);
  if (outline !== undefined && failed !== undefined) {
    if (exception === undefined || !isBefore(exception, failed, outline)) {
      return {
        span: failed,
        traceId: failed.trace.id,
        time: absoluteTime(failed.failedBy, outline.origin),
      };
    }
  }
  return (
    exception && {
      exception,
      traceId: exception.span?.trace_id ?? exception.record.trace_id ?? '',
      time: parseTime(exception.first_time),
    }
  );
}

interface AllThrownProps {
  readonly session: Session;
  readonly exceptions: readonly SessionException[];
  /** Loads the next page; undefined if there is none. */
  readonly onMore: (() => void) | undefined;
}

function AllThrown({ session, exceptions, onMore }: AllThrownProps) {
  return (
    <details className="thrown">
      <summary>
        {formatCounted(session.exception_count ?? 0, 'exception')}
        {session.crash_count !== undefined && (
          <span className="error-text">, {crashText(session.crash_count)}</span>
        )}
      </summary>
      <ExceptionList exceptions={exceptions} start={parseTime(session.start_time)} />
      {onMore !== undefined && (
        <button type="button" className="text-button" onClick={onMore}>
          Show more
        </button>
      )}
    </details>
  );
}

function ExceptionLine({ exception }: { readonly exception: SessionException }) {
  const { service, message, page } = exception;
  const place = exceptionPlace(exception);
  return (
    <div className="trouble-line trouble-error">
      <Icon name="warning" />
      <p>
        <strong>First error</strong> <span className="mono">{short(exceptionName(exception))}</span>
        {service !== undefined && <span className="muted"> in {short(service)}</span>}
        {page !== undefined && <span className="muted"> on {short(page)}</span>}
        <span className="trouble-text">{message === undefined ? 'No reason is given.' : short(message)}</span>
      </p>
      {place !== undefined && (
        <SessionLink search={place} className="button button-small">
          Show the span
        </SessionLink>
      )}
    </div>
  );
}

function ErrorLine({ first: { trace, span } }: { readonly first: FailedSpan }) {
  const { data, error } = useQuery(spanQuery(trace.id, span.id));
  const said = data && failureText(data);
  const failure = said ?? (data === undefined && error === null ? undefined : 'No reason is given.');
  return (
    <div className="trouble-line trouble-error">
      <Icon name="warning" />
      <p>
        <strong>First error</strong> <span className="mono">{short(span.name)}</span>
        {span.service !== undefined && <span className="muted"> in {short(span.service)}</span>}
        <span className="trouble-text">
          {failure === undefined ? <Skeleton width="40%" /> : short(failure)}
        </span>
      </p>
      <SessionLink search={{ trace: trace.id, span: span.id }} className="button button-small">
        Show the span
      </SessionLink>
    </div>
  );
}

interface PromptLineProps {
  readonly sessionId: string;
  readonly traceId: string;
  readonly time: number;
}

function PromptLine({ sessionId, traceId, time }: PromptLineProps) {
  const { data, error, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery(
    conversationQuery(sessionId),
  );
  const turns = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const failure = { traceId, time };
  const isDone = !hasNextPage || (data?.pages.length ?? 0) >= MAX_PAGES || isPast(turns, failure);
  useEffect(() => {
    if (data !== undefined && error === null && !isDone && !isFetching) void fetchNextPage();
  }, [data, error, isDone, isFetching, fetchNextPage]);
  if (error === null && (data === undefined || !isDone)) return <PendingLine />;
  const prompt = promptBefore(turns, failure);
  if (prompt === undefined) return null;
  return (
    <div className="trouble-line">
      <Icon name="user" />
      <p>
        <strong>Prompt before it</strong>
        <span className="trouble-text">{short(prompt.text ?? '')}</span>
      </p>
      <SessionLink search={placeOf(prompt)} className="button button-small">
        Show the conversation
      </SessionLink>
    </div>
  );
}

/** Reserves the space of a line that is still loading. */
function PendingLine() {
  return (
    <div className="trouble-line">
      <p>
        <Skeleton width="30%" />
        <span className="trouble-text">
          <Skeleton width="40%" />
        </span>
      </p>
    </div>
  );
}

function placeOf({ trace_id: trace, span_id: span }: Turn) {
  return {
    view: 'conversation' as const,
    ...(trace !== undefined && { trace }),
    ...(span !== undefined && { span }),
  };
}

function short(text: string): string {
  const line = visibleText(text.slice(0, MAX_TEXT).replace(/\s+/g, ' ').trim());
  return text.length > MAX_TEXT ? `${line}…` : line;
}
