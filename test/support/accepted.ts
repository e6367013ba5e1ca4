import type { Normalizer } from '../../src/normalize/normalizer.js';
import { RECORD_SPAN } from '../../src/otlp/record-batch.js';
import { Binder } from '../../src/sessionize/bind.js';
import { type ByteString, Group } from '../../src/sessionize/records.js';
import { GroupKeys } from '../../src/store/records/group-keys.js';
import {
  compareSources,
  HeldSpan,
  heldLog,
  spanIdOf,
  traceIdOf,
} from '../../src/store/records/held-records.js';
import { batchesOf, type Item } from './random-telemetry.js';

/** The session by user of each of these traces, where exactly these items were accepted; undefined for those that are in none. */
export type SessionsByUser = (
  items: readonly Item[],
  traces: readonly ByteString[],
) => readonly (string | undefined)[];

/** What a store accepted and did not erase: computed from the rules alone. */
export class Accepted {
  readonly #normalizer: Normalizer;
  readonly #sessionsByUser: SessionsByUser | undefined;
  readonly #sessions = new Set<string>();
  readonly #traces = new Set<string>();
  items: Item[] = [];

  /** With `sessionsByUser`, traces without a session are grouped by user. */
  constructor(normalizer: Normalizer, sessionsByUser?: SessionsByUser) {
    this.#normalizer = normalizer;
    this.#sessionsByUser = sessionsByUser;
  }

  #records(item: Item) {
    return batchesOf(this.#normalizer, [item]).flatMap((batch) =>
      Array.from({ length: batch.count }, (_, index) => ({
        batch,
        index,
        session: batch.strings[batch.session[index]!],
        trace: traceIdOf(batch, index),
      })),
    );
  }

  add(items: readonly Item[]): void {
    for (const item of items) {
      const isErased = this.#records(item).some(({ session, trace }) =>
        session === undefined ? this.#traces.has(trace) : this.#sessions.has(session),
      );
      if (!isErased) this.items.push(item);
    }
  }

  /** The groups of all records, and the items of each record by its id. */
  #groups() {
    const keys = new GroupKeys();
    const groups = new Map<string, { group: Group<HeldSpan>; items: Map<string, Item[]> }>();
    for (const item of this.items) {
      for (const { batch, index, trace } of this.#records(item)) {
        const key = keys.of(batch, index);
        let entry = groups.get(key);
        if (entry === undefined) {
          entry = { group: new Group<HeldSpan>(trace), items: new Map() };
          groups.set(key, entry);
        }
        const isSpan = batch.kind[index] === RECORD_SPAN;
        const log = isSpan ? undefined : heldLog(batch, index);
        if (log === undefined) entry.group.addSpan(new HeldSpan({ batch, index }), compareSources);
        else entry.group.addLog(log);
        const id = log === undefined ? `span ${spanIdOf(batch, index)}` : `log ${log.id}`;
        entry.items.set(id, [...(entry.items.get(id) ?? []), item]);
      }
    }
    if (this.#sessionsByUser !== undefined) {
      const ofTraces = [...groups].filter(([, { group }]) => group.traceId !== '');
      const sessions = this.#sessionsByUser(
        this.items,
        ofTraces.map(([key]) => key),
      );
      for (const [i, [, { group }]] of ofTraces.entries()) group.sessionByUser = sessions[i];
    }
    return groups;
  }

  get sessions(): string[] {
    const found = new Set<string>();
    for (const { group } of this.#groups().values()) {
      const binder = new Binder(group);
      for (const span of group.spans.values()) found.add(binder.span(span).session);
      for (const log of group.logs.values()) found.add(binder.log(log).session);
    }
    return [...found].sort();
  }

  /** What comes for the session later stays out. */
  erase(session: string): void {
    this.#sessions.add(session);
    for (const trace of this.remove(new Set([session]))) this.#traces.add(trace);
  }

  /** Removes these sessions. Returns the traces that lose records. */
  remove(sessions: ReadonlySet<string>): Set<string> {
    const traces = new Set<string>();
    const erased = new Set<Item>();
    for (const { group, items } of this.#groups().values()) {
      const binder = new Binder(group);
      const ids = [
        ...[...group.spans.values()]
          .filter((span) => sessions.has(binder.span(span).session))
          .map(({ id }) => `span ${id}`),
        ...[...group.logs.values()]
          .filter((log) => sessions.has(binder.log(log).session))
          .map(({ id }) => `log ${id}`),
      ];
      if (ids.length > 0 && group.traceId !== '') traces.add(group.traceId);
      for (const item of ids.flatMap((id) => items.get(id)!)) erased.add(item);
    }
    this.items = this.items.filter((item) => !erased.has(item));
    return traces;
  }
}
