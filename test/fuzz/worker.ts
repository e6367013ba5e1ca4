import { parentPort, workerData } from 'node:worker_threads';
import { Random } from '../../src/demo/random.js';
import { Coverage } from './coverage.js';
import { fuzz } from './fuzz.js';
import { type Job, type JobResult, ShownInput } from './job.js';

/** Fuzzes one target in a thread of its own, and posts the result. */
const { target: name, runs, seed, corpus, isExploring, shown } = workerData as Job;
const coverage = isExploring ? new Coverage((url) => url.includes('/dist/src/')) : undefined;
// Loaded only now, because coverage counts what is loaded after it.
const { TARGETS } = await import('./targets.js');
const target = await TARGETS[name as keyof typeof TARGETS].open();
const input = new ShownInput(shown);
const start = performance.now();
const result = await fuzz(target, {
  ...{ runs, corpus, coverage, random: new Random(seed) },
  onInput: (bytes) => input.show(bytes),
});
const answer: JobResult = {
  runs: result.runs,
  blocks: coverage?.blocks ?? 0,
  seconds: (performance.now() - start) / 1000,
  kept: result.kept,
  findings: result.findings.map((each) => ({
    input: each.input,
    message: each.error.stack ?? String(each.error),
  })),
};
await target.close?.();
parentPort!.postMessage(answer);
