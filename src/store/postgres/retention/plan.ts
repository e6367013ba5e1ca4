import { Worker } from 'node:worker_threads';
import type { RetentionPlan } from '../../contract/retention.js';
import type { FromPlan, PlanOptions } from './plan-thread.js';

/** What retention would remove now, counted by a thread and a connection of its own. Aborting `ended` ends it. */
export function planApart(options: PlanOptions, ended: AbortSignal): Promise<RetentionPlan> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./plan-thread.js', import.meta.url), { workerData: options });
    const end = (): void => {
      void worker.terminate();
    };
    ended.addEventListener('abort', end, { once: true });
    worker
      .on('message', (answer: FromPlan) => {
        if (answer.kind === 'plan') resolve(answer.plan);
        else reject(new Error(answer.message));
      })
      .on('error', reject)
      .on('exit', () => {
        ended.removeEventListener('abort', end);
        reject(new Error('the thread that plans retention ended'));
      });
  });
}
