import { Buffer } from 'node:buffer';
import type { Random } from '../../src/demo/random.js';
import { MAX_INPUT_BYTES, type Mutator } from './target.js';

/** Bytes at which formats change their mind: ends of ranges, varints that go on, characters with a meaning. */
const INTERESTING = [0, 1, 8, 10, 18, 0x20, 0x22, 0x2e, 0x3d, 0x5c, 0x7b, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xff];

/** Changes bytes, whatever they mean. */
export const mutateBytes: Mutator = (input, random, other) => {
  const at = random.int(0, input.length);
  const rest = input.length - at;
  const some = random.int(1, random.chance(0.9) ? 8 : 256);
  switch (random.int(0, 7)) {
    case 0:
      return replaced(input, at, 1, Uint8Array.of((input[at] ?? 0) ^ (1 << random.int(0, 7))));
    case 1:
      return replaced(input, at, 1, Uint8Array.of(random.int(0, 255)));
    case 2:
      return replaced(input, at, random.int(0, 1), Uint8Array.of(random.pick(INTERESTING)));
    case 3:
      return replaced(input, at, Math.min(some, rest), new Uint8Array());
    case 4:
      return replaced(input, at, 0, input.subarray(at, at + some));
    case 5: {
      const from = random.int(0, other.length);
      return replaced(
        input,
        at,
        random.chance(0.5) ? Math.min(some, rest) : 0,
        other.subarray(from, from + some),
      );
    }
    case 6:
      return replaced(input, at, 0, new Uint8Array(some).fill(random.pick(INTERESTING)));
    default:
      return random.chance(0.5) ? input.slice(0, at) : bounded(Buffer.concat([input.subarray(0, at), other]));
  }
};

/** The input with `length` bytes from `at` on replaced. */
export function replaced(input: Uint8Array, at: number, length: number, by: Uint8Array): Uint8Array {
  return bounded(Buffer.concat([input.subarray(0, at), by, input.subarray(at + length)]));
}

/** At most `MAX_INPUT_BYTES`, in memory of its own. */
export function bounded(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes, 0, MAX_INPUT_BYTES);
}

/** One of several mutators each time, by their weights. */
export function anyOf(
  ...mutators: readonly { readonly weight: number; readonly mutate: Mutator }[]
): Mutator {
  return (input, random: Random, other) => random.pickWeighted(mutators).mutate(input, random, other);
}
