import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { SessionLink } from '../SessionLink.js';
import { Bar } from './Bar.js';
import type { Outline, OutlinedTrace } from './outline.js';

const ROW_HEIGHT = 28;
/** Rows that are visible without scrolling. The half row shows that there are more if scroll bars are hidden. */
const MAX_ROWS = 6.5;
const OVERSCAN = 10;

interface TraceListProps {
  readonly outline: Outline;
  readonly selectedTrace: string | undefined;
  readonly callCount: number;
  /** Shown above the bars. */
  readonly overview: ReactNode;
}

/** All traces of the session, by start, on the session's axis. */
export function TraceList({ outline, selectedTrace, callCount, overview }: TraceListProps) {
  const { traces, duration } = outline;
  const scroller = useRef<HTMLDivElement>(null);
  const selected = traces.findIndex(({ id }) => id === selectedTrace);
  const rows = useVirtualizer({
    count: traces.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  });
  useEffect(() => {
    if (selected >= 0) rows.scrollToIndex(selected, { align: 'auto' });
  }, [selected, rows]);

  const spans = traces.reduce((count, trace) => count + trace.spans.length, 0);
  const failed = traces.reduce((count, trace) => count + (trace.errorCount > 0 ? 1 : 0), 0);
  return (
    <div className="trace-list card">
      <header className="trace-list-head">
        <div className="trace-list-sum">
          <strong>
            {formatCount(traces.length)}
            {outline.isTruncated && '+'} traces
          </strong>
          <span>{formatCount(spans)} spans</span>
          {failed > 0 && <span className="error-text">{formatCount(failed)} with errors</span>}
          {callCount > 0 && (
            <span className="calls-legend">
              <span className="call-dot" /> {formatCount(callCount)} model{' '}
              {callCount === 1 ? 'call' : 'calls'}
            </span>
          )}
          {outline.isTruncated && <span>the first of them: the session has more than can be drawn</span>}
        </div>
        {overview}
      </header>
      <section
        className="trace-rows"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: lets the keyboard scroll it
        tabIndex={0}
        aria-label="List of traces"
        style={{ height: Math.min(traces.length, MAX_ROWS) * ROW_HEIGHT }}
      >
        <ul className="rows-canvas" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <TraceRow
              key={traces[index]!.id}
              trace={traces[index]!}
              top={start}
              duration={duration}
              isSelected={index === selected}
            />
          ))}
        </ul>
      </section>
    </div>
  );
}

interface TraceRowProps {
  readonly trace: OutlinedTrace;
  readonly top: number;
  readonly duration: number;
  readonly isSelected: boolean;
}

const TraceRow = memo(function TraceRow({ trace, top, duration, isSelected }: TraceRowProps) {
  const axis = duration > 0 ? duration : 1;
  const name = visibleText(trace.name) || 'unnamed';
  return (
    <li className="trace-row" style={{ transform: `translateY(${top}px)` }}>
      <SessionLink
        search={{ trace: trace.id }}
        className={`trace-link${isSelected ? ' is-selected' : ''}`}
        title={name}
      >
        <span className="trace-offset num">+{formatDuration(trace.start)}</span>
        <span className="truncate">{name}</span>
        <span className="num trace-errors">
          {trace.errorCount > 0 && (
            <span className="error-text">
              {formatCount(trace.errorCount)} {trace.errorCount === 1 ? 'error' : 'errors'}
            </span>
          )}
        </span>
        <span className="num trace-spans">
          {formatCount(trace.spans.length)} {trace.spans.length === 1 ? 'span' : 'spans'}
        </span>
        <span className="num">{formatDuration(trace.end - trace.start)}</span>
        <span className="track">
          <Bar
            from={trace.start / axis}
            to={trace.end / axis}
            color={undefined}
            className={trace.errorCount > 0 ? 'bar-error' : ''}
          />
        </span>
      </SessionLink>
    </li>
  );
});
