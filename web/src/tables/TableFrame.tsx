import type { ReactNode } from 'react';
import { formatCount, formatCounted } from '../../../client/src/text/number.js';
import { isAbout } from '../api/problem.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { FilterBar } from '../sessions/filter-bar/FilterBar.js';
import { rangeLabel } from '../sessions/filter-bar/RangePicker.js';
import { type Filters, setFilters, withoutFilters } from '../sessions/filters.js';
import { FirstRun } from '../sessions/first-run/FirstRun.js';
import { ShowAll } from '../sessions/overview/ShowAll.js';
import type { Counted } from '../sessions/overview/use-overview.js';
import { boundsIn, type RangeSearch } from '../sessions/range.js';
import type { SearchChange } from '../sessions/search.js';
import { useIsServerEmpty } from '../sessions/use-is-server-empty.js';
import { useToolbarHeight } from '../sessions/use-toolbar-height.js';
import { FEW_ROWS, MOST_ROWS } from './use-table-page.js';
import '../sessions/sessions.css';
import '../sessions/table/table.css';
import '../sessions/overview/overview.css';
import '../sessions/first-run/first-run.css';
import './tables.css';

interface TableFrameProps {
  readonly title: string;
  /** What a row is, in the singular. */
  readonly thing: string;
  /** What the numbers of the table count. */
  readonly note: string;
  /** Said where no row is. */
  readonly nothing: string;
  readonly sessions: Filters & RangeSearch;
  readonly counted: Counted;
  readonly onChange: (change: SearchChange) => void;
  /** Undefined while the table loads. */
  readonly rows: { readonly shown: number; readonly all: number } | undefined;
  /** Said where some sessions have more rows than the server keeps; undefined if none has. */
  readonly gap: string | undefined;
  readonly error: Error | null;
  readonly onRetry: () => void;
  readonly onAll: (areWanted: boolean) => void;
  /** The table. */
  readonly children: ReactNode;
}

/** A page of a table across sessions: filters above it, and below it what it leaves out. */
export function TableFrame(props: TableFrameProps) {
  const { title, thing, sessions, counted, onChange, rows, gap, error } = props;
  const toolbar = useToolbarHeight();
  const isEmpty = error === null && rows?.all === 0;
  if (useIsServerEmpty(isEmpty)) return <FirstRun />;
  return (
    <>
      <div className="toolbar" ref={toolbar}>
        <FilterBar search={sessions} counted={counted} error={error} onChange={onChange} />
      </div>
      <header className="tables-head">
        <h1>{title}</h1>
        <p className="muted">
          {props.note} {rangeNote(sessions, counted)}{' '}
          {!isEmpty && isBounded(counted) && <AllTime className="text-button" onChange={onChange} />}
        </p>
      </header>
      {error !== null && !isAbout(error, 'q') && <ErrorNote error={error} onRetry={props.onRetry} />}
      {isEmpty && (
        <div className="table-empty" role="status">
          <p>{props.nothing}</p>
          <Ways sessions={sessions} counted={counted} onChange={onChange} />
        </div>
      )}
      {!isEmpty && (error === null || rows !== undefined) && props.children}
      {rows !== undefined && rows.all > FEW_ROWS && (
        <p className="muted tables-note" role="status">
          {formatCount(rows.shown)} of {formatCounted(rows.all, thing)}.{' '}
          {(rows.shown < Math.min(rows.all, MOST_ROWS) || rows.shown > FEW_ROWS) && (
            <ShowAll of={`${thing}s`} areShown={rows.shown > FEW_ROWS} onChange={props.onAll} />
          )}
          {rows.shown < rows.all && rows.shown >= MOST_ROWS && ' Filters show the others.'}
        </p>
      )}
      {gap !== undefined && <p className="muted tables-note">{gap}</p>}
    </>
  );
}

/** The changes that would fill an empty table. */
function Ways({ sessions, counted, onChange }: Pick<TableFrameProps, 'sessions' | 'counted' | 'onChange'>) {
  return (
    <p className="table-empty-ways">
      {setFilters(sessions).length > 0 && (
        <button type="button" className="button" onClick={() => onChange(withoutFilters(sessions))}>
          Clear filters
        </button>
      )}
      {isBounded(counted) && <AllTime className="button" onChange={onChange} />}
    </p>
  );
}

interface AllTimeProps {
  readonly className: string;
  readonly onChange: (change: SearchChange) => void;
}

function AllTime({ className, onChange }: AllTimeProps) {
  return (
    <button
      type="button"
      className={className}
      onClick={() => onChange({ range: 'all', startTime: undefined, endTime: undefined })}
    >
      Show all time
    </button>
  );
}

function isBounded(counted: Counted): boolean {
  return Object.keys(boundsIn(counted)).length > 0;
}

/** Which sessions a table counts by their time, and where that is changed. */
function rangeNote(search: RangeSearch, counted: Counted): string {
  const { activeFrom, activeTo } = boundsIn(counted);
  const how = activeFrom !== undefined || activeTo !== undefined ? 'active' : 'started';
  return isBounded(counted)
    ? `Sessions ${how} in this range, which is chosen above: ${rangeLabel(search)}.`
    : 'Sessions of all time.';
}
