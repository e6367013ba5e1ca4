import { memo } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon } from '../../components/Icon.js';
import { exactTime } from '../../format/time.js';
import type { SessionEvent } from '../queries.js';
import { EventDetails } from './EventDetails.js';
import { millisecondsBetween, millisecondsOf, severityText, summaryOf, toneOf } from './event-text.js';

/** Names can be long; a row shows at most this many characters. */
const MAX_NAME = 120;

interface EventRowProps {
  readonly event: SessionEvent;
  readonly index: number;
  /** Start of the session: nanoseconds since 1970, as digits. */
  readonly start: string;
  readonly isOpen: boolean;
  readonly hasTimeline: boolean;
  /** Whether it is shown with its span, which then need not be named. */
  readonly isBesideSpan?: boolean;
  readonly onToggle: (id: string) => void;
  readonly onFocus?: (index: number) => void;
  readonly onName?: (name: string) => void;
}

/** An event as a line, with all details if it is open. */
export const EventRow = memo(function EventRow(props: EventRowProps) {
  const { event, index, start, isOpen, hasTimeline, isBesideSpan = false, onName } = props;
  const name = event.event_name;
  const offset = millisecondsBetween(start, event.time_unix_nano);
  return (
    <>
      <button
        type="button"
        className={`event-line tone-${toneOf(event)}`}
        data-event={index}
        aria-expanded={isOpen}
        onClick={() => props.onToggle(event.id)}
        onFocus={() => props.onFocus?.(index)}
      >
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
        <span className="num event-offset" title={exactTime(millisecondsOf(event.time_unix_nano))}>
          {offset < 0 ? '−' : '+'}
          {formatDuration(Math.abs(offset))}
        </span>
        <span className="event-severity">{severityText(event)}</span>
        <span className="event-title truncate">
          {name === undefined ? (
            <span className="muted">log record</span>
          ) : (
            visibleText(name.slice(0, MAX_NAME))
          )}
        </span>
        <span className="event-summary truncate">{summaryOf(event)}</span>
      </button>
      {isOpen && (
        <EventDetails event={event} hasTimeline={hasTimeline} isBesideSpan={isBesideSpan}>
          {name !== undefined && onName !== undefined && (
            <button type="button" className="text-button" onClick={() => onName(name)}>
              Only events of this name
            </button>
          )}
        </EventDetails>
      )}
    </>
  );
});
