import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ErasureCount, ErasureJob, ErasureQuery, JobPath, UserPath } from '../contract/erasure.js';
import { ApiError } from '../contract/errors.js';
import { NoQuery } from '../contract/schema-parts.js';
import { SessionPath } from '../contract/session.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import type { QueryPool, SessionListRequest } from '../query/query-service.js';
import type { Erasures, ErasureTarget, ErasureJob as StoredJob } from '../store/contract/erasure.js';
import type { ApiAccess } from './access.js';
import { callerOf } from './caller.js';
import { isForeignPage } from './request-headers.js';
import * as responses from './responses.js';
import { common as commonOfSessions, SESSIONS } from './session-routes.js';

export interface ErasureRoutesOptions {
  readonly queries: Pick<QueryPool, 'for'>;
  readonly access: Pick<ApiAccess, 'audit'>;
  /** Undefined if the store cannot erase. */
  readonly erasures?: Erasures | undefined;
  /** The stored forms of a user id. */
  readonly userIdCandidates?: ((userId: string) => readonly string[]) | undefined;
}

const TAGS = ['Erasure'];
const common = { ...commonOfSessions, 501: responses.unsupported };

/** Most sessions on a page of the list. */
const PAGE = 1000;

/** Erasure of sessions and users, which are jobs of the store (docs/deleting.md). */
export function addErasureRoutes(
  app: FastifyInstance,
  { queries, access, erasures, userIdCandidates = (id) => [id] }: ErasureRoutesOptions,
): void {
  const accepted = responses.apiResponse(
    'The job. Unless sessions are very many, no answer has them any more.',
    ErasureJob,
  );

  app.delete<{ Params: { sessionId: string } }>(
    `${SESSIONS}/:sessionId`,
    {
      schema: {
        operationId: 'eraseSession',
        tags: TAGS,
        summary: 'Erase a session',
        description:
          'Erases all records that count in the session, for good. Telemetry of it that comes late or again stays out.',
        params: SessionPath,
        querystring: NoQuery,
        response: {
          202: accepted,
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const job = await begin(request, { kind: 'sessions', sessions: [sessionId] });
      if (job === undefined) {
        throw new ApiError('session.not_found', 'There is no session with this id.', {
          resource: { type: 'session', id: sessionId },
        });
      }
      return reply.code(202).send(jobItem(job));
    },
  );

  app.delete<{ Params: { userId: string } }>(
    '/api/v1/users/:userId',
    {
      schema: {
        operationId: 'eraseUser',
        tags: TAGS,
        summary: 'Erase a user',
        description:
          'Erases all sessions that `GET /api/v1/sessions?userId=` finds, as a whole, for good. Telemetry of them that comes late or again stays out, and so do new records that name the user.',
        params: UserPath,
        querystring: NoQuery,
        response: {
          202: accepted,
          400: responses.badQuery,
          404: responses.notFound('user'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { userId } = request.params;
      const users = userIdCandidates(userId);
      const job = users.length === 0 ? undefined : await begin(request, { kind: 'user', users });
      if (job === undefined) {
        throw new ApiError('user.not_found', 'No session has a record with this user id.', {
          resource: { type: 'user', id: userId },
        });
      }
      return reply.code(202).send(jobItem(job));
    },
  );

  app.delete<{ Querystring: SessionListRequest & { dryRun?: boolean } }>(
    SESSIONS,
    {
      schema: {
        operationId: 'eraseSessions',
        tags: TAGS,
        summary: 'Erase all sessions under filters',
        description:
          'Takes the filters of the list, at least one of them. With `dryRun=true` it only counts. Sessions that are new under the filters once the job has begun are not erased.',
        querystring: ErasureQuery,
        response: {
          200: responses.apiResponse(
            'With `dryRun=true`: what would be erased. Also if there is nothing to erase.',
            ErasureCount,
          ),
          202: accepted,
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { dryRun = false, ...filters } = request.query;
      if (Object.keys(filters).length === 0) {
        throw new ApiError('query.missing_parameter', 'Erasing sessions needs at least one filter.', {
          fields: [
            {
              field: 'userId',
              message: 'Give at least one filter of the list, such as userId or endTime.',
              code: 'query.missing_parameter',
            },
          ],
        });
      }
      supported();
      const sessions = await sessionsUnder(queries.for(callerOf(reply)), filters);
      if (dryRun) return reply.send({ sessions: sessions.length });
      const job = await begin(request, { kind: 'sessions', sessions });
      if (job === undefined) return reply.send({ sessions: 0 });
      return reply.code(202).send(jobItem(job));
    },
  );

  app.get<{ Params: { jobId: string } }>(
    '/api/v1/jobs/:jobId',
    {
      schema: {
        operationId: 'getJob',
        tags: TAGS,
        summary: 'How far an erasure is',
        params: JobPath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The job.', ErasureJob),
          400: responses.badQuery,
          404: responses.notFound('job'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { jobId } = request.params;
      const job = await supported().erasure(request.project, jobId);
      if (job === undefined) {
        throw new ApiError('job.not_found', 'There is no job with this id.', {
          resource: { type: 'job', id: jobId },
        });
      }
      return reply.send(jobItem(job));
    },
  );

  function supported(): Erasures {
    if (erasures !== undefined) return erasures;
    throw new ApiError('store.unsupported', 'This store cannot erase. The embedded store can.');
  }

  /** Undefined if there is nothing to erase. */
  async function begin(request: FastifyRequest, target: ErasureTarget): Promise<StoredJob | undefined> {
    if (isForeignPage(request.headers)) {
      throw new ApiError('origin.forbidden', 'Pages of other origins cannot erase anything.');
    }
    const { project, identity } = request;
    const begun = await supported().erase(project, target);
    if ('job' in begun) {
      // Not what is erased: the entry stays.
      const subject = begun.job.id;
      await access.audit({ actor: identity.actor, action: 'erasure.asked', subject, project, detail: {} });
      return begun.job;
    }
    if (begun.refused === 'unknown') return undefined;
    throw new ApiError(
      'query.unavailable',
      'Sessions are not up to date with the telemetry that was accepted. Try again once they are: /readyz reports it.',
    );
  }
}

/** The ids of all sessions under these filters. */
async function sessionsUnder(
  queries: ReturnType<QueryPool['for']>,
  filters: Omit<SessionListRequest, 'limit' | 'cursor'>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const bytes = await queries.list({ ...filters, limit: PAGE, ...(cursor !== undefined && { cursor }) });
    if (bytes instanceof ApiError) throw bytes;
    const page = JSON.parse(Buffer.from(bytes).toString()) as {
      items: { 'session.id': string }[];
      next_cursor?: string;
    };
    ids.push(...page.items.map((item) => item['session.id']));
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return ids;
}

function jobItem({ id, kind, state, askedNs, finishedNs, counts, error, receipt }: StoredJob): ErasureJob {
  const { sessions, traces, spans, logs } = counts;
  return {
    id,
    target: kind,
    state,
    asked_at: formatRfc3339(askedNs),
    ...(finishedNs !== undefined && { finished_at: formatRfc3339(finishedNs) }),
    erased: { sessions, traces, spans, logs },
    ...(error !== undefined && { error }),
    ...(receipt !== undefined && {
      receipt: {
        statement: receipt.statement,
        signature: receipt.signature,
        public_key: receipt.publicKey,
      },
    }),
  };
}
