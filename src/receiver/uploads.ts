import type { Clock } from '../clock.js';

/** Why an upload was ended before it was complete. */
export type UploadEnd =
  /** No byte arrived for `bodyIdleMs`. */
  | 'idle'
  /** Too few bytes arrived. */
  | 'slow'
  /** Another upload needed its memory. */
  | 'displaced';

export interface UploadLimits {
  /** Total bytes of unfinished bodies that may be held. */
  readonly maxIncomingBytes: number;
  /** How long an upload may go without a byte, ms. */
  readonly bodyIdleMs: number;
  /** Average rate that a body beyond `SMALL_BYTES` must reach over each `bodyIdleMs`, bytes/s; 0 for no limit. */
  readonly minBodyRate: number;
}

/** Up to this size a body may be slow as long as bytes arrive: phones with bad reception send small ones. */
export const SMALL_BYTES = 64 * 1024;

/** Interval between two checks of the uploads, ms. */
const TICK_MS = 500;

/**
 * Maximum time of any upload, ms. Shorter than the limit of Node.js for a whole request (300 s), whose own
 * answer makes exporters drop the data.
 */
const MAX_UPLOAD_MS = 240_000;

/** A younger upload cannot be displaced: its rate is not known yet. */
const YOUNG_MS = 2 * TICK_MS;

/** An upload at this rate or above is not displaced, bytes/s, because it is done soon and then makes room. */
const FAST_BYTES_PER_SECOND = 64 * 1024;

/** A body that is being received. */
export interface Upload {
  /** Counts received bytes. Returns false if there is no memory for them: then the upload is over. */
  add(bytes: number): boolean;
  /** The body is complete, or will not arrive. Its bytes are no longer counted. */
  finish(): void;
}

interface Entry {
  readonly begunMs: number;
  readonly end: (reason: UploadEnd) => void;
  /** Returns the number of held bytes, for an upload that does not call `add`. */
  readonly measure: (() => number) | undefined;
  heldBytes: number;
  lastByteMs: number;
  /** Bytes since the last tick, and in the tick before that. */
  tickBytes: number;
  lastTickBytes: number;
  windowBeganMs: number;
  windowBytes: number;
}

/**
 * The bodies that are being received, from any transport. They have a memory limit of their own, apart from
 * requests that wait for the disk. A stalled sender loses its memory: after some time in any case, at once if
 * another upload needs it.
 */
export class Uploads {
  readonly #limits: UploadLimits;
  readonly #clock: Clock;
  readonly #onHeldBytes: (bytes: number) => void;
  readonly #entries = new Set<Entry>();
  #heldBytes = 0;
  #cancelTick: (() => void) | undefined;

