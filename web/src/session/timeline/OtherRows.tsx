import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon } from '../../components/Icon.js';
import { exactTime } from '../../format/time.js';
import { millisecondsOf, severityText, summaryOf, toneOf } from '../events/event-text.js';
import type { SessionEvent } from '../queries.js';
import { Bar } from './Bar.js';
import type { OutlinedSpan } from './outline.js';
import type { TimeWindow } from './time-window.js';

const MAX_INDENT = 16;
const MAX_NAME = 300;

interface OtherRowProps {
  readonly id: string;
  readonly top: number;
  readonly depth: number;
  readonly isCursor: boolean;
}

interface GroupRowProps extends OtherRowProps {
  /** The spans of the group, by start. */
  readonly spans: readonly OutlinedSpan[];
  readonly color: string;
  readonly window: TimeWindow;
  readonly isUnfolded: boolean;
  readonly onToggle: () => void;
}

/** The head of a group of equal siblings: how many, how long in all, and how many failed. */
export function GroupRow(props: GroupRowProps) {
  const { spans, window, isUnfolded } = props;
  const first = spans[0]!;
  const name = visibleText(first.name.slice(0, MAX_NAME)) || 'unnamed';
  let total = 0;
  let failed = 0;
  let end = first.end;
  for (const span of spans) {
    total += span.end - span.start;
    if (span.isError) failed++;
    end = Math.max(end, span.end);
  }
  const length = window.to - window.from;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the focus and all the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree names its active row
    <div
      id={props.id}
      className={`span-row group-row${props.isCursor ? ' is-cursor' : ''}`}
      role="treeitem"
      aria-level={props.depth + 1}
      aria-selected={false}
      aria-expanded={isUnfolded}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={props.onToggle}
    >
      <span
        className="span-name"
        style={{ paddingLeft: `calc(${Math.min(props.depth, MAX_INDENT)} * var(--indent))` }}
      >
        <span className="service-mark" style={{ background: props.color }} />
        <span className={`fold${isUnfolded ? '' : ' is-folded'}`}>
          <Icon name="chevron-down" />
        </span>
        <strong className="group-count">{formatCount(spans.length)} ×</strong>
        <span className="truncate" title={name}>
          {name}
        </span>
        {failed > 0 && <span className="error-text group-failed">{formatCount(failed)} failed</span>}
      </span>
      <span className="num span-duration" title="All of them together">
        {formatDuration(total)}
      </span>
      <span className="num span-self" />
      <span className="track">
        <Bar
          from={(first.start - window.from) / length}
          to={(end - window.from) / length}
          color={props.color}
          className="bar-group"
        />
      </span>
    </div>
  );
}

interface LogRowProps extends OtherRowProps {
  readonly event: SessionEvent;
  /** Milliseconds on the session's axis. */
  readonly time: number;
  readonly window: TimeWindow;
  readonly onOpen: () => void;
}

/** A log record or an exception below its span. */
export function LogRow(props: LogRowProps) {
  const { event, window, time } = props;
  const at = (time - window.from) / (window.to - window.from);
  const name = event.event_name ?? '';
  const text =
    [visibleText(name.slice(0, 120)), summaryOf(event)].filter(Boolean).join(' · ') || 'log record';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the focus and all the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree names its active row
    <div
      id={props.id}
      className={`span-row log-row tone-${toneOf(event)}${props.isCursor ? ' is-cursor' : ''}`}
      role="treeitem"
      aria-level={props.depth + 1}
      aria-selected={false}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={props.onOpen}
    >
      <span
        className="span-name"
        style={{ paddingLeft: `calc(${Math.min(props.depth, MAX_INDENT)} * var(--indent) + 22px)` }}
      >
        <span className="log-severity">{severityText(event) || 'log'}</span>
        <span className="truncate" title={text}>
          {text}
        </span>
      </span>
      <span className="num span-duration" title={exactTime(millisecondsOf(event.time_unix_nano))}>
        +{formatDuration(Math.max(0, time))}
      </span>
      <span className="num span-self" />
      <span className="track">
        {at >= 0 && at <= 1 && (
          <span className={`event-mark tone-${toneOf(event)}`} style={{ left: `${at * 100}%` }} />
        )}
      </span>
    </div>
  );
}
