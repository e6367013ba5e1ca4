import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { addRegression, readInputs, writeCorpus } from './inputs.js';
import { type Job, type JobResult, ShownInput } from './job.js';
import { TARGETS, type TargetName } from './targets.js';

/**
 * `npm run fuzz [-- WORD… --runs N --seed TEXT --keep]`: fuzzes the targets whose name contains one of the words, all
 * by default. Inputs that break a promise are written to `test/fuzz/regressions/`, where `npm test` runs them.
 * `--keep` writes the inputs that executed something new to `test/fuzz/corpus/`. Exit code 1 if anything was found.
 */

const DEFAULT_RUNS = 10_000_000;
/** Most executions of the first job of a target, which looks at the coverage of each: V8 does not optimise code that it counts. */
const EXPLORING_RUNS = 20_000;
/** Executions of a later job: jobs of a target run beside each other, with different seeds. */
const JOB_RUNS = 100_000;
/** Between two lines that tell how far it is. */
const PROGRESS_MS = 60_000;
/** An input of a few kilobytes takes less than a millisecond. */
const HANG_MS = 60_000;
/** Memory of the heap of a worker; an input that needs more is a finding. */
const HEAP_MIB = 1024;
/** Most objects live as long as one input: with more room for young ones, few are looked at by the garbage collector. */
const YOUNG_HEAP_MIB = 64;

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: process.env.SOJOURN_FUZZ_RUNS ?? String(DEFAULT_RUNS) },
    seed: { type: 'string', default: String(Date.now()) },
    keep: { type: 'boolean', default: false },
  },
});
const names = (Object.keys(TARGETS) as TargetName[]).filter(
  (name) => words.length === 0 || words.some((word) => name.includes(word)),
);
const total = Number(values.runs);
if (names.length === 0 || !Number.isSafeInteger(total) || total < 1) {
  console.error(
    `usage: npm run fuzz -- [${Object.keys(TARGETS).join('|')}]… [--runs N] [--seed TEXT] [--keep]`,
  );
  process.exit(2);
}

interface Sum {
  runs: number;
  seconds: number;
  blocks: number;
  findings: number;
  kept: readonly Uint8Array[];
}

type Task = Omit<Job, 'shown' | 'corpus'>;

const sums = new Map<TargetName, Sum>(
  names.map((name) => [name, { runs: 0, seconds: 0, blocks: 0, findings: 0, kept: [] }]),
);
const running = new Map<TargetName, Set<ShownInput>>(names.map((name) => [name, new Set()]));
const startMs = performance.now();

console.log(`seed ${values.seed}; ${total} executions over ${names.length} targets`);
const progress = setInterval(() => {
  const minutes = Math.round((performance.now() - startMs) / 60_000);
  console.log(`after ${minutes} min: ${executed()} of ${total} executions, ${found()} findings`);
}, PROGRESS_MS);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.log('cut; so far:');
    report();
    process.exit(found() === 0 ? 130 : 1);
  });
}
const { exploring, rest } = tasksOf(names);
await runAll(exploring);
await runAll(rest);
clearInterval(progress);
report();
if (values.keep) for (const [name, { kept }] of sums) writeCorpus(name, kept);
process.exitCode = found() === 0 ? 0 : 1;

/** Executions of a target, with those of jobs that have not ended. */
function runsOf(name: TargetName): number {
  return [...running.get(name)!].reduce((sum, { count }) => sum + count, sums.get(name)!.runs);
}

function executed(): number {
  return names.reduce((sum, name) => sum + runsOf(name), 0);
}

function found(): number {
  return [...sums.values()].reduce((sum, { findings }) => sum + findings, 0);
}

function report(): void {
  console.log(
    '\n| target | executions | a second | blocks reached | inputs kept | findings |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const [name, { runs, seconds, blocks, kept, findings }] of sums) {
    const rate = Math.round(runs / seconds);
    console.log(`| ${name} | ${runsOf(name)} | ${rate} | ${blocks} | ${kept.length} | ${findings} |`);
  }
  console.log(`${executed()} executions, ${found()} findings, seed ${values.seed}`);
}

function inputsOf(name: TargetName): Uint8Array[] {
  return [...readInputs('corpus', name), ...readInputs('regressions', name)];
}

/**
 * The jobs of all targets, each with its share of all executions. The first one of each target explores, and the others
 * begin with what it kept. They take turns, so that a run that is cut has executed something of each.
 */
function tasksOf(targets: readonly TargetName[]): { exploring: Task[]; rest: Task[] } {
  const shares = targets.reduce((sum, each) => sum + TARGETS[each].share, 0);
  const exploring: Task[] = [];
  const rest: { readonly progress: number; readonly task: Task }[] = [];
  for (const target of targets) {
    const runs = Math.ceil((total * TARGETS[target].share) / shares);
    const seed = `${values.seed}:${target}`;
    const first = Math.min(EXPLORING_RUNS, Math.ceil(runs / 10));
    exploring.push({ target, runs: first, seed, isExploring: true });
    for (let done = first; done < runs; done += JOB_RUNS) {
      const task = {
        target,
        runs: Math.min(JOB_RUNS, runs - done),
        seed: `${seed}:${done}`,
        isExploring: false,
      };
      rest.push({ progress: done / runs, task });
    }
  }
  return { exploring, rest: rest.sort((a, b) => a.progress - b.progress).map(({ task }) => task) };
}

/** Runs jobs, as many at a time as there are cores. */
async function runAll(tasks: Task[]): Promise<void> {
  await Promise.all(Array.from({ length: availableParallelism() }, () => work(tasks)));
}

async function work(tasks: Task[]): Promise<void> {
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const name = task.target as TargetName;
    const sum = sums.get(name)!;
    const result = await resultOf({ ...task, corpus: [...inputsOf(name), ...sum.kept] });
    sum.runs += result.runs;
    sum.seconds += result.seconds;
    sum.blocks = Math.max(sum.blocks, result.blocks);
    if (task.isExploring) sum.kept = result.kept;
    for (const { input, message } of result.findings) {
      sum.findings++;
      addRegression(name, input, message);
      console.error(`FOUND in ${name}, with ${Buffer.from(input).toString('base64')}:\n${message}\n`);
    }
    console.log(`${name}: ${result.runs} in ${result.seconds.toFixed(0)} s`);
  }
}

/** Runs a job in a thread. A hang, a crash or too much memory is a finding of the input that was being run. */
function resultOf(job: Omit<Job, 'shown'>): Promise<JobResult> {
  const shared = ShownInput.allocate();
  const shown = new ShownInput(shared);
  const beside = running.get(job.target as TargetName)!;
  beside.add(shown);
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { ...job, shown: shared } satisfies Job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB, maxYoungGenerationSizeMb: YOUNG_HEAP_MIB },
  });
  return new Promise((resolve) => {
    const end = (result: JobResult): void => {
      clearInterval(watch);
      beside.delete(shown);
      resolve(result);
    };
    const fail = (message: string): void => {
      end({
        runs: shown.count,
        blocks: 0,
        seconds: 0,
        kept: [],
        findings: [{ input: shown.input, message }],
      });
      void worker.terminate();
    };
    let last = -1;
    const watch = setInterval(() => {
      if (shown.count === last) fail(`an input took more than ${HANG_MS / 1000} s`);
      last = shown.count;
    }, HANG_MS);
    worker.once('message', end);
    worker.once('error', (error) => fail(`the thread ended: ${error.stack}`));
  });
}
