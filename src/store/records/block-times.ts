import type { BlockTimes } from './log.js';

/** The largest time of a record, ns. */
const MAX_TIME_NS = 2n ** 63n - 1n;

/** Nanoseconds of the upper half of a 64-bit time. */
const UPPER_BITS = 32n;

/** Collects bounds of times, rounded to steps of 2^32 ns, so that no BigInt is created for each time. */
export class TimeBounds {
  #least = 0x7fffffff;
  #greatest = 0;

  /** `times` must not be negative. */
  add(times: BigInt64Array, index: number): void {
    const upper = upperHalves(times)[2 * index + UPPER]!;
    if (upper < this.#least) this.#least = upper;
    if (upper > this.#greatest) this.#greatest = upper;
  }

  /** Returns the bounds so far and resets them. */
  take(): BlockTimes {
    const leastNs = BigInt(this.#least) << UPPER_BITS;
    const endNs = (BigInt(this.#greatest) + 1n) << UPPER_BITS;
    this.#least = 0x7fffffff;
    this.#greatest = 0;
    return { leastNs, greatestNs: endNs > MAX_TIME_NS ? MAX_TIME_NS : endNs - 1n };
  }
}

/** Which half of a 64-bit number is the upper one on this machine. */
const UPPER = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

const halves = new WeakMap<BigInt64Array, Int32Array>();

function upperHalves(times: BigInt64Array): Int32Array {
  let known = halves.get(times);
  if (known === undefined) {
    known = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
    halves.set(times, known);
  }
  return known;
}
