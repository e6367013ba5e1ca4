import { memo, useMemo } from 'react';
import { exactDuration, formatDuration } from '../../../../client/src/text/duration.js';
import { formatMoney } from '../../../../client/src/text/money.js';
import { formatCompact, formatCount, formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon } from '../../components/Icon.js';
import type { SessionEvent } from '../queries.js';
import type { CallMark } from '../usage/call-marks.js';
import { Bar } from './Bar.js';
import { eventMarks } from './event-marks.js';
import { isNamedAsCall } from './model-call.js';
import type { OutlinedSpan, OutlinedTrace } from './outline.js';
import { visibleStretches } from './path-parts.js';
import type { TimeWindow } from './time-window.js';

/** Deeper rows are not indented further, to leave room for their names. */
const MAX_INDENT = 16;
/** Names can be long; a row shows at most this many characters. */
const MAX_NAME = 300;

export interface WaterfallRowProps {
  readonly id: string;
  readonly span: OutlinedSpan;
  readonly trace: OutlinedTrace;
  readonly mark: CallMark | undefined;
  /** Its log records and exceptions. */
  readonly events: readonly SessionEvent[];
  /** Start of the session's axis, nanoseconds since 1970. */
  readonly origin: bigint;
  readonly color: string;
  readonly top: number;
  /** Whether the parent is of the same service: then the service is not repeated. */
  readonly isServiceAsAbove: boolean;
  readonly depth: number;
  readonly place: number;
  readonly siblings: number;
  /** Number of descendants. */
  readonly below: number;
  /** Number of failed descendants. */
  readonly failedBelow: number;
  readonly isFolded: boolean;
  readonly isCursor: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (spanId: string) => void;
  readonly onOpenEvent: (spanId: string, eventId: string) => void;
  readonly onFold: (spanId: string) => void;
  /** Time in which no child of it ran, milliseconds. */
  readonly self: number;
  /** The part of the trace that is shown. */
  readonly window: TimeWindow;
  /** When the trace waited for it; undefined if that is not shown. */
  readonly path: readonly TimeWindow[] | undefined;
  /** Whether it is one of those that are searched for; undefined if nothing is searched. */
  readonly isFound: boolean | undefined;
  /** Whether others are looked at: those of another service, or off the critical path. */
  readonly isMinor: boolean;
}

export const WaterfallRow = memo(function WaterfallRow(props: WaterfallRowProps) {
  const { span, trace, mark, events, origin, below, isFolded, failedBelow, window } = props;
  const marks = useMemo(() => eventMarks(events, trace, origin, window), [events, trace, origin, window]);
  const name = visibleText(span.name.slice(0, MAX_NAME)) || 'unnamed';
  const service =
    span.service === undefined || props.isServiceAsAbove
      ? undefined
      : visibleText(span.service.slice(0, MAX_NAME));
  const length = window.to - window.from;
  const shareOf = (time: number): number => (time - window.from) / length;
  const stretches = props.path === undefined ? [] : visibleStretches(props.path, window);
  const duration = formatDuration(span.end - span.start);
  const isCall = mark !== undefined || isNamedAsCall(span.name);
  const used = markText(mark);
  const classes = ['span-row'];
  if (props.isCursor) classes.push('is-cursor');
  if (props.isOpen) classes.push('is-open');
  if (span.isError) classes.push('is-error');
  if (span.otherSession !== undefined) classes.push('is-foreign');
  if (props.isFound === true) classes.push('is-found');
  if (props.isFound === undefined ? props.isMinor : !props.isFound) classes.push('is-minor');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the focus and all the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree names its active row
    <div
      id={props.id}
      className={classes.join(' ')}
      role="treeitem"
      aria-level={props.depth + 1}
      aria-posinset={props.place}
      aria-setsize={props.siblings}
      aria-selected={props.isOpen}
      aria-expanded={below > 0 ? !isFolded : undefined}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => props.onOpen(span.id)}
    >
      <span
        className="span-name"
        style={{ paddingLeft: `calc(${Math.min(props.depth, MAX_INDENT)} * var(--indent))` }}
      >
        <span className="service-mark" style={{ background: props.color }} />
        {below > 0 ? (
          <button
            type="button"
            className={`fold${isFolded ? ' is-folded' : ''}`}
            tabIndex={-1}
            aria-hidden="true"
            title={isFolded ? `Unfold ${formatCounted(below, 'span')}` : 'Fold'}
            onClick={(event) => {
              event.stopPropagation();
              props.onFold(span.id);
            }}
          >
            <Icon name="chevron-down" />
          </button>
        ) : (
          <span className="fold" />
        )}
        {span.isError && (
          <span className="span-failed">
            <Icon name="warning" />
          </span>
        )}
        {isCall && <span className="call-dot" title="Model call" />}
        <span className="truncate" title={name}>
          {name}
        </span>
        {service !== undefined && (
          <span className="span-service truncate" title={service}>
            {service}
          </span>
        )}
        {isFolded && (
          <span className="folded-count">
            {formatCount(below)}
            {failedBelow > 0 && <span className="error-text"> · {formatCount(failedBelow)} failed</span>}
          </span>
        )}
        {used !== undefined && <span className="call-mark">{used}</span>}
        {span.isError && <span className="visually-hidden">failed</span>}
        {events.length > 0 && (
          <span className="visually-hidden">{formatCounted(events.length, 'event')}</span>
        )}
      </span>
      <span className="num span-duration" title={`${exactDuration(span.end - span.start)}`}>
        {duration}
      </span>
      <span className="num span-self" title={`${exactDuration(props.self)} in itself, not in spans below it`}>
        {props.self < span.end - span.start ? formatDuration(props.self) : ''}
      </span>
      <span className="track">
        <Bar
          from={shareOf(span.start)}
          to={shareOf(span.end)}
          color={span.isError ? undefined : props.color}
          className={span.isError ? 'bar-error' : ''}
        />
        {stretches.map(({ from, to }) => (
          <span
            key={from}
            className="path-part"
            style={{ left: `${from * 100}%`, width: `${Math.max(0.15, (to - from) * 100)}%` }}
          />
        ))}
        {marks.map(({ id, at, tone, title }) => (
          // With the keyboard they are reached in the details of the span.
          <button
            key={id}
            type="button"
            className={`event-mark tone-${tone}`}
            tabIndex={-1}
            aria-hidden="true"
            title={title}
            style={{ left: `${at * 100}%` }}
            onClick={(event) => {
              event.stopPropagation();
              props.onOpenEvent(span.id, id);
            }}
          />
        ))}
      </span>
    </div>
  );
});

function markText(mark: CallMark | undefined): string | undefined {
  // A failed call used nothing, and a call without numbers has an unknown usage.
  if (mark === undefined || mark.input + mark.output === 0) return undefined;
  const tokens = `${formatCompact(mark.input + mark.output)} tok`;
  return mark.costUsd === undefined ? tokens : `${tokens} · ${formatMoney(mark.costUsd)}`;
}
