import { attributeTag, TagKind } from '../../normalize/tags.js';
import { Session } from '../../sessionize/session.js';
import type { GroupBy, GroupScan, GroupSum, StoredGroups } from '../contract/statistics.js';
import { TooManyGroupsError } from '../contract/too-many-groups.js';
import { FacetKind } from '../engine/facets.js';
import { NANO_PER_USD } from '../engine/timeline-rows.js';
import { type Bits, eachBit, hasBit } from './columns/bits.js';
import { type Chunk, Part, type UsageRows } from './columns/chunk.js';
import { Durations, nanoseconds } from './durations.js';
import type { SearchFilter } from './filters.js';
import { FirstOf } from './first-of.js';
import { type MatchOptions, matchingSessions } from './matching-sessions.js';
import { type DecodedValues, type ValueRow, valuesOfRow } from './row-values.js';

/** Most groups, listed or not. One takes some 220 bytes; a thread of queries has 1 GiB. */
export const MOST_COUNTED_GROUPS = 1_000_000;

/** Users whose names are looked up at a time. */
const NAMES_AT_ONCE = 10_000;

/**
 * Sums of the sessions that match a filter by the values of something (docs/decisions/023-attribute-filters.md).
 * Exact. A session with several values is in the group of each.
 *
 * @throws TooManyGroupsError
 */
export async function countGroups(
  { by, attribute, sort, limit, nowNs: _, ...filter }: GroupScan & SearchFilter,
  options: MatchOptions,
  mostGroups = MOST_COUNTED_GROUPS,
): Promise<StoredGroups> {
  const groups = new Groups(by, attribute, mostGroups);
  const parts = by === 'user' ? [Part.usage, Part.users] : [Part.usage];
  const { chunks, rows } = await matchingSessions(filter, { kind: 'groups', parts }, options);
  for await (const { chunk, sessions } of chunks) groups.addChunk(chunk, sessions);
  for await (const some of rows) {
    for (const [, seconds, nanos, errors, device, country, user, sums, traits] of some) {
      groups.addRow({
        ns: nanoseconds(seconds, nanos),
        failed: errors === 1,
        device,
        country,
        user,
        sums,
        traits,
      });
    }
  }
  if (by === 'user') await groups.joinUsers(options);
  const found = await largest(groups, sort, limit, options);
  const durations = groups.durations.quantiles(found.map(({ group }) => group.no));
  return {
    total: { ...groups.total.finish(), durations: durations.all },
    none: groups.none.finish(),
    groupCount: groups.count,
    groups: found.map(({ value, group: { no, sum } }) => ({
      value,
      ...sum.finish(),
      durations: durations.of.get(no),
    })),
  };
}

interface NamedGroup {
  readonly value: string;
  readonly amount: Amount;
  readonly group: Group;
}

/** The largest groups first, ties by value. Names are looked up only for groups that may be among them. */
async function largest(
  groups: Groups,
  sort: GroupScan['sort'],
  limit: number,
  { columnRows, project, checkpoint }: MatchOptions,
): Promise<readonly NamedGroup[]> {
  const first = new FirstOf<NamedGroup>(limit, (a, b) =>
    a.amount === b.amount ? (a.value < b.value ? -1 : 1) : compareAmounts(a.amount, b.amount),
  );
  const numbered: { readonly key: number; readonly amount: Amount; readonly group: Group }[] = [];
  const addNumbered = async (): Promise<void> => {
    checkpoint();
    const names = await columnRows.userIds(
      project,
      numbered.map(({ key }) => key),
    );
    for (const { key, amount, group } of numbered) first.add({ value: names.get(key)!, amount, group });
    numbered.length = 0;
  };
  for (const { amount, group } of groups.candidates(sort, limit)) {
    const { key } = group;
    if (typeof key === 'string') first.add({ value: key, amount, group });
    else if (numbered.push({ key, amount, group }) === NAMES_AT_ONCE) await addNumbered();
  }
  if (numbered.length > 0) await addNumbered();
  return first.items();
}

interface GroupedRow extends ValueRow {
  /** Duration. */
  readonly ns: number;
  readonly failed: boolean;
  readonly user: string | null;
  readonly sums: string;
}

/** What a group is of: a value, or the number of a user in chunks. */
type Key = string | number;

interface Group {
  readonly key: Key;
  readonly no: number;
  readonly sum: Sum;
}

/** Kinds of the index of values that groups are made by. The others are tags. */
const KINDS: { readonly [By in GroupBy]?: number } = {
  service: FacetKind.service,
  model: FacetKind.model,
  provider: FacetKind.provider,
  country: FacetKind.country,
  device: FacetKind.device,
  release: FacetKind.release,
};

const TAGS: { readonly [By in GroupBy]?: TagKind } = {
  operation: TagKind.operation,
  tool: TagKind.tool,
  errorType: TagKind.errorType,
  route: TagKind.route,
  status: TagKind.status,
};

