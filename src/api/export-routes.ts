import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { API_ERRORS, ApiError, queryError } from '../contract/errors.js';
import { type ExportSummary, SessionExportQuery, SessionsExportQuery } from '../contract/export.js';
import { EXPORT_ENDINGS, type ExportFormat, exportedSessionName } from '../contract/export-format.js';
import { SessionPath } from '../contract/session.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import { ExportBody } from '../query/export/export-body.js';
import { type ExportPart, unpackPart } from '../query/export/export-part.js';
import type { ExportRequest, QueryPool } from '../query/query-service.js';
import type { ApiAccess } from './access.js';
import { callerOf } from './caller.js';
import { acceptsGzip, compressed, compressedStream } from './compression.js';
import * as responses from './responses.js';
import { common, mayExist, noSession, SESSIONS } from './session-routes.js';

export interface ExportRoutesOptions {
  readonly queries: Pick<QueryPool, 'for'>;
  readonly access: Pick<ApiAccess, 'audit'>;
}

/** Exports that are answered at once. Each holds at most two parts in memory. */
const MOST_EXPORTS = 16;
/** Of those, exports of one caller in a project, so that nobody takes them all. */
const MOST_OF_CALLER = 4;
/** Bytes after which an answer that was asked for as a part ends. */
const MOST_PART_BYTES = 4 * 1024 * 1024;
/** A client that takes no byte for this long is gone, ms. */
const IDLE_MS = 5 * 60_000;

/** Reads of one part before the answer is cut, and the time between them, ms. */
const MOST_ATTEMPTS = 5;
const RETRY_MS = 1_000;

const TYPES: { readonly [F in ExportFormat]: string } = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
  otlp: 'application/x-ndjson',
  perfetto: 'application/json',
};

/** Names of parameters that are no filters. */
const NO_FILTERS: ReadonlySet<string> = new Set([
  'format',
  'include',
  'bom',
  'limit',
  'cursor',
  'project',
  'id',
]);

/** Filters whose values may name a person or quote telemetry: an erasure does not reach the audit log. */
const PERSONAL = /^(?:(?:not\.)?(?:userId|url|attr\..*)|userIdPrefix|sessionIdPrefix|q)$/s;

/** Longest filters in the header, in characters. */
const MOST_FILTERS = 4_096;

const EXPORT_HEADER = 'Sojourn-Export';