  /** `onHeldBytes` is called with the bytes of unfinished bodies, whenever they change. */
  constructor(limits: UploadLimits, clock: Clock, onHeldBytes: (bytes: number) => void = () => {}) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onHeldBytes = onHeldBytes;
  }

  /**
   * Begins an upload. `end` is called at most once, and not after `finish`; afterwards nothing of the upload
   * is counted.
   */
  begin(end: (reason: UploadEnd) => void): Upload {
    const entry = this.#insert(end, undefined);
    return {
      add: (bytes) => this.#grow(entry, bytes),
      finish: () => this.#remove(entry),
    };
  }

  /**
   * Begins an upload whose bytes are not reported as they arrive. `measure` returns how many are held, and is
   * called now and then. Undefined if there is no memory for another one.
   */
  beginMeasured(measure: () => number, end: (reason: UploadEnd) => void): Upload | undefined {
    for (const entry of this.#entries) this.#measure(entry);
    if (!this.#makeRoom(1)) return undefined;
    const entry = this.#insert(end, measure);
    return {
      add: (bytes) => this.#grow(entry, bytes),
      finish: () => this.#remove(entry),
    };
  }

  #insert(end: (reason: UploadEnd) => void, measure: (() => number) | undefined): Entry {
    const now = this.#clock.nowMs();
    const entry: Entry = {
      begunMs: now,
      end,
      measure,
      heldBytes: 0,
      lastByteMs: now,
      tickBytes: 0,
      lastTickBytes: 0,
      windowBeganMs: now,
      windowBytes: 0,
    };
    this.#entries.add(entry);
    this.#cancelTick ??= this.#clock.after(TICK_MS, () => this.#tick());
    return entry;
  }

  #remove(entry: Entry): void {
    if (!this.#entries.delete(entry)) return;
    this.#setHeldBytes(this.#heldBytes - entry.heldBytes);
    if (this.#entries.size > 0) return;
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }

  #setHeldBytes(bytes: number): void {
    this.#heldBytes = bytes;
    this.#onHeldBytes(bytes);
  }

  #grow(entry: Entry, bytes: number): boolean {
    if (!this.#entries.has(entry)) return false;
    this.#note(entry, bytes);
    if (this.#makeRoom(bytes, entry)) {
      entry.heldBytes += bytes;
      this.#setHeldBytes(this.#heldBytes + bytes);
      return true;
    }
    this.#remove(entry);
    return false;
  }

  #note(entry: Entry, bytes: number): void {
    entry.tickBytes += bytes;
    entry.windowBytes += bytes;
    if (bytes > 0) entry.lastByteMs = this.#clock.nowMs();
  }

  #measure(entry: Entry): void {
    if (entry.measure === undefined) return;
    const held = entry.measure();
    const growth = held - entry.heldBytes;
    if (growth === 0) return;
    // Some of its processed bytes may have been released meanwhile; that counts as progress, too.
    this.#note(entry, Math.max(growth, 1));
    entry.heldBytes = held;
    this.#setHeldBytes(this.#heldBytes + growth);
  }

  /**
   * Ends slow uploads, the slowest first, until there is room for `bytes`. Returns false if that does not
   * suffice.
   */
  #makeRoom(bytes: number, except?: Entry): boolean {
    const { maxIncomingBytes } = this.#limits;
    while (this.#heldBytes + bytes > maxIncomingBytes) {
      const slowest = this.#slowest(except);
      if (slowest === undefined) return false;
      this.#end(slowest, 'displaced');
    }
    return true;
  }

  /** The slowest of the uploads that are old enough and not fast, by recent bytes; undefined if there is none. */
  #slowest(except: Entry | undefined): Entry | undefined {
    const latestBegin = this.#clock.nowMs() - YOUNG_MS;
    let slowest: Entry | undefined;
    let least = (FAST_BYTES_PER_SECOND * TICK_MS) / 1000;
    for (const entry of this.#entries) {
      if (entry === except || entry.begunMs > latestBegin || entry.heldBytes === 0) continue;
      const recent = entry.lastTickBytes + entry.tickBytes;
      if (recent > least || (recent === least && entry.heldBytes <= (slowest?.heldBytes ?? 0))) continue;
      slowest = entry;
      least = recent;
    }
    return slowest;
  }

  #end(entry: Entry, reason: UploadEnd): void {
    this.#remove(entry);
    entry.end(reason);
  }

  #tick(): void {
    this.#cancelTick = undefined;
    const now = this.#clock.nowMs();
    for (const entry of [...this.#entries]) {
      this.#measure(entry);
      const reason = this.#fault(entry, now);
      if (reason !== undefined) this.#end(entry, reason);
      entry.lastTickBytes = entry.tickBytes;
      entry.tickBytes = 0;
    }
    if (this.#entries.size > 0) this.#cancelTick ??= this.#clock.after(TICK_MS, () => this.#tick());
  }

  /** Why an upload is too slow; undefined if it is not. Begins a new window if the current one is over. */
  #fault(entry: Entry, now: number): UploadEnd | undefined {
    const { bodyIdleMs, minBodyRate } = this.#limits;
    if (now - entry.lastByteMs >= bodyIdleMs) return 'idle';
    if (now - entry.begunMs >= MAX_UPLOAD_MS) return 'slow';
    const windowMs = now - entry.windowBeganMs;
    if (windowMs < bodyIdleMs) return undefined;
    const isTooSlow = entry.windowBytes < (minBodyRate * windowMs) / 1000;
    entry.windowBeganMs = now;
    entry.windowBytes = 0;
    return isTooSlow && entry.heldBytes > SMALL_BYTES ? 'slow' : undefined;
  }
}
