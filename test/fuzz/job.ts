import { MAX_INPUT_BYTES } from './target.js';

/** What a worker is asked to do. */
export interface Job {
  readonly target: string;
  readonly runs: number;
  readonly seed: string;
  readonly corpus: readonly Uint8Array[];
  /** Looks at what each input executes, and keeps those that execute something new. */
  readonly isExploring: boolean;
  /** Shows the input that is being run, also if the thread does not answer. */
  readonly shown: SharedArrayBuffer;
}

export interface JobResult {
  readonly runs: number;
  readonly blocks: number;
  readonly seconds: number;
  readonly kept: readonly Uint8Array[];
  readonly findings: readonly { readonly input: Uint8Array; readonly message: string }[];
}

const HEAD_BYTES = 8;
const COUNT = 0;
const LENGTH = 1;

/** The input that a thread runs, visible to another one. */
export class ShownInput {
  readonly #head: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(shared: SharedArrayBuffer) {
    this.#head = new Int32Array(shared, 0, 2);
    this.#bytes = new Uint8Array(shared, HEAD_BYTES);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEAD_BYTES + MAX_INPUT_BYTES);
  }

  show(input: Uint8Array): void {
    this.#bytes.set(input);
    this.#head[LENGTH] = input.length;
    Atomics.add(this.#head, COUNT, 1);
  }

  /** Inputs shown so far. */
  get count(): number {
    return Atomics.load(this.#head, COUNT);
  }

  get input(): Uint8Array {
    return this.#bytes.slice(0, this.#head[LENGTH]);
  }
}
