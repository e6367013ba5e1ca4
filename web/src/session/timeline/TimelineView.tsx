import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Session } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Icon } from '../../components/Icon.js';
import { Skeleton } from '../../components/Skeleton.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import {
  exceptionsQuery,
  outlineQuery,
  type SessionEvent,
  type SessionException,
  traceEventsQuery,
} from '../queries.js';
import { SpanPanel } from '../span/SpanPanel.js';
import type { CallMark } from '../usage/call-marks.js';
import { useCallMarks } from '../usage/use-usage.js';
import { useSessionRoute } from '../use-session-route.js';
import { eventsBySpan } from './event-marks.js';
import { errorPlaces, nextError } from './next-error.js';
import { Overview } from './Overview.js';
import type { Outline, OutlinedTrace } from './outline.js';
import { serviceColors } from './service-colors.js';
import { TraceList } from './TraceList.js';
import { Waterfall } from './Waterfall.js';
import './timeline.css';

const NO_EVENTS: readonly SessionEvent[] = [];

/** On narrower windows the details of a span cover the lower part (span/span.css). */
const PANEL_COVERS = '(max-width: 1099px)';

/** All traces on one axis, the waterfall of one trace, and the details of one span. */
export function TimelineView({ session }: { readonly session: Session }) {
  const id = session['session.id'];
  const { data: outline, error, refetch } = useQuery(outlineQuery(id));
  const marks = useCallMarks(session);
  const hasThrown = session.exception_count !== undefined;
  const thrown = useInfiniteQuery({ ...exceptionsQuery(id), enabled: hasThrown });
  const exceptions = useMemo(() => thrown.data?.pages.flatMap(({ items }) => items) ?? [], [thrown.data]);
  if (outline === undefined) {
    return error === null ? <Pending /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  }
  if (outline.traces.length === 0) {
    return <p className="view-note">This session has no spans. It is made of log records only.</p>;
  }
  return <Timeline sessionId={id} outline={outline} marks={marks} exceptions={exceptions} />;
}

interface TimelineProps {
  readonly sessionId: string;
  readonly outline: Outline;
  readonly marks: ReadonlyMap<string, CallMark>;
  /** The first of the session. */
  readonly exceptions: readonly SessionException[];
}

function Timeline({ sessionId, outline, marks, exceptions }: TimelineProps) {
  const { search, go } = useSessionRoute();
  const errors = useMemo(() => errorPlaces(outline, exceptions), [outline, exceptions]);
  const trace = useMemo(
    () => chosenTrace(outline, search.trace, search.span, errors[0]?.trace),
    [outline, search.trace, search.span, errors],
  );
  const colors = useMemo(() => serviceColors(outline.services), [outline.services]);
  const traceIds = useMemo(() => new Set(outline.traces.map(({ id }) => id)), [outline]);
  const traceId = trace.id;
  const { data: traceEvents } = useQuery(traceEventsQuery(sessionId, traceId));
  const events = useMemo(() => eventsBySpan(traceEvents ?? []), [traceEvents]);

  const openSpan = useCallback(
    (span: string, options?: { readonly replace?: boolean }): void => go({ trace: traceId, span }, options),
    [go, traceId],
  );
  const openEvent = useCallback(
    (span: string, event: string): void => go({ trace: traceId, span, event }),
    [go, traceId],
  );
  const openTrace = useCallback((id: string): void => go({ trace: id }), [go]);
  const closeSpan = useCallback((): void => go({ trace: traceId }, { replace: true }), [go, traceId]);
  const toNextError = (): void => {
    const next = nextError(errors, search, outline);
    if (next === undefined) return;
    go({ trace: next.trace, span: next.span }, { replace: search.span !== undefined });
  };
  const toNeighbour = (by: number): void => {
    const next = outline.traces[outline.traces.indexOf(trace) + by];
    if (next !== undefined) openTrace(next.id);
  };
  useShortcuts({
    e: toNextError,
    '[': () => toNeighbour(-1),
    ']': () => toNeighbour(1),
    ...(search.span !== undefined && { Escape: closeSpan }),
  });

  const [sought, setSought] = useState('');
  const place = useRef<HTMLDivElement>(null);
  // Scrolls to the requested part if most of it is out of view.
  useEffect(() => {
    if (search.span === undefined || place.current === null) return;
    const { top } = place.current.getBoundingClientRect();
    const isCovered = window.matchMedia(PANEL_COVERS).matches;
    if (top < 0 || top > window.innerHeight * (isCovered ? 0.1 : 0.5))
      place.current.scrollIntoView({ block: 'start' });
  }, [search.span]);

  return (
    <div className="timeline">
      {outline.traces.length > 1 && (
        <TraceList
          outline={outline}
          selectedTrace={traceId}
          callCount={marks.size}
          overview={<Overview outline={outline} marks={marks} selectedTrace={traceId} onSelect={openTrace} />}
        />
      )}
      <div ref={place} className={search.span === undefined ? 'waterfall-place' : 'waterfall-place has-span'}>
        <Waterfall
          key={traceId}
          outline={outline}
          trace={trace}
          marks={marks}
          events={events}
          colors={colors}
          openSpan={search.span}
          onOpen={openSpan}
          onOpenEvent={openEvent}
          onOpenTrace={openTrace}
          search={sought}
          onSearch={setSought}
          tools={
            errors.length > 0 && (
              <button
                type="button"
                className="button button-small"
                onClick={toNextError}
                title="Next error (e)"
              >
                <span className="error-text">
                  <Icon name="warning" />
                </span>
                Next error <kbd>e</kbd>
              </button>
            )
          }
        />
        {search.span !== undefined && (
          <SpanPanel
            traceId={traceId}
            spanId={search.span}
            origin={outline.origin}
            otherSession={trace.spans.find(({ id }) => id === search.span)?.otherSession}
            traces={traceIds}
            marks={marks}
            events={events.get(search.span) ?? NO_EVENTS}
            openEvent={search.event}
            onClose={closeSpan}
          />
        )}
      </div>
    </div>
  );
}

/** The trace of the address; else the trace of its span, of the first error, or the first trace. */
function chosenTrace(
  outline: Outline,
  traceId: string | undefined,
  spanId: string | undefined,
  firstFailed: string | undefined,
): OutlinedTrace {
  const { traces } = outline;
  return (
    traces.find(({ id }) => id === traceId) ??
    (spanId === undefined ? undefined : traces.find(({ spans }) => spans.some(({ id }) => id === spanId))) ??
    traces.find(({ id }) => id === firstFailed) ??
    traces[0]!
  );
}

function Pending() {
  return (
    <div className="timeline" role="status" aria-label="Loading the timeline">
      <Skeleton height="230px" />
      <Skeleton height="420px" />
    </div>
  );
}
