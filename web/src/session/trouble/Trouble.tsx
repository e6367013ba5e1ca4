import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Session } from '../../api/client.js';
import { Icon } from '../../components/Icon.js';
import { Skeleton } from '../../components/Skeleton.js';
import { visibleText } from '../../format/text.js';
import { conversationQuery, outlineQuery, spanQuery, type Turn } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { failureText } from '../span/read-span.js';
import { type FirstError, firstError } from './first-error.js';
import { isPast, promptBefore } from './prompt-before.js';
import './trouble.css';

/** Further pages are not read for a line at the top of the page. */
const MAX_PAGES = 8;
const MAX_TEXT = 600;

/** Why a session failed, before anybody has to look for it: its first error, and what the user said before. */
export function Trouble({ session }: { readonly session: Session }) {
  const id = session['session.id'];
  const { data: outline, error } = useQuery(outlineQuery(id));
  const first = useMemo(() => outline && firstError(outline), [outline]);
  const isPending = outline === undefined && error === null;
  if (first === undefined && !isPending) return null;
  const hasPrompt = session.genai_usage !== undefined;
  return (
    <section className="trouble" aria-label="First error">
      {outline === undefined || first === undefined ? (
        <>
          <PendingLine />
          {hasPrompt && <PendingLine />}
        </>
      ) : (
        <>
          <ErrorLine first={first} />
          {hasPrompt && (
            <PromptLine
              sessionId={id}
              traceId={first.trace.id}
              time={Number(outline.origin) / 1e6 + first.span.end}
            />
          )}
        </>
      )}
    </section>
  );
}

function ErrorLine({ first: { trace, span } }: { readonly first: FirstError }) {
  const { data, error } = useQuery(spanQuery(trace.id, span.id));
  const said = data && failureText(data);
  const failure = said ?? (data === undefined && error === null ? undefined : 'It does not say why.');
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

/** Keeps the place of a line that is still to come. */
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
