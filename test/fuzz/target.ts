import type { Random } from '../../src/demo/random.js';

/** What reads bytes of strangers, with the promises that it must keep whatever they are. */
export interface FuzzTarget {
  /** Inputs to begin with, at least one of each form that the target understands. */
  readonly seeds: readonly Uint8Array[];
  readonly mutate: Mutator;
  /**
   * Runs one input. Throws if a promise is broken; an error that the code under test declares is not thrown.
   * Keeps no reference to the input.
   */
  run(input: Uint8Array): void | Promise<void>;
  /** Called before every few hundred inputs. */
  renew?(): Promise<void>;
  close?(): Promise<void>;
}

/** Makes a new input of one. `other` is another one of the target, to take parts from. Changes neither. */
export type Mutator = (input: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Longest input, bytes: limits of the formats are reached by tests of their own. */
export const MAX_INPUT_BYTES = 2048;
