import type { components } from '../../../../client/src/schema.js';
import type { GroupSort } from '../groups.js';

type Groups = components['schemas']['SessionGroups'];
type Group = components['schemas']['SessionGroup'];
/** The sums of a group, whatever its value. */
export type Sums = Omit<Group, 'value'>;

/** A group in a range and in the one before. Undefined: not among those that were asked for. */
export interface ComparedGroup {
  readonly value: string;
  readonly now: Sums | undefined;
  readonly was: Sums | undefined;
}

const NOTHING: Sums = {
  session_count: 0,
  sessions_with_errors: 0,
  request_count: 0,
  total_input_tokens: 0,
  total_output_tokens: 0,
  unpriced_request_count: 0,
  unreported_request_count: 0,
};

/**
 * The groups of a range beside those of the range before, also those that are only in one of them. The largest of both
 * come first, ties by value. Without a range before in the order of the range.
 */
export function comparedGroups(
  now: Groups,
  before: Groups | undefined,
  sort: GroupSort,
): readonly ComparedGroup[] {
  if (before === undefined) {
    return now.groups.map(({ value, ...sums }) => ({ value, now: sums, was: undefined }));
  }
  const [nowOf, wasOf] = [sumsByValue(now), sumsByValue(before)];
  const values = new Set([...now.groups, ...before.groups].map(({ value }) => value));
  return [...values]
    .map((value) => ({ value, now: nowOf(value), was: wasOf(value) }))
    .sort((a, b) => larger(b, sort) - larger(a, sort) || (a.value < b.value ? -1 : 1));
}

function sumsByValue({ groups, group_count }: Groups): (value: string) => Sums | undefined {
  const known = new Map(groups.map(({ value, ...sums }) => [value, sums]));
  const other = groups.length === group_count ? NOTHING : undefined;
  return (value) => known.get(value) ?? other;
}

function larger({ now, was }: ComparedGroup, sort: GroupSort): number {
  return Math.max(amountOf(now, sort), amountOf(was, sort));
}

function amountOf(sums: Sums | undefined, sort: GroupSort): number {
  if (sums === undefined) return -1;
  switch (sort) {
    case 'sessions':
      return sums.session_count;
    case 'errors':
      return sums.sessions_with_errors;
    case 'tokens':
      return tokensOf(sums);
    case 'cost':
      return sums.estimated_cost_usd ?? -1;
  }
}

/** Input and output together. */
export function tokensOf({ total_input_tokens, total_output_tokens }: Sums): number {
  return Number(total_input_tokens) + Number(total_output_tokens);
}
