/**
 * Entry of the process that measures the curve: the stages over many millions of spans, which it generates on
 * the way.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { CurveCommand, CurveMessage } from './curve.js';
import { openStream } from './generate/open-stream.js';
import { openIntake } from './intake.js';
import { diskBytesOf } from './readings.js';
import { type StagedRequest, StageRun } from './stage-run.js';

function report(message: CurveMessage): void {
  process.send!(message);
}

async function measure(command: CurveCommand): Promise<void> {
  const { directory, seed, timeMs, requestsPerCommit, commitsPerFold } = command;
  const stream = openStream({ kind: 'thin', stream: 1, seed, timeMs });
  const next = (): StagedRequest => {
    const request = stream.next()!;
    return { isLogs: request.path === '/v1/logs', gzip: gzipSync(request.body), spans: request.spans };
  };
  const data = join(directory, 'data');
  const intake = await openIntake(data);
  let all = 0;
  while (all < command.spans) {
    // The file of the comparison would grow as large as the store, so each step uses a new one.
    const limitPath = join(directory, 'limit');
    const run = new StageRun(intake, commitsPerFold, limitPath);
    let spans = 0;
    while (spans < command.spansPerStep) {
      const requests = Array.from({ length: requestsPerCommit }, next);
      run.commit(requests);
      await immediate();
      for (const request of requests) spans += request.spans;
    }
    const micros = run.take();
    run.close();
    rmSync(limitPath);
    all += spans;
    report({
      type: 'step',
      step: { spans, micros, diskBytes: diskBytesOf(data), memory: process.memoryUsage.rss() },
    });
  }
  intake.close();
  report({ type: 'end', diskBytes: diskBytesOf(data) });
}

process.once('message', (command: CurveCommand) => {
  measure(command).catch((error: Error) => report({ type: 'failed', error: error.stack ?? error.message }));
});
