import { Conversation, type ReportedGroup, restoreTurns } from '../conversation/conversation.js';
import { type Turn, weightOf } from '../conversation/turn.js';
import type { GroupPosition, StoredGroup } from '../store/contract/group.js';
import type { SessionReader } from '../store/contract/reader.js';
import type { SessionIndex } from './session-indexes.js';

/** A group with turns. */
export interface IndexedGroup {
  readonly position: GroupPosition;
  readonly reported: ReportedGroup;
}

/** Number of groups that are read together, and the OTLP bytes above which fewer are. */
const GROUPS_AT_ONCE = 32;
const BYTES_AT_ONCE = 4 * 1024 * 1024;
/**
 * Minimum number of groups between two checkpoints. A checkpoint is a copy of the state, so larger states
 * have fewer.
 */
const CHECKPOINT_GROUPS = 32;
const REMEMBERED_A_GROUP = 64;
const MAX_CHECKPOINTS = 2;
/** Maximum number of entries of a state with checkpoints. */
const MAX_CHECKPOINT_SIZE = 50_000;
/**
 * A group with at least this many turns keeps them for the next page, which would otherwise read the whole
 * group again.
 */
const LARGE_GROUP = 200;
/**
 * Maximum number of characters of kept turns, and the number of characters that count as one remembered
 * entry.
 */
const MAX_KEPT_TEXT = 16 * 1024 * 1024;
const TEXT_OF_AN_ENTRY = 150;

/**
 * The conversation of a session as far as it is known: which entries of which groups are shown, from the
 * first group on. A turn depends on all turns before it, so this is computed once, in order. Then a page only
 * needs the groups that it shows.
 *
 * Valid as long as its groups have the same versions. `settle` checks them, and forgets everything from the
 * first changed group on.
 */
export class ConversationIndex implements SessionIndex {
  readonly #reader: SessionReader;
  readonly #project: string;
  readonly #sessionId: string;
  #stamp: number | undefined;
  #conversation = new Conversation();
  /** Versions of all known groups in order, each with a line feed after it. */
  #versions = '';
  #count = 0;
  #groups: IndexedGroup[] = [];
  #end: GroupPosition | undefined;
  #isWhole = false;
  #turnCount = 0;
  /**
   * States shortly before the end, latest last. When the last groups change, as in a running session, work
   * continues from one of them.
   */
  #checkpoints: readonly Checkpoint[] = [];
  /** By key of the group: turns that the current request has read, and kept turns of large groups. */
  readonly #turns = new Map<string, Turn[]>();
  /** Number of characters of the kept turns, by key of their group. */
  readonly #keptText = new Map<string, number>();

  constructor(reader: SessionReader, project: string, sessionId: string) {
    this.#reader = reader;
    this.#project = project;
    this.#sessionId = sessionId;
  }

  /** The known groups with turns. */
  get groups(): readonly IndexedGroup[] {
    return this.#groups;
  }

  /** The end of the known groups. */
  get end(): GroupPosition | undefined {
    return this.#end;
  }

  /** Whether all groups are known. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Number of known groups, including those without turns. */
  get count(): number {
    return this.#count;
  }

  /** Approximate number of remembered entries. */
  get size(): number {
    const states = [...this.#checkpoints, { conversation: this.#conversation }];
    const remembered = states.reduce((sum, { conversation }) => sum + conversation.size, 0);
    return remembered + this.#turnCount + this.#count / 2 + sum(this.#keptText.values()) / TEXT_OF_AN_ENTRY;
  }

  /** Begins a request: forgets all known groups from the first changed one on. */
  async settle(): Promise<void> {
    const count = this.#count;
    const known = { count, ...(this.#stamp !== undefined && { stamp: this.#stamp }) };
    const { stamp, versions } = await this.#reader.groupVersions(this.#project, this.#sessionId, known);
    this.#stamp = stamp;
    if (versions === undefined) return;
    // The session may have new groups.
    this.#isWhole = false;
    if (versions === this.#versions) return;
    const now = versions.split('\n');
    this.#rewind(this.#versions.split('\n').findIndex((version, at) => version !== now[at]));
  }

  /** Ends a request: keeps turns only of large groups, up to a limit. */
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

  /** Reads the next groups, at most `limit`. */
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
      const { reported, turns } = this.#conversation.take(group);
      const { position } = group;
      this.#versions += `${group.version}\n`;
      this.#count++;
      this.#end = position;
      if (turns.length === 0) continue;
      this.#groups.push({ position, reported });
      this.#turnCount += turns.length;
      this.#turns.set(position.key, turns);
    }
    this.#isWhole = groups.length === 0;
  }

  /** The turns of known groups, in order. Reads only groups that this request has not read yet. */
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
      for (const { position, reported } of part) {
        const group: StoredGroup | undefined = byKey.get(position.key);
        this.#turns.set(position.key, group === undefined ? [] : restoreTurns(group, reported));
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

  /** Returns to a state with at most the first `count` groups. */
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
    this.#turnCount = this.#groups.reduce((sum, { reported }) => sum + reported.length, 0);
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/** Number of characters of the turns. */
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
