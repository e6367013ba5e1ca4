import { type Entry, entryKey, toolKey, witnessKey } from './entry.js';
import type { Unordered } from './sources.js';

/** The messages of a call for the history. */
export interface CallHistory {
  readonly input: readonly Entry[];
  readonly unordered?: readonly Unordered[];
  readonly output: readonly Entry[];
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly traceId: string;
  /** Its input was taken earlier, without the output. */
  readonly isAsked?: true;
}

interface Node {
  readonly key: string;
  readonly role: Entry['role'];
  readonly parent: Node | undefined;
  readonly depth: number;
  children: Map<string, Node> | undefined;
  /** The child that was visited last. */
  latest: Node | undefined;
  answered: { readonly endNs: bigint; readonly traceId: string; readonly system: string } | undefined;
}

/** Maximum number of remembered messages. Beyond it, only current conversations (`MAX_TIPS`) are kept. */
const MAX_NODES = 100_000;
/** Maximum number of current conversations: a session's main one and those of its subagents. */
const MAX_TIPS = 32;
/** Maximum number of entries of an answer that a program may leave out when it sends the history again. */
const MAX_SKIPPED = 64;

/**
 * Remembers which messages of a session were shown. Every call repeats the earlier messages, and each is
 * shown once.
 *
 * Histories are paths of a tree: two calls share the messages at their start. An entry of a call's input was
 * shown if it is at the same place of a path, so a repeated text is two entries. If the oldest messages were
 * dropped or summarised, an input begins like no path. Then its end is compared with the ends of current
 * conversations.
 */
export class History {
  /** Approximate number of remembered entries, as a measure of memory. */
  get size(): number {
    return this.#nodes + this.#systems.size + this.#tools.size + this.#reasonings.size + this.#witnesses.size;
  }

