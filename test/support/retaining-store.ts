import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createNormalizer } from '../../src/normalize/create.js';
import type { SessionReader } from '../../src/store/contract/reader.js';
import { openReader } from '../../src/store/contract/reader-source.js';
import type { RetentionPass, RetentionPolicy } from '../../src/store/contract/retention.js';
import type { Store, StoreEvents } from '../../src/store/contract/store.js';
import { BASE_NS, CONFORMANCE_SETTINGS } from '../conformance/bench.js';
import { QUIET } from './engine.js';
import { type SpanSpec, spanBatch } from './telemetry.js';

/** Stores whose retention is tested. */

export const PROJECT = 'default';
export const HOUR_MS = 3_600_000;
export const HOUR_NS = 3_600_000_000_000n;
const WAIT_MS = 60_000;

const normalizer = await createNormalizer({
  ...CONFORMANCE_SETTINGS.normalizer,
  userIdKey: Buffer.alloc(32),
});

export interface OpenOptions {
  readonly retention: RetentionPolicy | undefined;
  readonly nowNs: bigint;
  readonly events: StoreEvents;
}

/** A kind of store. */
export interface StoreKind {
  /** Opens the data of this name, which is empty at first. */
  open(name: string, options: OpenOptions): Promise<Store>;
  /** Resolves when readers of this data see all that was appended. */
  settled(name: string): Promise<void>;
  /** Flips a bit of a block in the log of this data, which no store has open. */
  flip(name: string, block: number): Promise<void>;
  /** How many records a block of this data has. */
  recordsIn(name: string, block: number): Promise<number>;
}

/** A store of this name. Close it before it is opened again. */
export class RetainingStore {
  readonly #kind: StoreKind;
  readonly #name: string;
  readonly #passes: RetentionPass[] = [];
  readonly #messages: string[] = [];
  #arrived = (): void => {};
  #heard = (): void => {};
  #store: Store | undefined;
  /** Timers of what somebody waits for. */
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Reasons that less goes, as they were reported. */
  readonly heldBack: (string | undefined)[] = [];

  private constructor(kind: StoreKind, name: string) {
    this.#kind = kind;
    this.#name = name;
  }

  static async open(
    kind: StoreKind,
    name: string,
    retention?: RetentionPolicy,
    nowNs = BASE_NS,
  ): Promise<RetainingStore> {
    const opened = new RetainingStore(kind, name);
    opened.#store = await kind.open(name, { retention, nowNs, events: opened.#events() });
    return opened;
  }

  #events(): StoreEvents {
    return {
      ...QUIET,
      progress: (message) => {
        this.#messages.push(message);
        this.#heard();
      },
      retentionHeld: (reason) => void this.heldBack.push(reason),
      retained: (pass) => {
        this.#passes.push(pass);
        this.#arrived();
      },
    };
  }

  get store(): Store {
    return this.#store!;
  }

  get retentions() {
    return this.store.retentions!;
  }

  /** Resolves when such a message of progress has come. */
  told(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#timer(() => reject(new Error(`no ${pattern} within ${WAIT_MS} ms`)));
      this.#heard = () => {
        if (!this.#messages.some((message) => pattern.test(message))) return;
        clearTimeout(timer);
        resolve();
      };
      this.#heard();
    });
  }

  /** The next pass that removes something. */
  pass(): Promise<RetentionPass> {
    return new Promise((resolve, reject) => {
      const timer = this.#timer(() => reject(new Error(`no pass within ${WAIT_MS} ms`)));
      this.#arrived = () => {
        const pass = this.#passes.shift();
        if (pass === undefined) return;
        clearTimeout(timer);
        resolve(pass);
      };
      this.#arrived();
    });
  }

  /** Appends spans that may be known. */
  async appendAgain(spans: readonly SpanSpec[], project = PROJECT): Promise<void> {
    await this.store.writer.append(project, spanBatch(normalizer, spans));
    await this.settled();
  }

  async append(spans: readonly SpanSpec[], project = PROJECT): Promise<void> {
    const { stored } = await this.store.writer.append(project, spanBatch(normalizer, spans));
    assert.equal(stored, spans.length);
  }

  /** Sessions that ended so long ago. */
  async appendAll(ids: readonly string[], hoursAgo: number, project = PROJECT, bytes = 10): Promise<void> {
    for (let at = 0; at < ids.length; at += 250) {
      const some = ids.slice(at, at + 250);
      await this.append(
        some.flatMap((id) => session(id, hoursAgo, bytes)),
        project,
      );
    }
    await this.settled();
  }

  settled(): Promise<void> {
    return this.#kind.settled(this.#name);
  }

  async sessionIds(project = PROJECT): Promise<string[]> {
    const page = await this.read((reader) =>
      reader.sessions(project, { direction: 'older', limit: 10_000, nowNs: BASE_NS }),
    );
    return page.sessions.map(({ id }) => id).sort();
  }

  /** Reads what was appended so far. */
  async read<T>(work: (reader: SessionReader) => Promise<T>): Promise<T> {
    await this.settled();
    const reader = await openReader(this.store.readers, () => {});
    try {
      return await work(reader);
    } finally {
      await reader.close();
    }
  }

  #timer(ended: () => void): NodeJS.Timeout {
    const timer = setTimeout(ended, WAIT_MS);
    this.#timers.add(timer);
    return timer;
  }

  /** Nobody waits for anything afterwards. Closing it again does nothing. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const store = this.#store;
    this.#store = undefined;
    await store?.close();
  }
}

/** A session of two traces whose last activity was so long ago. */
export function session(name: string, hoursAgo: number, bytes = 10): SpanSpec[] {
  const end = BASE_NS - BigInt(hoursAgo) * HOUR_NS;
  const hex = Buffer.from(name).toString('hex').slice(-28);
  return ['1', '2'].map((no) => ({
    trace: `${no}${hex}`,
    span: '1',
    start: end - 1_000_000_000n,
    end,
    resource: { 'service.name': 'web' },
    attributes: { 'session.id': name, 'user.id': `user of ${name}`, text: noise(`${name} ${no}`, bytes) },
  }));
}

/** Text that cannot be compressed well. */
function noise(seed: string, length: number): string {
  let state = 1;
  for (const char of seed) state = (state * 31 + char.charCodeAt(0)) % 2_147_483_647;
  let text = '';
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text;
}

export const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(5, '0')}`);
