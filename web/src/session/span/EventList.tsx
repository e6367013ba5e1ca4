import { useEffect, useRef } from 'react';
import type { components } from '../../../../client/src/schema.js';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { AttributeTable } from './AttributeTable.js';
import { ExceptionTexts } from './ExceptionTexts.js';
import { type ExactSpan, exceptionOf } from './read-span.js';

type SpanEvent = components['schemas']['SpanEvent'];

interface EventListProps {
  readonly span: ExactSpan;
  /** The id of the highlighted event, which may belong to another span. */
  readonly chosen: string | undefined;
}

/** The events of the span, by time; exceptions with their stack trace. */
export function EventList({ span, chosen }: EventListProps) {
  const list = useRef<HTMLOListElement>(null);
  // The id of a span event ends in its position among the events of its span (docs/events.md).
  const place = chosen?.startsWith(`${span.trace_id}-${span.span_id}-`)
    ? Number(chosen.slice(chosen.lastIndexOf('-') + 1))
    : -1;
  useEffect(() => {
    list.current?.children[place]?.scrollIntoView({ block: 'nearest' });
  }, [place]);
  return (
    <ol className="events" ref={list}>
      {span.events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events have no id, and their order is fixed
        <li key={index} className={index === place ? 'is-chosen' : ''}>
          <Event event={event} start={span.start_time_unix_nano} />
        </li>
      ))}
      {span.dropped_events_count !== undefined && span.dropped_events_count > 0 && (
        <li className="muted">The sender left out {span.dropped_events_count} more.</li>
      )}
    </ol>
  );
}

function Event({ event, start }: { readonly event: SpanEvent; readonly start: string }) {
  const exception = exceptionOf(event);
  const offset = Number(BigInt(event.time_unix_nano) - BigInt(start)) / 1e6;
  const rest =
    exception === undefined
      ? event.attributes
      : event.attributes.filter(({ key }) => !key.startsWith('exception.') || key === 'exception.escaped');
  return (
    <>
      <p className="event-head">
        <span className="event-name">{visibleText(event.name)}</span>
        <span className="muted">
          {offset < 0 ? '−' : '+'}
          {formatDuration(Math.abs(offset))}
        </span>
      </p>
      {exception !== undefined && <ExceptionTexts exception={exception} />}
      {rest.length > 0 && (
        <AttributeTable
          attributes={rest}
          of={visibleText(event.name)}
          dropped={event.dropped_attributes_count}
        />
      )}
    </>
  );
}
