import type { UsageRecord } from '../types.js';

type Reason = NonNullable<UsageRecord['reason']>;

/** Why a record does not count, for people who have not read the rules. */
export const REASONS: Record<Reason, string> = {
  wrapper_of: 'A sum of calls below it, which are counted themselves',
  same_call_below: 'The same call, reported again by a span inside it',
  part_of: 'Part of a call that counts',
  same_call_id: 'The same call: another record has its id',
  same_call_alike: 'The same call: another library reports it, with the same time, model and tokens',
  counted_in_other_session: 'The same call: another session reports it too, and it counts there',
  other_signal_counts: 'These calls are counted from the other kind of records',
  same_series: 'A later, greater value of the same cumulative metric counts',
  no_dialect: 'Looks like usage, under names that are not known here',
  no_call: 'Looks like usage, on a record that its library does not use for calls',
  out_of_range: 'Looks like usage, with numbers that no call can have',
};

/** Why there is no cost. */
export const UNPRICED: Record<NonNullable<UsageRecord['unpriced']>, string> = {
  no_tokens: 'No tokens, so no price',
  no_model: 'No model is named',
  local: 'Served by a local model: no price',
  provider_not_listed: 'The price list does not have this provider',
  model_not_listed: 'The price list does not have this model',
  not_by_tokens: 'The list has no price per token',
  tier_unknown: 'The price of this service tier is not known',
  sum: 'A sum of calls, without a cost of its own',
};

/** Why there are no tokens. */
export const UNREPORTED: Record<NonNullable<UsageRecord['unreported']>, string> = {
  not_reported: 'The sender did not report them',
  not_read: 'Reported under names that are not known here',
  out_of_range: 'Reported with numbers that no call can have',
};

/** Why the prices are those of another provider than the named one; undefined if they are not. */
export const BASES: Record<NonNullable<NonNullable<UsageRecord['price']>['basis']>, string | undefined> = {
  provider: undefined,
  address: 'by the address of the call',
  model: 'by the model’s name',
  maker: 'its maker’s: the provider named has no such model',
  gateway: 'through a private address: its maker’s price',
};
