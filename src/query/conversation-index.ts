import { Conversation, type ReportedGroup, retell } from '../conversation/conversation.js';
import { type Turn, weightOf } from '../conversation/turn.js';
import type { GroupPosition, StoredGroup } from '../store/contract/group.js';
import type { SessionReader } from '../store/contract/reader.js';
import type { SessionIndex } from './session-indexes.js';

/** A group that tells something. */
export interface IndexedGroup {
  readonly position: GroupPosition;
  readonly told: ReportedGroup;
}

/** Groups that are read together, and the OTLP bytes after which there are fewer. */
const GROUPS_AT_ONCE = 32;
const BYTES_AT_ONCE = 4 * 1024 * 1024;
/** Least groups between two checkpoints; the more is remembered, the more there are, since a checkpoint is a copy of it. */
const CHECKPOINT_GROUPS = 32;
const REMEMBERED_A_GROUP = 64;
const MAX_CHECKPOINTS = 2;
/** Where more is remembered, entries, there are none. */
const MAX_CHECKPOINT_SIZE = 50_000;
/** Turns of a group from which on they are kept for the next page: it would read the whole group again. */
const LARGE_GROUP = 200;
/** Characters of turns that are kept so, and how many are as one entry that is remembered. */
const MAX_KEPT_TEXT = 16 * 1024 * 1024;
const TEXT_OF_AN_ENTRY = 150;

/**
 * What of a session's conversation is known: which entries of which groups are told, from its first group on. What a turn is depends on all before
 * it, so this is worked out once, in order; then any page is made of the groups that it shows.
 *
 * It holds as long as its groups have the versions that they were read with. `settle` looks, and forgets what has changed.
 */
export class ConversationIndex implements SessionIndex {
  readonly #reader: SessionReader;
  readonly #project: string;
  readonly #sessionId: string;
  #stamp: number | undefined;
  #conversation = new Conversation();
  /** Of all groups so far, by their place, each with a line feed behind it. */
  #versions = '';
  #count = 0;
  #groups: IndexedGroup[] = [];
  #end: GroupPosition | undefined;
  #isWhole = false;
  #toldCount = 0;
  /** States a little before the end, latest last: where the last groups change, as they do while a session goes on, work begins from one. */
  #checkpoints: readonly Checkpoint[] = [];
  /** By the key of their group: what the request under way has read, and what is kept of large groups. */
  readonly #turns = new Map<string, Turn[]>();
  /** Characters of the turns that are kept, by the key of their group. */
  readonly #keptText = new Map<string, number>();

  constructor(reader: SessionReader, project: string, sessionId: string) {
    this.#reader = reader;
    this.#project = project;
    this.#sessionId = sessionId;
  }

  /** The groups that tell something, as far as they are known. */
  get groups(): readonly IndexedGroup[] {
    return this.#groups;
  }

  /** Where the groups that are known end. */
  get end(): GroupPosition | undefined {
    return this.#end;
  }

  /** Whether all groups are known. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** How many groups are known, those that tell nothing with them. */
  get count(): number {
    return this.#count;
  }

