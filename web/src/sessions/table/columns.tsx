import type { ReactNode } from 'react';
import { failureCount, failureText } from '../../../../client/src/text/failures.js';
import { formatCompact, formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';
import { Duration } from '../../components/Duration.js';
import { Icon } from '../../components/Icon.js';
import { Money } from '../../components/Money.js';
import { State } from '../../components/State.js';
import { TimeAgo } from '../../components/TimeAgo.js';
import { Tokens } from '../../components/Tokens.js';
import { countryName, deviceName } from '../names.js';

interface Column {
  /** Also the class of its cells, `cell-…`, for style sheets. */
  readonly id: string;
  readonly title: string;
  readonly isNumber?: boolean;
  cell(session: Session): ReactNode;
}

/** All columns except that of the session itself, which is the row's link. */
export const COLUMNS: readonly Column[] = [
  { id: 'state', title: 'State', cell: ({ state }) => <State state={state} /> },
  { id: 'user', title: 'User', cell: (session) => <Text value={session['user.id']} /> },
  { id: 'start', title: 'Started', cell: ({ start_time }) => <TimeAgo time={start_time} /> },
  {
    id: 'duration',
    title: 'Duration',
    isNumber: true,
    cell: ({ duration_ms }) => (duration_ms === undefined ? <None /> : <Duration ms={duration_ms} />),
  },
  { id: 'services', title: 'Services', cell: ({ services }) => <Text value={services.join(', ')} /> },
  {
    id: 'device',
    title: 'Device',
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
    cell: ({ geo }) => (
      <Text
        value={geo?.country_code ?? geo?.country_name}
        title={[geo?.city, geo?.country_name ?? (geo?.country_code && countryName(geo.country_code))]
          .filter((each) => each !== undefined)
          .join(', ')}
      />
    ),
  },
  { id: 'traces', title: 'Traces', isNumber: true, cell: ({ trace_count }) => <Count value={trace_count} /> },
  { id: 'spans', title: 'Spans', isNumber: true, cell: ({ span_count }) => <Count value={span_count} /> },
  {
    id: 'errors',
    title: 'Errors',
    isNumber: true,
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
    cell: ({ genai_usage: usage }) =>
      usage ? <Money usd={usage.estimated_cost_usd} gaps={usage} /> : <None />,
  },
  {
    id: 'models',
    title: 'Models',
    cell: ({ genai_usage: usage }) => <Text value={usage?.models_used.join(', ')} />,
  },
];

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