/** Ways out: sessions and their telemetry as files (docs/exports.md). */
export function addExportRoutes(app: FastifyInstance, { queries, access }: ExportRoutesOptions): void {
  let underWay = 0;
  const underWayOf = new Map<string, number>();

  app.get<{ Querystring: SessionsExportQuery }>(
    '/api/v1/exports/sessions',
    {
      config: { isUnmeasured: true },
      schema: {
        operationId: 'exportSessions',
        tags: ['Exports'],
        summary: 'Sessions as a file',
        description:
          'The sessions that match all filters, in the order of the list. States and filters are of the time at which the export began; each session is read at one moment. Without `limit` the answer has all of them, and ends with the trailer `Sojourn-Export`. With `limit` it is a part, and `Sojourn-Export` a header with the cursor of the next one: an export in parts goes on where it was cut. Text is compressed by gzip for a client that accepts that; counts and digests are of the bytes before.',
        querystring: SessionsExportQuery,
        response: {
          200: responses.exportResponse([TYPES.csv, TYPES.jsonl, TYPES.parquet]),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    ({ query }, reply) => answer(reply, query),
  );

  app.get<{ Params: { sessionId: string }; Querystring: SessionExportQuery }>(
    `${SESSIONS}/:sessionId/export`,
    {
      config: { isUnmeasured: true },
      schema: {
        operationId: 'exportSession',
        tags: ['Exports'],
        summary: 'One session as a file',
        description:
          'Without `cursor` the answer has all of it, and ends with the trailer `Sojourn-Export`. With `cursor` it is a part: an export in parts goes on where it was cut.',
        params: SessionPath,
        querystring: SessionExportQuery,
        response: {
          200: responses.exportResponse([TYPES.jsonl, TYPES.perfetto]),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async ({ params: { sessionId }, query: { format, cursor } }, reply) => {
      if (format === 'perfetto' && cursor !== undefined) throw noParts(cursor);
      const service = queries.for(callerOf(reply));
      if (!mayExist(sessionId) || (await service.get(sessionId)) === undefined) throw noSession(sessionId);
      return answer(reply, {
        ...{ format, sessionId },
        ...(format === 'jsonl' && { include: 'turns' as const }),
        ...(cursor !== undefined && { cursor, limit: 1 }),
      });
    },
  );

  async function answer(reply: FastifyReply, asked: ExportRequest): Promise<FastifyReply> {
    const { request } = reply;
    if (underWay >= MOST_EXPORTS) {
      throw new ApiError('query.unavailable', 'Too many exports are under way. Try again in a moment.');
    }
    const caller = exporterOf(request);
    const ofCaller = underWayOf.get(caller) ?? 0;
    if (ofCaller >= MOST_OF_CALLER) {
      throw new ApiError(
        'query.unavailable',
        `You have ${MOST_OF_CALLER} exports under way. Try again when one of them has ended.`,
      );
    }
    const { format, limit } = asked;
    reply
      .type(TYPES[format])
      .header('Content-Disposition', `attachment; filename="${fileName(asked, request.project, Date.now())}"`)
      .header('Vary', 'Accept-Encoding');
    if (request.method === 'HEAD') return reply.send();
    const body = new ExportBody({ format, project: request.project, filters: inHeader(filtersOf(request)) });
    const service = queries.for(callerOf(reply));
    const read: ReadPart = async (rest, most) =>
      unpackPart(await service.exportPart({ ...asked, ...rest, ...(most !== undefined && { limit: most }) }));
    underWay++;
    underWayOf.set(caller, ofCaller + 1);
    let isOpen = true;
    const leave = (): void => {
      if (!isOpen) return;
      isOpen = false;
      underWay--;
      const others = underWayOf.get(caller)! - 1;
      if (others === 0) underWayOf.delete(caller);
      else underWayOf.set(caller, others);
    };
    reply.raw.once('close', leave);
    try {
      // Errors that the client can correct come before the answer begins.
      const first = await read();
      await audit(request, asked);
      if (limit !== undefined) return await sendPart(reply, asked, body, first, read);
      reply.raw.setTimeout(IDLE_MS, () => reply.raw.destroy());
      reply.trailer(EXPORT_HEADER, async () => headerText(body.summary()));
      const source = Readable.from(
        chunks(body, first, read, () => reply.raw.destroyed),
        { objectMode: false, highWaterMark: 1 },
      );
      if (!isCompressible(asked) || !acceptsGzip(request.headers['accept-encoding']))
        return reply.send(source);
      return reply.header('Content-Encoding', 'gzip').send(compressedStream(source));
    } catch (error) {
      leave();
      throw error;
    }
  }

  function audit(request: FastifyRequest, { format, include, sessionId, limit, cursor }: ExportRequest) {
    const { identity, project } = request;
    return access.audit({
      actor: identity.actor,
      action: 'sessions.exported',
      subject: sessionId ?? 'sessions',
      project,
      detail: {
        format,
        ...(include !== undefined && { include }),
        ...(sessionId === undefined && { filters: filtersOf(request, (name) => PERSONAL.test(name)) }),
        ...(limit !== undefined && {
          ...(sessionId === undefined && { limit }),
          isContinued: cursor !== undefined && cursor !== '',
        }),
      },
    });
  }
}

/** Who exports, and from which project: by name if requests bring one, else by address. */
function exporterOf({ identity: { via, actor }, project, socket }: FastifyRequest): string {
  return JSON.stringify([project, via === 'open' ? ['address', socket.remoteAddress] : ['actor', actor]]);
}

/** Parquet is compressed within. */
function isCompressible({ format }: ExportRequest): boolean {
  return format !== 'parquet';
}

/** A cursor would have the last end of each thread, and there may be thousands. */
function noParts(cursor: string): ApiError {
  const message = 'format=perfetto is one answer: leave cursor out.';
  return queryError([{ field: 'cursor', message, code: 'cursor.invalid', rejected_value: cursor }]);
}

/** Reads the first part, or what follows. */
type ReadPart = (rest?: ExportBody['rest'], most?: number) => Promise<ExportPart>;

/** Reads each part when the client has taken the one before. */
async function* chunks(
  body: ExportBody,
  first: ExportPart,
  read: ReadPart,
  isGone: () => boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let part = first; ; part = await readAgain(() => read(body.rest), isGone)) {
    const bytes = await body.add(part);
    if (bytes.length > 0) yield bytes;
    if (body.rest === undefined) break;
  }
  const end = await body.end();
  if (end.length > 0) yield end;
}

/** Reads a part that the server could not answer for a reason that passes, such as a long queue, again. */
async function readAgain(read: () => Promise<ExportPart>, isGone: () => boolean): Promise<ExportPart> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      const passes = error instanceof ApiError && API_ERRORS[error.code].retryable;
      if (!passes || isGone() || attempt === MOST_ATTEMPTS) throw error;
      await delay(RETRY_MS);
    }
  }
}

/** Sends at most `limit` sessions. What follows them is told in front of them. */
async function sendPart(
  reply: FastifyReply,
  asked: ExportRequest,
  body: ExportBody,
  first: ExportPart,
  read: ReadPart,
): Promise<FastifyReply> {
  const { limit = Number.POSITIVE_INFINITY } = asked;
  const parts = [await body.add(first)];
  while (body.rest !== undefined && body.sessions < limit && body.bytes < MOST_PART_BYTES) {
    parts.push(await body.add(await read(body.rest, limit - body.sessions)));
  }
  parts.push(await body.end());
  const bytes = Buffer.concat(parts);
  reply.header(EXPORT_HEADER, headerText(body.summary()));
  const small = isCompressible(asked)
    ? await compressed(bytes, reply.request.headers['accept-encoding'])
    : undefined;
  return small === undefined ? reply.send(bytes) : reply.header('Content-Encoding', 'gzip').send(small);
}

/** JSON in the characters that a header may have. */
function headerText(summary: ExportSummary): string {
  return JSON.stringify(summary).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The filters as a query string, with `*` for the values of those that are hidden. */
function filtersOf(request: FastifyRequest, isHidden: (name: string) => boolean = () => false): string {
  const { searchParams } = new URL(request.raw.url ?? '', 'http://server');
  const filters = [...searchParams].filter(([name]) => !NO_FILTERS.has(name));
  for (const filter of filters) if (isHidden(filter[0])) filter[1] = '*';
  return new URLSearchParams(filters).toString();
}

/** Clients take headers of 16 KiB at most, all together. */
function inHeader(filters: string): string {
  if (filters.length <= MOST_FILTERS) return filters;
  return `sha256:${createHash('sha256').update(filters).digest('hex')}`;
}

/** Of the day in a time, such as `2026-12-01`. */
const DAY_LENGTH = 10;

/**
 * A list is named by its project, unless that is `default`, and by its range of time, in days of UTC; without a range
 * by the day of the export. Names of projects are safe in names of files.
 */
function fileName(asked: ExportRequest, project: string, now: number): string {
  const { format, sessionId, startTime, endTime, activeFrom, activeTo } = asked;
  const ending = EXPORT_ENDINGS[format];
  if (sessionId !== undefined) return exportedSessionName(sessionId) + ending;
  const dayOf = (ns: bigint): string => formatRfc3339(ns).slice(0, DAY_LENGTH);
  const [from, to] = [startTime ?? activeFrom, endTime ?? activeTo].map((ns) =>
    ns === undefined ? undefined : dayOf(ns),
  );
  const last = to ?? new Date(now).toISOString().slice(0, DAY_LENGTH);
  const days = from === undefined ? [...(to === undefined ? [] : ['until']), last] : [from, 'to', last];
  const range = from === last ? last : days.join('-');
  return ['sessions', ...(project === 'default' ? [] : [project]), range].join('-') + ending;
}
