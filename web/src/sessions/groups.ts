import { firstOf } from '../url.js';
import { type AnyFilter, attributeOf, type FilterName } from './filters.js';

/** What sessions can be grouped by, and the filter of its values. */
const BY = {
  user: 'userId',
  service: 'service',
  model: 'model',
  provider: 'provider',
  country: 'country',
  device: 'deviceType',
  release: 'release',
  operation: 'operation',
  tool: 'tool',
  errorType: 'errorType',
  route: 'route',
  status: 'status',
} as const satisfies Record<string, FilterName>;

type NamedGroup = keyof typeof BY;
/** What sessions are grouped by: something that all have, or the values of an attribute. */
export type GroupBy = NamedGroup | `attr.${string}`;
export const NAMED_GROUPS = Object.keys(BY) as readonly NamedGroup[];
export const DEFAULT_GROUP = 'model' satisfies NamedGroup;

/** The measures that decide which groups come first. */
export const GROUP_SORTS = ['sessions', 'errors', 'tokens', 'cost'] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

/**
 * The groups of the list: what by, shown if it is set; which come first; and with which of the ranges before they are
 * compared, by its number from 1.
 */
export interface GroupsSearch {
  readonly by?: GroupBy;
  readonly most?: GroupSort;
  readonly compare?: 1 | 2;
}

export function readGroups(search: Readonly<Record<string, unknown>>): GroupsSearch {
  const [by, most, compare] = [search.by, search.most, search.compare].map(firstOf);
  const sort = GROUP_SORTS.find((each) => each === most);
  const range = ([1, 2] as const).find((each) => String(each) === String(compare));
  return {
    ...(isGroup(by) && { by }),
    ...(sort !== undefined && sort !== GROUP_SORTS[0] && { most: sort }),
    ...(range !== undefined && { compare: range }),
  };
}

function isGroup(by: unknown): by is GroupBy {
  if (typeof by !== 'string') return false;
  return Object.hasOwn(BY, by) || (by.startsWith('attr.') && attributeOf(by) !== undefined);
}

/** The filter of the values that sessions are grouped by. */
export function filterOfGroup(by: GroupBy): AnyFilter {
  return Object.hasOwn(BY, by) ? BY[by as NamedGroup] : (by as `attr.${string}`);
}