class Groups {
  readonly total = new Sum();
  /** Sessions without a value. */
  readonly none = new Sum();
  readonly durations = new Durations();
  readonly #by: GroupBy;
  readonly #kind: number;
  /** What the tags of the values begin with; undefined if they are not tags. */
  readonly #tag: string | undefined;
  readonly #most: number;
  readonly #groups = new Map<Key, Group>();
  #made = 0;

  /** @param most most groups. */
  constructor(by: GroupBy, attribute: string | undefined, most: number) {
    this.#by = by;
    this.#kind = KINDS[by] ?? FacetKind.tag;
    this.#most = most;
    this.#tag = by === 'attribute' ? attributeTag(attribute ?? '', '') : TAGS[by];
  }

  get count(): number {
    return this.#groups.size;
  }

  /** The groups that may be among the largest ones: all with the amount of the last one of these, or more. */
  *candidates(
    sort: GroupScan['sort'],
    limit: number,
  ): Generator<{ readonly amount: Amount; readonly group: Group }> {
    const greatest = new FirstOf<Amount>(limit, compareAmounts);
    for (const { sum } of this.#groups.values()) greatest.add(sum.amount(sort));
    const least = greatest.items().at(-1);
    for (const group of this.#groups.values()) {
      const amount = group.sum.amount(sort);
      if (least !== undefined && amount >= least) yield { amount, group };
    }
  }

  #group(key: Key): Group {
    let group = this.#groups.get(key);
    if (group === undefined) {
      // Until users are joined, a user may have two groups.
      if (this.#made === (this.#by === 'user' ? 2 : 1) * this.#most) throw new TooManyGroupsError(this.#most);
      group = { key, no: this.#made++, sum: new Sum() };
      this.#groups.set(key, group);
    }
    return group;
  }

  addChunk(chunk: Chunk, sessions: Bits): void {
    const failed = chunk.withErrors();
    const groupsAt = this.#groupsAt(chunk, sessions);
    eachBit(sessions, (place) => {
      const ns = nanoseconds(chunk.durationSeconds[place]!, chunk.durationNanos[place]!);
      const isFailed = hasBit(failed, place);
      this.#addSession(this.total, isFailed);
      this.durations.add(ns);
      const groups = groupsAt[place] ?? NO_GROUPS;
      if (groups.length === 0) this.#addSession(this.none, isFailed);
      for (const { no, sum } of groups) {
        this.#addSession(sum, isFailed);
        this.durations.add(ns, no);
      }
    });
    const { usage } = chunk;
    for (let row = 0; row < usage.places.length; row++) {
      const place = usage.places[row]!;
      if (!hasBit(sessions, place)) continue;
      const model = usage.model[row]!;
      if (model !== 0) {
        if (this.#by === 'model') this.#group(usage.models[model]!).sum.addUsageRow(usage, row);
        continue;
      }
      this.total.addUsageRow(usage, row);
      const groups = groupsAt[place] ?? NO_GROUPS;
      if (groups.length === 0) this.none.addUsageRow(usage, row);
      if (this.#by !== 'model') for (const { sum } of groups) sum.addUsageRow(usage, row);
    }
  }

  /** The groups of each place of a chunk. */
  #groupsAt(chunk: Chunk, sessions: Bits): readonly (readonly Group[] | undefined)[] {
    const groupsAt: (Group[] | undefined)[] = [];
    const add = (place: number, key: Key): void => {
      const group = this.#group(key);
      const groups = groupsAt[place];
      if (groups === undefined) groupsAt[place] = [group];
      else groups.push(group);
    };
    if (this.#by === 'user') {
      const { users } = chunk.users;
      eachBit(sessions, (place) => {
        if (users[place] !== 0) add(place, users[place]!);
      });
      return groupsAt;
    }
    chunk.eachValue(this.#kind, (value, having) => {
      const key = this.#valueOf(value);
      if (key === undefined) return;
      eachBit(having, (place) => {
        if (hasBit(sessions, place)) add(place, key);
      });
    });
    return groupsAt;
  }

  /** The value that a value of the index stands for, if it is of these groups. */
  #valueOf(value: string): string | undefined {
    if (this.#tag === undefined) return value;
    return value.startsWith(this.#tag) ? value.slice(this.#tag.length) : undefined;
  }

  addRow(row: GroupedRow): void {
    const { ns, failed, user } = row;
    const sums = Session.decodeValues(row.sums);
    const { usage } = sums;
    const keys =
      this.#by === 'user'
        ? user === null
          ? []
          : [user]
        : valuesOfRow(this.#kind, row, sums).flatMap((value) => this.#valueOf(value) ?? []);
    this.#addSession(this.total, failed);
    this.durations.add(ns);
    if (keys.length === 0) this.#addSession(this.none, failed);
    if (!usage.isEmpty) {
      this.total.addTotals(usage.all);
      if (keys.length === 0) this.none.addTotals(usage.all);
    }
    for (const key of keys) {
      const { no, sum } = this.#group(key);
      this.#addSession(sum, failed);
      this.durations.add(ns, no);
      if (!usage.isEmpty && this.#by !== 'model') sum.addTotals(usage.all);
    }
    if (this.#by !== 'model' || usage.isEmpty) return;
    for (const [model, totals] of usage.models.entries()) this.#group(model).sum.addTotals(totals);
  }

  #addSession(sum: Sum, failed: boolean): void {
    sum.sessions++;
    if (failed) sum.failed++;
  }

  /** Joins the groups of users that were read from rows with those from chunks. @throws TooManyGroupsError */
  async joinUsers({ columnRows, project }: MatchOptions): Promise<void> {
    const ids = [...this.#groups.keys()].filter((key) => typeof key === 'string');
    for (const [id, number] of await columnRows.userNumbers(project, ids)) {
      const other = this.#groups.get(number);
      if (other === undefined) continue;
      const own = this.#groups.get(id)!;
      own.sum.addSum(other.sum);
      this.durations.join(other.no, own.no);
      this.#groups.delete(number);
    }
    if (this.#groups.size > this.#most) throw new TooManyGroupsError(this.#most);
  }
}

/** What groups are compared by: one kind of number in all of them. */
type Amount = number | bigint;

/** Greatest first. */
function compareAmounts(a: Amount, b: Amount): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

type Usage = DecodedValues['usage'];

const NO_GROUPS: readonly Group[] = [];

/** Numbers are whole and below 2^53; what a row adds beyond is in `large`. */
class Sum {
  sessions = 0;
  failed = 0;
  #calls = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #costUsd = 0;
  #costNanoUsd = 0;
  #priced = 0;
  #unpriced = 0;
  #unreported = 0;
  #large: { inputTokens: bigint; outputTokens: bigint; costNanoUsd: bigint } | undefined;

  addUsageRow(usage: UsageRows, row: number): void {
    this.#calls += usage.calls[row]!;
    this.#inputTokens += usage.inputTokens[row]!;
    this.#outputTokens += usage.outputTokens[row]!;
    this.#costUsd += usage.costUsd[row]!;
    this.#costNanoUsd += usage.costNanoUsd[row]!;
    this.#priced += usage.priced[row]!;
    this.#unpriced += usage.unpriced[row]!;
    this.#unreported += usage.unreported[row]!;
  }

  addTotals(totals: Usage['all']): void {
    this.#calls += totals.calls;
    this.#priced += totals.pricedCount;
    this.#unpriced += totals.unpricedCount;
    this.#unreported += totals.unreportedCount;
    this.#addLarge(totals);
  }

  #addLarge(more: {
    readonly inputTokens: bigint;
    readonly outputTokens: bigint;
    readonly costNanoUsd: bigint;
  }): void {
    const { inputTokens = 0n, outputTokens = 0n, costNanoUsd = 0n } = this.#large ?? {};
    this.#large = {
      inputTokens: inputTokens + more.inputTokens,
      outputTokens: outputTokens + more.outputTokens,
      costNanoUsd: costNanoUsd + more.costNanoUsd,
    };
  }

  addSum(other: Sum): void {
    this.sessions += other.sessions;
    this.failed += other.failed;
    this.#calls += other.#calls;
    this.#inputTokens += other.#inputTokens;
    this.#outputTokens += other.#outputTokens;
    this.#costUsd += other.#costUsd;
    this.#costNanoUsd += other.#costNanoUsd;
    this.#priced += other.#priced;
    this.#unpriced += other.#unpriced;
    this.#unreported += other.#unreported;
    if (other.#large !== undefined) this.#addLarge(other.#large);
  }

  /** What groups are compared by. */
  amount(sort: GroupScan['sort']): Amount {
    switch (sort) {
      case 'sessions':
        return this.sessions;
      case 'errors':
        return this.failed;
      case 'tokens': {
        const { inputTokens, outputTokens } = this.finish();
        return inputTokens + outputTokens;
      }
      case 'cost':
        return this.finish().costNanoUsd ?? -1n;
    }
  }

  finish(): GroupSum {
    const { inputTokens = 0n, outputTokens = 0n, costNanoUsd = 0n } = this.#large ?? {};
    return {
      sessions: this.sessions,
      sessionsWithErrors: this.failed,
      calls: this.#calls,
      inputTokens: BigInt(this.#inputTokens) + inputTokens,
      outputTokens: BigInt(this.#outputTokens) + outputTokens,
      ...(this.#priced > 0 && {
        costNanoUsd: BigInt(this.#costUsd) * NANO_PER_USD + BigInt(this.#costNanoUsd) + costNanoUsd,
      }),
      unpricedCount: this.#unpriced,
      unreportedCount: this.#unreported,
    };
  }
}
