import type { ReactNode } from 'react';
import { failureCount, failureText } from '../../../../client/src/text/failures.js';
import { formatCompact, formatCount } from '../../../../client/src/text/number.js';
import { outcomeText } from '../../../../client/src/text/outcome.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';
import { Duration } from '../../components/Duration.js';
import { Icon } from '../../components/Icon.js';
import { Money } from '../../components/Money.js';
import { State } from '../../components/State.js';
import { TimeAgo } from '../../components/TimeAgo.js';
import { Tokens } from '../../components/Tokens.js';
import { UserLink } from '../../user/UserLink.js';
import { countryName, deviceName } from '../names.js';
import type { Sort } from '../sorting.js';

export type ColumnId =
  | 'title'
  | 'state'
  | 'outcome'
  | 'user'
  | 'start'
  | 'lastActivity'
  | 'duration'
  | 'services'
  | 'device'
  | 'country'
  | 'traces'
  | 'spans'
  | 'errors'
  | 'tokens'
  | 'cost'
  | 'models';

export interface Column {
  /** Also the class of its cells, `cell-…`, for style sheets. */
  readonly id: ColumnId;
  readonly title: string;
  /** Pixels; of a column that grows, the least. */
  readonly width: number;
  /** Its share of the width that is left. */
  readonly grows?: number;
  /** If the page is too narrow, columns with greater numbers are left out first. */
  readonly rank: number;
  readonly sort?: Sort;
  readonly isNumber?: boolean;
  cell(session: Session): ReactNode;
}

/** Columns that narrow pages show, in two lines. */
export const NARROW_COLUMNS: readonly ColumnId[] = [
  'title',
  'state',
  'user',
  'start',
  'duration',
  'errors',
  'cost',
];

/** All columns except that of the session itself, which is the row's link. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'title',
    title: 'Title',
    ...{ width: 150, grows: 2, rank: 0 },
    cell: ({ title }) => <Text value={title} />,
  },
  { id: 'state', title: 'State', width: 92, rank: 1, cell: ({ state }) => <State state={state} /> },
  {
    id: 'outcome',
    title: 'Outcome',
    ...{ width: 110, grows: 1.2, rank: 7 },
    cell: ({ outcome, state }) =>
      outcome === undefined ? (
        <span className="muted">{state === 'active' || state === 'idle' ? '–' : 'No error'}</span>
      ) : (
        <span className="cell-outcome-error" title={visibleText(outcomeText(outcome))}>
          {visibleText(outcomeText(outcome))}
        </span>
      ),
  },
  {
    id: 'user',
    title: 'User',
    ...{ width: 90, grows: 1, rank: 4 },
    cell: (session) => <UserLink id={session['user.id']} />,
  },
  {
    id: 'start',
    title: 'Started',
    ...{ width: 78, rank: 2, sort: 'start' },
    cell: ({ start_time }) => <TimeAgo time={start_time} />,
  },
  {
    id: 'lastActivity',
    title: 'Last active',
    ...{ width: 84, rank: 15, sort: 'lastActivity' },
    cell: (session) => <TimeAgo time={lastActivityOf(session)} />,
  },
  {
    id: 'duration',
    title: 'Duration',
    ...{ width: 72, rank: 3, sort: 'duration' },
    isNumber: true,
    cell: ({ duration_ms }) => (duration_ms === undefined ? <None /> : <Duration ms={duration_ms} />),
  },
  {
    id: 'services',
    title: 'Services',
    ...{ width: 110, grows: 1.2, rank: 9 },
    cell: ({ services }) => <Text value={services.join(', ')} />,
  },
  {
    id: 'device',
    title: 'Device',
    ...{ width: 70, rank: 12 },
    cell: ({ client }) => (
      <Text
        value={client?.device_type && deviceName(client.device_type)}
        title={[client?.browser, client?.os].filter((each) => each !== undefined).join(', ')}
      />
    ),
  },
  {
    id: 'country',
    title: 'Country',
    ...{ width: 58, rank: 13 },
    cell: ({ geo }) => (
      <Text
        value={geo?.country_code ?? geo?.country_name}
        title={[geo?.city, geo?.country_name ?? (geo?.country_code && countryName(geo.country_code))]
          .filter((each) => each !== undefined)
          .join(', ')}
      />
    ),
  },
  {
    id: 'traces',
    title: 'Traces',
    isNumber: true,
    ...{ width: 48, rank: 14 },
    cell: ({ trace_count }) => <Count value={trace_count} />,
  },
  {
    id: 'spans',
    title: 'Spans',
    isNumber: true,
    ...{ width: 48, rank: 11 },
    cell: ({ span_count }) => <Count value={span_count} />,
  },
  {
    id: 'errors',
    title: 'Errors',
    isNumber: true,
    ...{ width: 52, rank: 5, sort: 'errors' },
    cell: (session) =>
      failureCount(session) === 0 ? (
        <span className="muted">0</span>
      ) : (
        <span className="cell-errors-some" title={failureText(session)}>
          {session.crash_count !== undefined && (
            <>
              <Icon name="warning" />
              <span className="visually-hidden">Crashed, </span>
            </>
          )}
          {formatCount(failureCount(session))}
        </span>
      ),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    isNumber: true,
    ...{ width: 60, rank: 8, sort: 'tokens' },
    cell: ({ genai_usage: usage }) =>
      usage ? (
        <Tokens
          input={Number(usage.total_input_tokens)}
          output={Number(usage.total_output_tokens)}
          gaps={usage}
        />
      ) : (
        <None />
      ),
  },
  {
    id: 'cost',
    title: 'Cost',
    isNumber: true,
    ...{ width: 72, rank: 6, sort: 'cost' },
    cell: ({ genai_usage: usage }) =>
      usage ? <Money usd={usage.estimated_cost_usd} gaps={usage} /> : <None />,
  },
  {
    id: 'models',
    title: 'Models',
    ...{ width: 110, grows: 1.2, rank: 10 },
    cell: ({ genai_usage: usage }) => <Text value={usage?.models_used.join(', ')} />,
  },
];

/** RFC 3339, to the millisecond. */
function lastActivityOf({ start_time: start, end_time: end, duration_ms: duration = 0 }: Session): string {
  return end ?? new Date(Date.parse(start) + duration).toISOString();
}

function None() {
  return <span className="muted">–</span>;
}

function Count({ value }: { readonly value: number }) {
  return <span title={formatCount(value)}>{formatCompact(value)}</span>;
}

/** Text of telemetry, cut off at the edge of the column; the title has all of it. */
function Text({ value, title }: { readonly value: string | undefined; readonly title?: string }) {
  if (value === undefined || value === '') return <None />;
  const text = visibleText(value);
  return <span title={visibleText(title || value)}>{text}</span>;
}
