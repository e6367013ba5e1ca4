import type { Random } from '../../src/demo/random.js';
import type { Coverage } from './coverage.js';
import type { FuzzTarget } from './target.js';

/** Inputs between two looks at the coverage, which take some milliseconds each. */
const BATCH = 512;
/** Failures of one target after which it is not fuzzed further. */
const MOST_FINDINGS = 10;
/** Executions that may be spent on making a failing input shorter. */
const SHORTENING_RUNS = 2_000;

/** An input that breaks a promise. */
export interface Finding {
  readonly input: Uint8Array;
  readonly error: Error;
}

export interface FuzzOptions {
  readonly runs: number;
  readonly random: Random;
  /** Inputs to begin with, besides the target's seeds. */
  readonly corpus?: readonly Uint8Array[];
  /** Inputs that execute something new are kept, and changed further. Stopped at the end. */
  readonly coverage?: Coverage | undefined;
  /** Called before each input is run. */
  onInput?(input: Uint8Array): void;
}

export interface FuzzResult {
  readonly runs: number;
  readonly findings: readonly Finding[];
  /** The inputs that executed something new. */
  readonly kept: readonly Uint8Array[];
}

/** Runs a target on inputs made of its seeds and of those that execute something new. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzResult> {
  const { runs, random, coverage, onInput } = options;
  const findings = new Map<string, Finding>();
  const kept: Uint8Array[] = [];
  let done = 0;

  const run = async (input: Uint8Array): Promise<void> => {
    onInput?.(input);
    done++;
    const error = await failureOf(target, input);
    if (error === undefined || findings.has(kindOf(error))) return;
    findings.set(kindOf(error), { input, error });
    findings.set(kindOf(error), await shortened(target, { input, error }));
  };
  const runAll = async (inputs: readonly Uint8Array[]): Promise<void> => {
    await target.renew?.();
    for (const input of inputs) await run(input);
  };
  /** Finds the inputs that execute something new, by halving: most batches have none. */
  const keepNew = async (inputs: readonly Uint8Array[]): Promise<void> => {
    await runAll(inputs);
    const blocks = coverage!.takeNew();
    if (blocks.length === 0) return;
    if (inputs.length === 1) {
      coverage!.add(blocks);
      kept.push(inputs[0]!);
      return;
    }
    const middle = inputs.length >> 1;
    await keepNew(inputs.slice(0, middle));
    await keepNew(inputs.slice(middle));
    // Not executed again: the first time of something, which a cache remembers.
    coverage!.add(blocks);
  };

  const begin = [...target.seeds, ...(options.corpus ?? [])];
  coverage?.takeNew();
  await (coverage === undefined ? runAll(begin) : keepNew(begin));
  while (done < runs && findings.size < MOST_FINDINGS) {
    const batch: Uint8Array[] = [];
    while (batch.length < Math.min(BATCH, runs - done)) {
      // What is new leads further more often than what is known.
      const base = kept.length > 0 && random.chance(0.6) ? kept : begin;
      let input = random.pick(base);
      do input = target.mutate(input, random, random.pick(random.chance(0.5) ? begin : base));
      while (random.chance(0.5));
      batch.push(input);
    }
    await (coverage === undefined ? runAll(batch) : keepNew(batch));
  }
  coverage?.stop();
  return { runs: done, findings: [...findings.values()], kept };
}

/** The error that a target throws for an input; undefined if it keeps all promises. */
export async function failureOf(target: FuzzTarget, input: Uint8Array): Promise<Error | undefined> {
  try {
    const running = target.run(input);
    if (running !== undefined) await running;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
  }
}

/** Equal for failures that have the same cause, probably: the same error at the same place. */
function kindOf({ name, message, stack = '' }: Error): string {
  const place = stack.split('\n').find((line) => /^\s+at .*dist.(?:src|test.fuzz.targets)/.test(line));
  return `${name} ${message.slice(0, 60).replace(/[0-9a-f]{2,}|\d/g, '#')} ${place?.trim()}`;
}

/** A shorter input with the same failure. */
async function shortened(target: FuzzTarget, finding: Finding): Promise<Finding> {
  let best = finding;
  let left = SHORTENING_RUNS;
  for (let size = finding.input.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= best.input.length && left > 0; left--) {
      const input = new Uint8Array(best.input.length - size);
      input.set(best.input.subarray(0, at));
      input.set(best.input.subarray(at + size), at);
      const error = await failureOf(target, input);
      if (error !== undefined && kindOf(error) === kindOf(finding.error)) best = { input, error };
      else at += size;
    }
  }
  return best;
}
