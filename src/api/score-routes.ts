import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../contract/errors.js';
import { NoQuery } from '../contract/schema-parts.js';
import {
  MOST_GIVEN_SCORES,
  Score,
  ScoreInput,
  ScoreList,
  ScorePath,
  type ScoreTarget,
} from '../contract/score.js';
import { ScoreStatistics, ScoreStatisticsQuery } from '../contract/score-statistics.js';
import { SessionPath } from '../contract/session.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import { LATEST_GIVEN_NS } from '../normalize/score-terms.js';
import type { CountRequest, QueryPool, ScorePlace, ScoreSubject } from '../query/query-service.js';
import type { ApiAccess } from './access.js';
import { callerOf } from './caller.js';
import * as responses from './responses.js';
import { common, noSession, SESSIONS, sendJson } from './session-routes.js';

/** A score as the store of telemetry takes it. */
export interface ScoreToWrite extends Omit<Score, 'given_at' | 'is_telemetry' | 'target'> {
  readonly author: string;
  readonly target: ScoreTarget;
  readonly givenNs: bigint;
  readonly isDeleted?: boolean;
  readonly place: ScorePlace;
}

/** Takes scores to the store. */
export interface ScoreWriter {
  /** Resolves once it is durable, or with the reason that nothing of it is. */
  write(project: string, score: ScoreToWrite): Promise<{ readonly refused?: string }>;
  /** The time, nanoseconds since 1970. */
  nowNs(): bigint;
}

export interface ScoreRoutesOptions {
  readonly queries: Pick<QueryPool, 'for'>;
  readonly access: Pick<ApiAccess, 'audit'>;
  readonly scores: ScoreWriter;
}

const TAGS = ['Scores'];