  /** An independent copy. */
  clone(): History {
    const copy = new History();
    const nodes = new Map<Node, Node>([[this.#root, copy.#root]]);
    // Parents come before their children. Entries added to a map during iteration are visited as well.
    for (const [node, twin] of nodes) {
      twin.answered = node.answered;
      if (node.children === undefined) continue;
      twin.children = new Map();
      for (const [key, child] of node.children) {
        const childTwin = newNode(key, child.role, twin);
        twin.children.set(key, childTwin);
        nodes.set(child, childTwin);
      }
      twin.latest = node.latest && nodes.get(node.latest);
    }
    copy.#nodes = this.#nodes;
    // A tip whose path was forgotten is not in the copy.
    copy.#tips = this.#tips.flatMap((tip) => nodes.get(tip) ?? []);
    for (const each of this.#systems) copy.#systems.add(each);
    for (const each of this.#tools) copy.#tools.add(each);
    for (const each of this.#reasonings) copy.#reasonings.add(each);
    for (const [key, counts] of this.#witnesses) copy.#witnesses.set(key, new Map(counts));
    return copy;
  }

  #root = newNode('', 'system', undefined);
  #nodes = 0;
  /** Ends of the current conversations, latest first. */
  #tips: Node[] = [];
  /** Instructions at the start of an input are not in the tree: they may change with every call. */
  readonly #systems = new Set<string>();
  /** Keys of tool entries with an id: programs send them again in any order. */
  readonly #tools = new Set<string>();
  readonly #reasonings = new Set<string>();
  /** By entry: how often each witness (a kind of record) reported it. */
  readonly #witnesses = new Map<string, Map<string, number>>();

  /**
   * Returns the entries of a call's input that were not shown yet, and its output, which is always new.
   * Remembers both.
   */
  take(call: CallHistory): { input: Entry[]; output: Entry[] } {
    const input = this.#inOrder(call.input, call.unordered ?? []);
    const heads = input.findIndex(({ role }) => role !== 'system');
    const head = input.slice(0, heads === -1 ? input.length : heads);
    const shown = head.filter((entry) => this.#isNewSystem(entry));
    const system = head.map((entry) => entryKey(entry) ?? '').join('');
    const rest = input.slice(head.length);

    const known = this.#known(rest);
    const node = this.#remember(rest, known);
    rest.forEach((entry, index) => {
      if (known[index] === undefined && this.#isUnseen(entry)) shown.push(entry);
    });
    const isAgain = call.isAsked !== true && known.length > 0 && known.every((at) => at !== undefined);
    if (isAgain && repeats(node, call, system)) shown.push(...lastWords(rest));
    if (call.output.length > 0) {
      node.answered ??= { endNs: call.endNs, traceId: call.traceId, system };
      const output = this.#extend(node, call.output);
      this.#touch(output);
      for (const entry of call.output) this.#mark(entry);
    } else if (node !== this.#root) {
      this.#touch(node);
    }
    if (this.#nodes > MAX_NODES) this.#prune();
    return { input: shown.filter((entry) => this.isNews('call', entry)), output: this.#outputs(call.output) };
  }

  /**
   * Counts a report of an entry by `witness`, and returns whether it has to be shown. Reports of different
   * witnesses are paired in order: the first report of one and the first of another are the same entry.
   */
  isNews(witness: string, entry: Entry): boolean {
    const key = witnessKey(entry);
    if (key === undefined) return true;
    let counts = this.#witnesses.get(key);
    if (counts === undefined) {
      counts = new Map();
      this.#witnesses.set(key, counts);
    }
    const before = Math.max(0, ...counts.values());
    const count = (counts.get(witness) ?? 0) + 1;
    counts.set(witness, count);
    if (this.#witnesses.size > MAX_NODES) {
      const [oldest] = this.#witnesses.keys();
      this.#witnesses.delete(oldest!);
    }
    return count > before;
  }

  /**
   * Sorts the unordered messages of an input like the current conversation that has most of them. New
   * messages come last.
   */
  #inOrder(input: readonly Entry[], unordered: readonly Unordered[]): readonly Entry[] {
    if (unordered.length === 0) return input;
    const keys = new Set(input.flatMap((entry) => entryKey(entry) ?? []));
    let places = new Map<string, number[]>();
    let most = 0;
    for (const tip of this.#tips) {
      const found = placesAbove(tip, keys, 2 * input.length + MAX_SKIPPED);
      if (found.size > most) [places, most] = [found, found.size];
    }
    const ordered = [...input];
    for (const { start, lengths } of unordered) {
      let at = start;
      const messages = lengths.map((length) => {
        const entries = input.slice(at, at + length);
        at += length;
        const key = entries.map(entryKey).find((known) => known !== undefined);
        const place = key === undefined ? undefined : places.get(key)?.pop();
        return { entries, place: place ?? Number.POSITIVE_INFINITY };
      });
      messages.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
      ordered.splice(start, at - start, ...messages.flatMap(({ entries }) => entries));
    }
    return ordered;
  }

  #outputs(output: readonly Entry[]): Entry[] {
    return output.filter((entry) => this.isNews('call', entry));
  }

  #isNewSystem(entry: Entry): boolean {
    const key = entryKey(entry);
    if (key === undefined || this.#systems.has(key)) return false;
    remember(this.#systems, key);
    return true;
  }

  /** Whether an entry outside of the tree is new by its key. Remembers the key. */
  #isUnseen(entry: Entry): boolean {
    const set = entryKey(entry) === undefined ? this.#reasonings : this.#tools;
    const mark = markOf(entry);
    if (mark === undefined) return true;
    if (set.has(mark)) return false;
    remember(set, mark);
    return true;
  }

  #mark(entry: Entry): void {
    const mark = markOf(entry);
    if (mark !== undefined) remember(entryKey(entry) === undefined ? this.#reasonings : this.#tools, mark);
  }

  /** For each entry the node where it was shown, or undefined. */
  #known(entries: readonly Entry[]): (Node | undefined)[] {
    const keys = entries.map(entryKey);
    const fromStart = this.#walk(keys, entries);
    const found = fromStart.filter((node) => node !== undefined).length;
    const last = fromStart.findLast((node) => node !== undefined);
    // No better result is possible: either the whole input is known, or all of a conversation is.
    if (found === keys.length || (last !== undefined && last.children === undefined)) return fromStart;
    let best = fromStart;
    let bestCount = found;
    for (const tip of this.#tips) {
      const laid = layOver(tip, keys);
      const count = laid.filter((node) => node !== undefined).length;
      if (count > bestCount) [best, bestCount] = [laid, count];
    }
    return best;
  }

  /** Follows the tree from its root as far as the keys match. */
  #walk(keys: readonly (string | undefined)[], entries: readonly Entry[]): (Node | undefined)[] {
    const nodes: (Node | undefined)[] = new Array(keys.length).fill(undefined);
    let node = this.#root;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key === undefined) continue;
      const next = node.children?.get(key) ?? skipAnswer(node, key);
      if (next === undefined) {
        // Skips a tool's entry in another order. Anything else ends the known part.
        const mark = toolKey(entries[i]!);
        if (mark !== undefined && this.#tools.has(mark)) continue;
        break;
      }
      nodes[i] = next;
      node = next;
    }
    return nodes;
  }

  /** Appends the unknown entries to the known ones. Returns the node of the last entry. */
  #remember(entries: readonly Entry[], known: readonly (Node | undefined)[]): Node {
    let node = this.#root;
    entries.forEach((entry, index) => {
      const key = entryKey(entry);
      if (key !== undefined) node = known[index] ?? this.#child(node, key, entry.role);
    });
    return node;
  }

  #extend(node: Node, entries: readonly Entry[]): Node {
    let last = node;
    for (const entry of entries) {
      const key = entryKey(entry);
      if (key !== undefined) last = this.#child(last, key, entry.role);
    }
    return last;
  }

  #child(parent: Node, key: string, role: Entry['role']): Node {
    parent.children ??= new Map();
    let child = parent.children.get(key);
    if (child === undefined) {
      child = newNode(key, role, parent);
      parent.children.set(key, child);
      this.#nodes++;
    }
    parent.latest = child;
    return child;
  }

  #touch(tip: Node): void {
    const others = this.#tips.filter((other) => other !== tip && !isAbove(other, tip));
    this.#tips = [tip, ...others].slice(0, MAX_TIPS);
  }

  /** Keeps only the paths to the tips, or nothing if those are too many. */
  #prune(): void {
    const kept = new Set<Node>();
    for (const tip of this.#tips) {
      for (let node: Node | undefined = tip; node !== undefined && !kept.has(node); node = node.parent) {
        kept.add(node);
      }
    }
    if (kept.size > MAX_NODES / 2) {
      this.#root = newNode('', 'system', undefined);
      this.#tips = [];
      this.#nodes = 0;
      return;
    }
    for (const node of kept) {
      for (const [key, child] of node.children ?? []) if (!kept.has(child)) node.children!.delete(key);
      if (node.children?.size === 0) node.children = undefined;
      if (node.latest !== undefined && !kept.has(node.latest)) node.latest = undefined;
    }
    this.#nodes = kept.size;
  }
}

function newNode(key: string, role: Entry['role'], parent: Node | undefined): Node {
  const depth = parent === undefined ? 0 : parent.depth + 1;
  return { key, role, parent, depth, children: undefined, latest: undefined, answered: undefined };
}

/** The key of an entry that does not depend on its place: of a tool with an id, or of reasoning alone. */
function markOf(entry: Entry): string | undefined {
  const key = entryKey(entry);
  if (key === undefined)
    return entry.reasoning === undefined ? undefined : entryKey({ role: entry.role, text: entry.reasoning });
  return toolKey(entry);
}

function remember(set: Set<string>, key: string): void {
  set.add(key);
  if (set.size > MAX_NODES) {
    const [oldest] = set;
    set.delete(oldest!);
  }
}

/** The node with this key further down the most recent path, if only parts of an answer are in between. */
function skipAnswer(from: Node, key: string): Node | undefined {
  let node: Node | undefined = from;
  for (let skipped = 0; skipped < MAX_SKIPPED; skipped++) {
    node = node.latest;
    if (node === undefined || node.role === 'user' || node.role === 'system') return undefined;
    const found = node.children?.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The depths of entries with these keys on the path to a tip, deepest first, at most `limit` nodes up. */
function placesAbove(tip: Node, keys: ReadonlySet<string>, limit: number): Map<string, number[]> {
  const places = new Map<string, number[]>();
  let node: Node | undefined = tip;
  for (let steps = 0; node?.parent !== undefined && steps < limit; steps++) {
    if (keys.has(node.key)) places.set(node.key, [...(places.get(node.key) ?? []), node.depth]);
    node = node.parent;
  }
  return places;
}

/**
 * Aligns an input with the end of a path: starts at the last occurrence of the tip and goes backwards in
 * both, with gaps on either side.
 */
function layOver(tip: Node, keys: readonly (string | undefined)[]): (Node | undefined)[] {
  const nodes: (Node | undefined)[] = new Array(keys.length).fill(undefined);
  let node: Node | undefined = tip;
  let at = keys.length - 1;
  // The program may leave out the end of an answer, so the anchor may be a little before the tip.
  let anchor = -1;
  for (let skipped = 0; node?.parent !== undefined && skipped < MAX_SKIPPED; skipped++) {
    anchor = keys.lastIndexOf(node.key);
    if (anchor >= 0 || node.role === 'user' || node.role === 'system') break;
    node = node.parent;
  }
  if (anchor < 0) return nodes;
  at = anchor;
  while (at >= 0 && node?.parent !== undefined) {
    if (keys[at] === node.key) {
      nodes[at] = node;
      node = node.parent;
      at--;
      continue;
    }
    const above = aboveWithKey(node, keys[at]);
    if (above !== undefined) node = above;
    else at--;
  }
  return nodes;
}

function aboveWithKey(node: Node, key: string | undefined): Node | undefined {
  let above: Node | undefined = node.parent;
  for (let steps = 0; above?.parent !== undefined && steps < MAX_SKIPPED; steps++) {
    if (above.key === key) return above;
    above = above.parent;
  }
  return undefined;
}

function isAbove(above: Node, node: Node): boolean {
  let at: Node | undefined = node;
  while (at !== undefined && at.depth > above.depth) at = at.parent;
  return at === above;
}

/** Whether a call repeats an answered question in a new exchange. */
function repeats(node: Node, call: CallHistory, system: string): boolean {
  const { answered } = node;
  return (
    answered !== undefined &&
    answered.traceId !== call.traceId &&
    answered.system === system &&
    answered.endNs <= call.startNs
  );
}

/** The user's messages since the last answer. */
function lastWords(entries: readonly Entry[]): Entry[] {
  const answer = entries.findLastIndex(({ role }) => role !== 'user');
  return entries.slice(answer + 1);
}
