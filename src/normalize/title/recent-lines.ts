/** Slots; of messages with the same slot the latest is kept. A power of two. */
const SLOTS = 512;

/** Longest message that is kept, bytes: all take 2 MB at most. */
const LONGEST = 4_096;

/** Bytes of a message that decide its slot. */
const SAMPLES = 16;

interface Slot {
  readonly bytes: Buffer;
  readonly isUser: boolean;
  readonly line: string | undefined;
}

/**
 * The lines of messages that were read a short time ago. Each call of an agent repeats the messages of the
 * calls before, so the same first message is read again and again.
 */
export class RecentLines {
  readonly #slots: (Slot | undefined)[] = new Array(SLOTS).fill(undefined);

  /**
   * What `read` answers for these bytes and `isUser`, of which alone it must depend. It is not called if the
   * answer is kept.
   */
  get(
    buffer: Buffer,
    start: number,
    end: number,
    isUser: boolean,
    read: (buffer: Buffer, start: number, end: number, isUser: boolean) => string | undefined,
  ): string | undefined {
    const length = end - start;
    if (length > LONGEST) return read(buffer, start, end, isUser);
    const at = slotOf(buffer, start, length);
    const known = this.#slots[at];
    if (
      known !== undefined &&
      known.isUser === isUser &&
      known.bytes.length === length &&
      buffer.compare(known.bytes, 0, length, start, end) === 0
    ) {
      return known.line;
    }
    const line = read(buffer, start, end, isUser);
    // A copy: a part of the request would keep all of it in memory.
    this.#slots[at] = { bytes: Buffer.from(buffer.subarray(start, end)), isUser, line };
    return line;
  }
}

/** Bytes at equal distances, which end with the last ones, where messages of one form differ. */
function slotOf(buffer: Buffer, start: number, length: number): number {
  let hash = length;
  for (let i = 1; i <= SAMPLES; i++) {
    const at = start + Math.floor((length * i) / SAMPLES) - 1;
    hash = Math.imul(hash ^ buffer[Math.max(start, at)]!, 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