/** Scores of sessions: given, listed, deleted (docs/scores.md). */
export function addScoreRoutes(app: FastifyInstance, { queries, access, scores }: ScoreRoutesOptions): void {
  app.get<{ Querystring: CountRequest }>(
    '/api/v1/scores',
    {
      schema: {
        operationId: 'getScoreStatistics',
        tags: TAGS,
        summary: 'Averages of scores',
        description:
          'By name, over the sessions of a range under any filter of the list. Sessions with scores are read one by one.',
        querystring: ScoreStatisticsQuery,
        response: {
          200: responses.apiResponse('The scores by name.', ScoreStatistics),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => sendJson(reply, await queries.for(callerOf(reply)).scoreStats(request.query)),
  );

  app.get<{ Params: { sessionId: string } }>(
    `${SESSIONS}/:sessionId/scores`,
    {
      schema: {
        operationId: 'listSessionScores',
        tags: TAGS,
        summary: 'Scores of a session, one by one',
        description:
          'Scores given by the API, and results of evaluations in its telemetry (log records with the event name `gen_ai.evaluation.result`).',
        params: SessionPath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The scores.', ScoreList),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => reply.send(await listed(request.params.sessionId, reply)),
  );

  app.post<{ Params: { sessionId: string }; Body: ScoreInput }>(
    `${SESSIONS}/:sessionId/scores`,
    {
      config: { access: 'score' },
      schema: {
        operationId: 'giveScore',
        tags: TAGS,
        summary: 'Give a session a score',
        description:
          'Of the whole session, or of a trace, a span or a turn of it. It is on disk before the answer. Needs the scope `score`. A session that is named by its trace alone takes its scores along when an id arrives.',
        params: SessionPath,
        querystring: NoQuery,
        body: ScoreInput,
        response: {
          200: responses.apiResponse('The session had a score with this key: it is as asked for now.', Score),
          201: responses.apiResponse('The new score.', Score),
          400: responses.badBody,
          404: responses.notFound('session, trace or span'),
          409: responses.tooManyScores,
          413: responses.bodyTooLarge,
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const input = request.body;
      refuseIncomplete(input);
      const { idempotency_key: key, trace_id, span_id, turn } = input;
      const about: ScoreSubject = {
        ...(trace_id !== undefined && { traceId: trace_id.toLowerCase() }),
        ...(span_id !== undefined && { spanId: span_id.toLowerCase() }),
        ...(key !== undefined && { scoreId: key.trim() }),
      };
      const place = await placeOf(sessionId, about, reply);
      const known = place.isKnown
        ? (await listed(sessionId, reply)).items.find(({ id }) => id === about.scoreId)
        : undefined;
      const { value, label } = input;
      const score = {
        id: about.scoreId ?? `sc_${randomBytes(12).toString('hex')}`,
        name: input.name.trim(),
        ...(value !== undefined && { value: Number(value) }),
        ...(label !== undefined
          ? { label: label.trim() }
          : typeof value === 'boolean' && { label: String(value) }),
        ...(input.comment !== undefined && { comment: input.comment.trim() }),
        ...(input.source !== undefined && { source: input.source.trim() }),
        target: targetOf(input),
        ...(about.traceId !== undefined && { trace_id: about.traceId }),
        ...(about.spanId !== undefined && { span_id: about.spanId }),
        ...(turn !== undefined && { turn: turn.trim() }),
      };
      if (known !== undefined && isSame(known, score)) return reply.send(known);
      if (!place.isKnown && place.given >= MOST_GIVEN_SCORES) {
        throw new ApiError(
          'score.too_many',
          `A session takes ${MOST_GIVEN_SCORES} scores by the API, deleted ones included.`,
        );
      }
      const author = request.identity.actor;
      const givenNs = laterThan(place);
      await write(request, { ...score, author, givenNs, place });
      const item: Score = { ...score, author, given_at: formatRfc3339(givenNs) };
      return reply.code(known === undefined ? 201 : 200).send(item);
    },
  );

  app.delete<{ Params: { sessionId: string; scoreId: string } }>(
    `${SESSIONS}/:sessionId/scores/:scoreId`,
    {
      config: { access: 'score' },
      schema: {
        operationId: 'deleteScore',
        tags: TAGS,
        summary: 'Delete a score',
        description:
          'One that was given by the API: no answer has it any more. Its text stays in the log until the session is erased or its time is over. Scores of telemetry leave with their session.',
        params: ScorePath,
        querystring: NoQuery,
        response: {
          204: responses.emptyResponse('The score is deleted.'),
          400: responses.badQuery,
          404: responses.notFound('score'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId, scoreId } = request.params;
      const { items } = await listed(sessionId, reply);
      const known = items.find(({ id, is_telemetry }) => id === scoreId && is_telemetry !== true);
      if (known === undefined) {
        throw new ApiError('score.not_found', 'No score of this id was given to the session by the API.', {
          resource: { type: 'score', id: scoreId },
        });
      }
      const place = await placeOf(
        sessionId,
        { ...(known.trace_id !== undefined && { traceId: known.trace_id }), scoreId },
        reply,
      );
      const { identity, project } = request;
      const { id, name, target } = known;
      const author = identity.actor;
      await write(request, {
        ...{ id, name, author, target, place },
        ...(known.trace_id !== undefined && { trace_id: known.trace_id }),
        ...(known.span_id !== undefined && { span_id: known.span_id }),
        givenNs: laterThan(place),
        isDeleted: true,
      });
      const subject = sessionId;
      await access.audit({ actor: author, action: 'score.deleted', subject, project, detail: { score: id } });
      return reply.code(204).send();
    },
  );

  async function listed(sessionId: string, reply: FastifyReply): Promise<ScoreList> {
    return answerOf(sessionId, await queries.for(callerOf(reply)).scores(sessionId));
  }

  async function placeOf(sessionId: string, about: ScoreSubject, reply: FastifyReply): Promise<ScorePlace> {
    return answerOf(sessionId, await queries.for(callerOf(reply)).scorePlace(sessionId, about));
  }

  /** Now, and later than the version that it replaces, a deleted one included, which may have another clock. */
  function laterThan({ latestNs }: ScorePlace): bigint {
    const now = scores.nowNs();
    const before = BigInt(latestNs);
    if (now > before) return now;
    if (before < LATEST_GIVEN_NS) return before + 1n;
    throw badField(
      'idempotency_key',
      'Telemetry gave this score the last time that there is. Use another key.',
    );
  }

  async function write({ project }: FastifyRequest, score: ScoreToWrite): Promise<void> {
    const { refused } = await scores.write(project, score);
    if (refused !== undefined)
      throw new ApiError('store.unavailable', `The score was not stored: ${refused}.`);
  }
}

function answerOf<T>(sessionId: string, bytes: Uint8Array | undefined): T {
  if (bytes === undefined) throw noSession(sessionId);
  return JSON.parse(Buffer.from(bytes).toString()) as T;
}

function badField(field: string, message: string): ApiError {
  return new ApiError('body.invalid', message, { fields: [{ field, message, code: 'body.invalid' }] });
}

/** What the schema cannot say: fields that need another one. */
function refuseIncomplete({ value, label, trace_id, span_id }: ScoreInput): void {
  if (value === undefined && label === undefined) throw badField('value', 'Give a value, a label, or both.');
  if (span_id !== undefined && trace_id === undefined) {
    throw badField('trace_id', 'Give the trace_id of the span, too.');
  }
}

function targetOf({ trace_id, span_id, turn }: ScoreInput): ScoreTarget {
  if (turn !== undefined) return 'turn';
  return span_id !== undefined ? 'span' : trace_id !== undefined ? 'trace' : 'session';
}

const COMPARED = [
  'name',
  'value',
  'label',
  'comment',
  'source',
  'target',
  'trace_id',
  'span_id',
  'turn',
] as const;

function isSame(a: Score, b: Omit<Score, 'given_at'>): boolean {
  return COMPARED.every((field) => a[field] === b[field]);
}
