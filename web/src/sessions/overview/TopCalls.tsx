import { formatCost, missingInCost } from '../../../../client/src/text/gaps.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { SessionSearch } from '../../session/search.js';
import { MAX_ROWS } from './Breakdown.js';
import { TopList } from './TopList.js';
import { type Counted, useTopCalls } from './use-overview.js';

/** Links to the turns of the model calls of the range that cost most. */
export function TopCalls({ counted }: { readonly counted: Counted }) {
  const { data, error } = useTopCalls(counted, MAX_ROWS);
  const rows = data?.items.map(({ session, call }) => {
    const id = session['session.id'];
    const amount = call.cost_usd ?? 0;
    const model = visibleText(call.model ?? 'model call');
    const about = visibleText(session.title ?? id);
    return {
      key: `${id} ${call.trace_id} ${call.span_id ?? call.log_id}`,
      sessionId: id,
      search: placeOf(call),
      title: `${model}, ${about}`,
      label: (
        <>
          <span className="mono">{model}</span> {about}
        </>
      ),
      amount,
      text: formatCost(amount, {}),
    };
  });
  return (
    <TopList
      rows={rows}
      hasFailed={error !== null}
      missing={data === undefined ? undefined : missingInCost(data)}
    />
  );
}

/** Where the session's page shows a call: its turn, or the records of usage for a call without a span. */
function placeOf({
  trace_id: trace,
  span_id: span,
}: {
  readonly trace_id?: string;
  readonly span_id?: string;
}): SessionSearch {
  return trace === undefined || span === undefined
    ? { view: 'usage' }
    : { view: 'conversation', trace, span };
}
