import { attributeTag, TagKind } from '../../normalize/tags.js';
import { Session } from '../../sessionize/session.js';
import type { Exclusion } from '../contract/session-filter.js';
import type { FacetName, FacetScan, StoredFacet, StoredFacets } from '../contract/statistics.js';
import { FacetKind, storable } from '../engine/facets.js';
import { type Bits, countBits, countCommon, keepCommon, takeOut } from './columns/bits.js';
import type { Chunk } from './columns/chunk.js';
import { isAll, type SearchFilter } from './filters.js';
import { type MatchOptions, matchingSessions } from './matching-sessions.js';
import { MostCommon } from './most-common.js';
import { type ValueRow, valuesOfRow } from './row-values.js';

/** A list of values: their kind in the index of values, and what they begin with there. */
interface List {
  readonly name: FacetName;
  readonly kind: number;
  readonly before: string;
}

/** The lists whose filter is a condition of its own. */
const NAMED = {
  services: { kind: FacetKind.service, condition: 'services' },
  models: { kind: FacetKind.model, condition: 'models' },
  providers: { kind: FacetKind.provider, condition: 'providers' },
  countryCodes: { kind: FacetKind.country, condition: 'countryCodes' },
  deviceTypes: { kind: FacetKind.device, condition: 'deviceTypes' },
  releases: { kind: FacetKind.release, condition: 'releases' },
} as const;

/** The lists whose filter is a condition on tags. */
const TAGGED = {
  operations: TagKind.operation,
  tools: TagKind.tool,
  errorTypes: TagKind.errorType,
  routes: TagKind.route,
  statuses: TagKind.status,
  attributeKeys: TagKind.attributeKey,
} as const;

function listsOf(attribute: string | undefined): List[] {
  const named = Object.entries(NAMED).map(([name, { kind }]) => ({ name, kind, before: '' }));
  const tagged = Object.entries(TAGGED).map(([name, before]) => ({ name, kind: FacetKind.tag, before }));
  const values = attribute === undefined ? [] : [attributeTag(attribute, '')];
  return [
    ...([...named, ...tagged] as List[]),
    ...values.map((before) => ({ name: 'attributeValues', kind: FacetKind.tag, before }) as const),
  ];
}

/** The values of filters with the sessions that have them. Exact. Without conditions they are read from the index. */
export async function readFacets(
  { limit, prefix = '', attribute, nowNs: _, ...filter }: FacetScan & SearchFilter,
  options: MatchOptions,
): Promise<StoredFacets> {
  const lists = listsOf(attribute);
  // One more value than is listed shows that there are more.
  const most = limit + 1;
  const found = isAll(filter)
    ? await indexedValues(lists, prefix, most, options)
    : await countValues(lists, prefix, most, filter, options);
  const listed = lists.map(({ name }, i) => [name, found[i]!.slice(0, limit)] as const);
  return {
    ...({ attributeValues: [], ...Object.fromEntries(listed) } as unknown as Omit<StoredFacets, 'cut'>),
    cut: lists.filter((_, i) => found[i]!.length > limit).map(({ name }) => name),
  };
}

async function indexedValues(
  lists: readonly List[],
  prefix: string,
  most: number,
  { rows, project }: MatchOptions,
): Promise<StoredFacet[][]> {
  const found: StoredFacet[][] = [];
  for (const { kind, before } of lists) {
    const common = await rows.commonValues(project, kind, most, before + prefix);
    found.push(common.map(({ value, count }) => ({ value: value.slice(before.length), count })));
  }
  return found;
}

/**
 * Counts the values of all lists in one pass over the sessions that match what is no list's own condition. Whether
 * they meet those is decided for each list from the same values that are counted.
 */
async function countValues(
  lists: readonly List[],
  prefix: string,
  most: number,
  filter: SearchFilter,
  options: MatchOptions,
): Promise<StoredFacet[][]> {
  const { common, own } = separated(filter, lists);
  const counts = lists.map((list) => ({
    ...list,
    begins: list.before + prefix,
    conditions: own.filter((condition) => condition.list === list),
    values: new MostCommon<[sessions: number]>(most),
  }));
  for (;;) {
    const left = counts.filter(({ values }) => !values.isDone);
    if (left.length === 0) break;
    const { chunks, rows } = await matchingSessions(common, { kind: 'groups', parts: [] }, options);
    for await (const { chunk, sessions } of chunks) addChunk(chunk, sessions, counts);
    for await (const some of rows) {
      for (const [, , , , device, country, , sums, traits] of some) {
        addRow({ device, country, traits }, Session.decodeValues(sums), counts);
      }
    }
    for (const { values } of left) values.endPass();
  }
  return counts.map(({ values }) => values.top().map(({ value, sums: [count] }) => ({ value, count })));
}

/** A condition on the values of a list alone. */
interface OwnCondition {
  readonly list: List;
  /** As in the index. A session meets it with any of them, or with `isNot` with none. */
  readonly values: readonly string[];
  readonly isNot: boolean;
}

