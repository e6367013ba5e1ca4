import type { Clock } from '../clock.js';

/** Why an upload was ended before all of it was here. */
export type UploadEnd =
  /** Nothing came for as long as an upload may be silent. */
  | 'idle'
  /** Too little came. */
  | 'slow'
  /** The memory for unfinished uploads was needed by one that moves. */
  | 'displaced';

export interface UploadLimits {
  /** Bytes of unfinished bodies that may be held, all together. */
  readonly maxIncomingBytes: number;
  /** How long an upload may go without a byte, ms. */
  readonly bodyIdleMs: number;
  /** What a body beyond `SMALL_BYTES` must bring on average over each `bodyIdleMs`, bytes/s; 0 asks for nothing. */
  readonly minBodyRate: number;
}

/** Up to this size a body may come as slowly as its sender likes, as long as it keeps coming: phones in bad places send small ones. */
export const SMALL_BYTES = 64 * 1024;

/** Between two looks at the uploads, ms. */
const TICK_MS = 500;

/** The longest that any upload may take, ms. Shorter than Node.js gives a whole request (300 s), whose own answer makes exporters drop the data. */
const MAX_UPLOAD_MS = 240_000;

/** An upload this young cannot be displaced: nothing is known of its pace. */
const YOUNG_MS = 2 * TICK_MS;

/** An upload at this pace or above is not displaced, bytes/s: it is done soon, and whoever comes then finds room. */
const FAST_BYTES_PER_SECOND = 64 * 1024;

/** A body that is being received. */
export interface Upload {
  /** Counts bytes that came. False where there is no room for them: then the upload is over. */
  add(bytes: number): boolean;
  /** The body is here, or will not come. Nothing of it is counted from here on. */
  finish(): void;
}

interface Entry {
  readonly begunMs: number;
  readonly end: (reason: UploadEnd) => void;
  /** Tells how many bytes are held, for an upload that does not call `add`. */
  readonly measure: (() => number) | undefined;
  heldBytes: number;
  lastByteMs: number;
  /** Bytes since the last tick, and in the whole tick before that. */
  tickBytes: number;
  lastTickBytes: number;
  windowBeganMs: number;
  windowBytes: number;
}

/**
 * The bodies that are being received, by whatever transport. They have memory of their own, apart from what waits for the disk, and a sender
 * that stands still loses its place in it: after a while in any case, at once where somebody else needs the place.
 */
export class Uploads {
  readonly #limits: UploadLimits;
  readonly #clock: Clock;
  readonly #onHeldBytes: (bytes: number) => void;
  readonly #entries = new Set<Entry>();
  #heldBytes = 0;
  #cancelTick: (() => void) | undefined;

  /** `onHeldBytes` is told how many bytes of unfinished bodies there are, whenever that changes. */
  constructor(limits: UploadLimits, clock: Clock, onHeldBytes: (bytes: number) => void = () => {}) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onHeldBytes = onHeldBytes;
  }

  /** An upload begins. `end` is called at most once, and not after `finish`; nothing of the upload is counted from then on. */
  begin(end: (reason: UploadEnd) => void): Upload {
    const entry = this.#insert(end, undefined);
    return {
      add: (bytes) => this.#grow(entry, bytes),
      finish: () => this.#remove(entry),
    };
  }

  /**
   * The same for an upload whose bytes are not seen as they come: `measure` tells how many are held, and is asked now and then.
   * Undefined where there is no room for another one.
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
    // Bytes of it that are done with may have left meanwhile: it has moved then, too.
    this.#note(entry, Math.max(growth, 1));
    entry.heldBytes = held;
    this.#setHeldBytes(this.#heldBytes + growth);
  }

  /** Ends slow uploads, the slowest first, until there is room for `bytes`; false where that does not help. */
  #makeRoom(bytes: number, except?: Entry): boolean {
    const { maxIncomingBytes } = this.#limits;
    while (this.#heldBytes + bytes > maxIncomingBytes) {
      const slowest = this.#slowest(except);
      if (slowest === undefined) return false;
      this.#end(slowest, 'displaced');
    }
    return true;
  }

  /** Of the uploads that are old enough to be judged and not fast, the one that brought least of late; undefined where there is none. */
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

  /** What is wrong with an upload's pace; undefined where nothing is. Begins a new window where one is over. */
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
