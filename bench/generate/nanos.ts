const LOW_WORD = 4294967296;

/** Writes times as OTLP's `fixed64` nanoseconds without a BigInt per value. */
export class NanoTime {
  readonly #low: number;
  readonly #high: number;

  /** `baseMs`: the origin of the offsets, milliseconds since 1970. */
  constructor(baseMs: number) {
    const base = BigInt(Math.floor(baseMs)) * 1_000_000n;
    this.#low = Number(base & 0xffffffffn);
    this.#high = Number(base >> 32n);
  }

  /** `offsetNs`: whole nanoseconds after the base; 0 to 100 days. */
  write(target: Buffer, at: number, offsetNs: number): void {
    const sum = this.#low + offsetNs;
    target.writeUInt32LE(sum % LOW_WORD, at);
    target.writeUInt32LE(this.#high + Math.floor(sum / LOW_WORD), at + 4);
  }
}
