import { useEffect, useRef, useState } from 'react';
import { EventRow } from '../events/EventRow.js';
import type { SessionEvent } from '../queries.js';
import { useSessionRoute } from '../use-session-route.js';
import { Section } from './Section.js';
import '../events/events.css';

const STEP = 50;

interface LogListProps {
  /** Events of the span. Span events among them are shown elsewhere, so only log records are listed. */
  readonly events: readonly SessionEvent[];
  readonly openEvent: string | undefined;
}

/** The log records of the span, by time. */
export function LogList({ events, openEvent }: LogListProps) {
  const logs = events.filter(({ kind }) => kind === 'log');
  if (logs.length === 0) return null;
  return (
    <Section title="Log records" count={logs.length} isOpenAtFirst>
      {() => <Logs logs={logs} openEvent={openEvent} />}
    </Section>
  );
}

interface LogsProps {
  readonly logs: readonly SessionEvent[];
  readonly openEvent: string | undefined;
}

function Logs({ logs, openEvent }: LogsProps) {
  const { search, go } = useSessionRoute();
  const place = logs.findIndex(({ id }) => id === openEvent);
  const [limit, setLimit] = useState(STEP);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.children[place]?.scrollIntoView({ block: 'nearest' });
  }, [place]);
  const { event: _, ...rest } = search;
  const start = logs[0]!.time_unix_nano;
  const shown = logs.slice(0, Math.max(limit, place + 1));
  return (
    <>
      <ol className="span-logs" ref={list}>
        {shown.map((event, index) => (
          <li key={event.id}>
            <EventRow
              event={event}
              index={index}
              start={start}
              isOpen={event.id === openEvent}
              isBesideSpan
              hasTimeline
              onToggle={(id) => go(id === openEvent ? rest : { ...rest, event: id }, { replace: true })}
            />
          </li>
        ))}
      </ol>
      {logs.length > shown.length && (
        <button type="button" className="text-button" onClick={() => setLimit(limit + STEP)}>
          Show more of {logs.length}
        </button>
      )}
    </>
  );
}
