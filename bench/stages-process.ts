/**
 * Entry of the process that measures the stages of ingestion: it does nothing else, so that its CPU time is
 * theirs.
 */
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { openStream } from './generate/open-stream.js';
import { openIntake } from './intake.js';
import { admitMicros } from './key-check.js';
import { diskBytesOf } from './readings.js';
import { type StagedRequest, StageRun } from './stage-run.js';
import type { StagesCommand, StageTimes } from './stages.js';

/** Generates requests until they have this many spans. */
function prepare({ kind, spans, seed, timeMs }: StagesCommand): StagedRequest[] {
  const stream = openStream({ kind, stream: 1, seed, timeMs });
  const requests: StagedRequest[] = [];
  let left = spans;
  while (left > 0) {
    const request = stream.next();
    if (request === undefined) break;
    requests.push({
      isLogs: request.path === '/v1/logs',
      gzip: gzipSync(request.body),
      spans: request.spans,
    });
    left -= request.spans;
  }
  return requests;
}

/** Runs the stages over some requests at a time, like a commit of the server; the first part is a warm-up. */
async function measure(command: StagesCommand): Promise<StageTimes> {
  const { directory, requestsPerCommit, commitsPerFold, warmUpShare } = command;
  const requests = prepare(command);
  const data = join(directory, 'data');
  const intake = await openIntake(data);
  const run = new StageRun(intake, commitsPerFold, join(directory, 'limit'));
  const warmUpEnd = Math.floor(requests.length * warmUpShare);
  let spansInAll = 0;
  let warmUpSpans: number | undefined;
  for (let from = 0; from < requests.length; from += requestsPerCommit) {
    if (warmUpSpans === undefined && from >= warmUpEnd) {
      run.take();
      warmUpSpans = spansInAll;
    }
    const part = requests.slice(from, from + requestsPerCommit);
    run.commit(part);
    await immediate();
    for (const request of part) spansInAll += request.spans;
  }
  const micros = run.take();
  run.close();
  intake.close();
  const spans = spansInAll - (warmUpSpans ?? 0);
  return {
    spans,
    micros,
    diskBytesPerSpan: diskBytesOf(data) / spansInAll,
    admitMicros: await admitMicros(data),
    requestsPerSpan: requests.length / spansInAll,
  };
}

process.once('message', (command: StagesCommand) => {
  measure(command).then(
    (times) => process.send!({ times }, () => process.exit(0)),
    (error: Error) => process.send!({ error: error.stack ?? error.message }, () => process.exit(1)),
  );
});
