import type { FastifyReply } from 'fastify';
import type { Caller } from '../query/query-service.js';

/** The client that waits for this answer. It stops waiting when its connection ends before the answer. */
export function callerOf({ request, raw }: FastifyReply): Caller {
  const controller = new AbortController();
  if (raw.destroyed) controller.abort();
  else
    raw.once('close', () => {
      if (!raw.writableFinished) controller.abort();
    });
  return { project: request.project, address: request.socket.remoteAddress ?? '', gone: controller.signal };
}