  /** How much is remembered: entries, about. */
  get size(): number {
    const states = [...this.#checkpoints, { conversation: this.#conversation }];
    const remembered = states.reduce((sum, { conversation }) => sum + conversation.size, 0);
    return remembered + this.#toldCount + this.#count / 2 + sum(this.#keptText.values()) / TEXT_OF_AN_ENTRY;
  }

  /** Begins a request: forgets what is known of groups from the first one on that has changed. */
  async settle(): Promise<void> {
    const count = this.#count;
    const known = { count, ...(this.#stamp !== undefined && { stamp: this.#stamp }) };
    const { stamp, versions } = await this.#reader.groupVersions(this.#project, this.#sessionId, known);
    this.#stamp = stamp;
    if (versions === undefined) return;
    // There may be more groups now.
    this.#isWhole = false;
    if (versions === this.#versions) return;
    const now = versions.split('\n');
    this.#rewind(this.#versions.split('\n').findIndex((version, at) => version !== now[at]));
  }

  /** Ends a request: keeps the turns of large groups, as far as they are not too much, and no others. */
  rest(): void {
    let kept = sum(this.#keptText.values());
    for (const [key, turns] of this.#turns) {
      if (this.#keptText.has(key)) continue;
      const text = turns.length < LARGE_GROUP ? 0 : textOf(turns);
      if (text === 0 || text > MAX_KEPT_TEXT) {
        this.#turns.delete(key);
        continue;
      }
      this.#keptText.set(key, text);
      kept += text;
    }
    for (const [key, text] of this.#keptText) {
      if (kept <= MAX_KEPT_TEXT) return;
      this.#keptText.delete(key);
      this.#turns.delete(key);
      kept -= text;
    }
  }

  /** Goes on by some groups, at most `limit`. */
  async extend(limit = GROUPS_AT_ONCE): Promise<void> {
    const most = Math.min(limit, GROUPS_AT_ONCE);
    const groups = await this.#reader.groups(this.#project, this.#sessionId, {
      limit: most,
      maxBytes: BYTES_AT_ONCE,
      ...(this.#end && { after: this.#end }),
    });
    for (const group of groups) {
      const since = this.#count - (this.#checkpoints.at(-1)?.count ?? 0);
      const size = this.#conversation.size;
      if (since >= CHECKPOINT_GROUPS + size / REMEMBERED_A_GROUP) this.#keep();
      const { told, turns } = this.#conversation.take(group);
      const { position } = group;
      this.#versions += `${group.version}\n`;
      this.#count++;
      this.#end = position;
      if (turns.length === 0) continue;
      this.#groups.push({ position, told });
      this.#toldCount += turns.length;
      this.#turns.set(position.key, turns);
    }
    this.#isWhole = groups.length === 0;
  }

  /** The turns of groups that are known, in their order. Only those are read that the request has not read yet. */
  async turnsOf(groups: readonly IndexedGroup[]): Promise<readonly Turn[]> {
    const missing = groups.filter(({ position }) => !this.#turns.has(position.key));
    for (let at = 0; at < missing.length; at += GROUPS_AT_ONCE) {
      const part = missing.slice(at, at + GROUPS_AT_ONCE);
      const read = await this.#reader.groupsAt(
        this.#project,
        this.#sessionId,
        part.map(({ position }) => position),
      );
      const byKey = new Map(read.map((group) => [group.position.key, group]));
      for (const { position, told } of part) {
        const group: StoredGroup | undefined = byKey.get(position.key);
        this.#turns.set(position.key, group === undefined ? [] : retell(group, told));
      }
    }
    const [only, ...others] = groups;
    if (only !== undefined && others.length === 0) return this.#turns.get(only.position.key) ?? [];
    return groups.flatMap(({ position }) => this.#turns.get(position.key) ?? []);
  }

  #keep(): void {
    if (this.#conversation.size > MAX_CHECKPOINT_SIZE) {
      this.#checkpoints = [];
      return;
    }
    const checkpoint = {
      conversation: this.#conversation.clone(),
      count: this.#count,
      versions: this.#versions,
      groups: this.#groups.length,
      end: this.#end,
    };
    this.#checkpoints = [...this.#checkpoints, checkpoint].slice(-MAX_CHECKPOINTS);
  }

  /** Goes back to where the first `count` groups at most are known. */
  #rewind(count: number): void {
    this.#turns.clear();
    this.#keptText.clear();
    this.#checkpoints = this.#checkpoints.filter((kept) => kept.count <= count);
    const back = this.#checkpoints.at(-1);
    this.#conversation = back?.conversation.clone() ?? new Conversation();
    this.#versions = back?.versions ?? '';
    this.#count = back?.count ?? 0;
    this.#groups.length = back?.groups ?? 0;
    this.#end = back?.end;
    this.#toldCount = this.#groups.reduce((sum, { told }) => sum + told.length, 0);
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/** Characters of what turns say. */
function textOf(turns: readonly Turn[]): number {
  return turns.reduce((length, turn) => length + weightOf(turn), 0);
}

interface Checkpoint {
  readonly conversation: Conversation;
  readonly count: number;
  readonly versions: string;
  readonly groups: number;
  readonly end: GroupPosition | undefined;
}
