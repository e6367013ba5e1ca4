import type { FastifyReply } from 'fastify';
import type { Caller } from '../query/query-service.js';

/** Who waits for this answer, and until when: a client whose connection ends before it has the answer does not wait any more. */
export function callerOf({ request, raw }: FastifyReply): Caller {
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  else
    raw.once('close', () => {
      if (!raw.writableFinished) controller.abort();
    });
  return { address: request.socket.remoteAddress ?? '', gone: controller.signal };
}
