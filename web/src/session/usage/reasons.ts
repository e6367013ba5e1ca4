import type { UsageCarrier } from '../queries.js';

type Reason = NonNullable<UsageCarrier['reason']>;

/** Why a record does not count, for people who have not read the rules. */
export const REASONS: Record<Reason, string> = {
  wrapper_of: 'A sum of calls below it, which are counted themselves',
  same_call_below: 'The same call, told again by a span inside it',
  part_of: 'Part of a call that counts',
  same_call_id: 'The same call: another record has its id',
  same_call_alike: 'The same call: another library tells of it, with the same time, model and tokens',
  counted_in_other_session: 'The same call: another session tells of it too, and it counts there',
  other_signal_counts: 'These calls are counted from the other kind of records',
  same_series: 'A later, greater value of the same cumulative metric counts',
};