/** Separates the conditions that are on the values of one list alone from all others. */
function separated(
  { not = [], tags = [], ...rest }: SearchFilter,
  lists: readonly List[],
): { readonly common: SearchFilter; readonly own: readonly OwnCondition[] } {
  const own: OwnCondition[] = [];
  /** Whether all values are of one list. The condition is then one of its own. */
  const isOwn = (kind: number, values: readonly string[], isNot: boolean): boolean => {
    // An empty list of tags is of no list of values.
    if (kind === FacetKind.tag && values.length === 0) return false;
    const list = lists.find(
      (each) => each.kind === kind && values.every((value) => value.startsWith(each.before)),
    );
    if (list !== undefined) own.push({ list, values, isNot });
    return list !== undefined;
  };
  const common: { -readonly [Name in keyof SearchFilter]: SearchFilter[Name] } = { ...rest };
  for (const { kind, condition } of Object.values(NAMED)) {
    const values = rest[condition];
    if (values !== undefined && isOwn(kind, values, false)) delete common[condition];
  }
  const otherTags = tags.filter((values) => !isOwn(FacetKind.tag, values, false));
  if (otherTags.length > 0) common.tags = otherTags;
  const otherExclusions = not.filter((exclusion) => {
    const only = onlyValues(exclusion);
    return only === undefined || !isOwn(only.kind, only.values, true);
  });
  if (otherExclusions.length > 0) common.not = otherExclusions;
  return { common, own };
}

/** The values of an exclusion that has no other condition. */
function onlyValues(
  exclusion: Exclusion,
): { readonly kind: number; readonly values: readonly string[] } | undefined {
  const names = Object.keys(exclusion).filter((name) => exclusion[name as keyof Exclusion] !== undefined);
  if (names.length !== 1) return undefined;
  const { tags } = exclusion;
  if (tags !== undefined) return tags.length === 1 ? { kind: FacetKind.tag, values: tags[0]! } : undefined;
  const named = Object.values(NAMED).find(({ condition }) => condition === names[0]);
  return named && { kind: named.kind, values: exclusion[named.condition]! };
}

interface ListCounts extends List {
  /** What its counted values begin with in the index. */
  readonly begins: string;
  readonly conditions: readonly OwnCondition[];
  readonly values: MostCommon<[sessions: number]>;
}

/** The kinds of the index that lists are of. */
const KINDS = [...new Set([...Object.values(NAMED).map(({ kind }) => kind), FacetKind.tag])];

function addChunk(chunk: Chunk, sessions: Bits, counts: readonly ListCounts[]): void {
  const counted = countedIn(chunk, sessions, counts);
  for (const kind of KINDS) {
    const lists = counted.filter(({ list }) => list.kind === kind);
    if (lists.length === 0) continue;
    const listOf = (value: string) => lists.find(({ list }) => value.startsWith(list.begins));
    chunk.eachValue(
      kind,
      (value, having) => {
        const { list, matching } = listOf(value)!;
        const count = countCommon(matching, having);
        if (count > 0) list.values.add(value.slice(list.before.length), [count]);
      },
      (value) => listOf(value) !== undefined,
    );
  }
}

/** The sessions of a chunk that each list counts, without lists that count none or are done. */
function countedIn(
  chunk: Chunk,
  sessions: Bits,
  counts: readonly ListCounts[],
): { readonly list: ListCounts; readonly matching: Bits }[] {
  const meeting = counts
    .filter(({ conditions }) => conditions.length > 0)
    .map((list) => ({ list, bits: meetingAll(chunk, sessions, list) }));
  const matchingAllBut = (one?: ListCounts): Bits => {
    const matching = sessions.slice();
    for (const { list, bits } of meeting) if (list !== one) keepCommon(matching, bits);
    return matching;
  };
  const all = matchingAllBut();
  return counts
    .filter(({ values }) => !values.isDone)
    .map((list) => ({ list, matching: list.conditions.length === 0 ? all : matchingAllBut(list) }))
    .filter(({ matching }) => countBits(matching) > 0);
}

/** The sessions that meet all of a list's own conditions. */
function meetingAll(chunk: Chunk, sessions: Bits, { kind, conditions }: ListCounts): Bits {
  const bits = sessions.slice();
  for (const { values, isNot } of conditions) {
    (isNot ? takeOut : keepCommon)(bits, chunk.withAny(kind, values));
  }
  return bits;
}

function addRow(
  row: ValueRow,
  sums: ReturnType<typeof Session.decodeValues>,
  counts: readonly ListCounts[],
): void {
  const known = new Map<number, readonly string[]>();
  const valuesOf = (kind: number): readonly string[] => {
    const values = known.get(kind) ?? storable(valuesOfRow(kind, row, sums));
    known.set(kind, values);
    return values;
  };
  const missed = counts.filter(
    ({ kind, conditions }) =>
      !conditions.every(
        ({ values, isNot }) => valuesOf(kind).some((each) => values.includes(each)) !== isNot,
      ),
  );
  // A list counts a session that misses no condition but its own.
  if (missed.length > 1) return;
  for (const { kind, before, begins, values } of missed.length === 1 ? missed : counts) {
    if (values.isDone) continue;
    for (const value of valuesOf(kind)) {
      if (value.startsWith(begins)) values.add(value.slice(before.length), [1]);
    }
  }
}
