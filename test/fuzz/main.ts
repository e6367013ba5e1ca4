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
/** Executions of one job: jobs of a target run beside each other, with different seeds. */
const JOB_RUNS = 250_000;
/** An input of a few kilobytes takes less than a millisecond. */
const HANG_MS = 60_000;
/** Memory of the heap of a worker; an input that needs more is a finding. */
const HEAP_MIB = 1024;

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
  readonly kept: Uint8Array[];
}

const sums = new Map<TargetName, Sum>(
  names.map((name) => [name, { runs: 0, seconds: 0, blocks: 0, findings: 0, kept: [] }]),
);
const corpora = new Map(names.map((name) => [name, inputsOf(name)]));
const jobs = names.flatMap(jobsOf);
console.log(`seed ${values.seed}; ${total} executions over ${names.length} targets`);
await Promise.all(Array.from({ length: availableParallelism() }, work));

console.log(
  '\n| target | executions | a second | blocks reached | inputs kept | findings |\n| --- | --- | --- | --- | --- | --- |',
);
for (const [name, { runs, seconds, blocks, kept, findings }] of sums) {
  console.log(
    `| ${name} | ${runs} | ${Math.round(runs / seconds)} | ${blocks} | ${kept.length} | ${findings} |`,
  );
  if (values.keep) writeCorpus(name, kept);
}
const executed = [...sums.values()].reduce((sum, { runs }) => sum + runs, 0);
const found = [...sums.values()].reduce((sum, { findings }) => sum + findings, 0);
console.log(`${executed} executions, ${found} findings`);
process.exitCode = found === 0 ? 0 : 1;

function inputsOf(name: TargetName): Uint8Array[] {
  return [...readInputs('corpus', name), ...readInputs('regressions', name)];
}

/** The jobs of a target: its share of all executions, in parts. */
function jobsOf(name: TargetName): Omit<Job, 'shown'>[] {
  const shares = names.reduce((sum, each) => sum + TARGETS[each].share, 0);
  const runs = Math.ceil((total * TARGETS[name].share) / shares);
  return Array.from({ length: Math.ceil(runs / JOB_RUNS) }, (_, part) => ({
    target: name,
    runs: Math.min(JOB_RUNS, runs - part * JOB_RUNS),
    seed: `${values.seed}:${name}:${part}`,
    corpus: corpora.get(name)!,
  }));
}

async function work(): Promise<void> {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const name = job.target as TargetName;
    const result = await resultOf(job);
    const sum = sums.get(name)!;
    sum.runs += result.runs;
    sum.seconds += result.seconds;
    sum.blocks = Math.max(sum.blocks, result.blocks);
    sum.kept.push(...result.kept);
    for (const { input, message } of result.findings) {
      sum.findings++;
      addRegression(name, input, message);
      console.error(`FOUND in ${name}, with ${Buffer.from(input).toString('base64')}:\n${message}\n`);
    }
    console.log(
      `${name}: ${result.runs} in ${result.seconds.toFixed(0)} s, ${result.blocks} blocks, ${result.kept.length} kept`,
    );
  }
}

/** Runs a job in a thread. A hang, a crash or too much memory is a finding of the input that was being run. */
function resultOf(job: Omit<Job, 'shown'>): Promise<JobResult> {
  const shared = ShownInput.allocate();
  const shown = new ShownInput(shared);
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { ...job, shown: shared } satisfies Job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  return new Promise((resolve) => {
    const fail = (message: string): void => {
      clearInterval(watch);
      const findings = [{ input: shown.input, message }];
      resolve({ runs: shown.count, blocks: 0, seconds: 0, kept: [], findings });
      void worker.terminate();
    };
    let last = -1;
    const watch = setInterval(() => {
      if (shown.count === last) fail(`an input took more than ${HANG_MS / 1000} s`);
      last = shown.count;
    }, HANG_MS);
    worker.once('message', (result: JobResult) => {
      clearInterval(watch);
      resolve(result);
    });
    worker.once('error', (error) => fail(`the thread ended: ${error.stack}`));
  });
}
