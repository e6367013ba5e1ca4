import type { FastifyInstance } from 'fastify';
import type { AccessStore } from '../access/access-store.js';
import { auditJson } from '../access/audit-json.js';
import { projectFor } from '../access/identity.js';
import { AuditPage, AuditQuery, DEFAULT_AUDIT_LIMIT, ProjectList } from '../contract/access.js';
import { decodeCursor, encodeCursor, filterDigest } from '../contract/cursor.js';
import { NoQuery } from '../contract/schema-parts.js';
import type { QueryPool } from '../query/query-service.js';
import { DEFAULT_PROJECT } from '../store/contract/store.js';
import { callerOf } from './caller.js';
import * as responses from './responses.js';
import { common } from './session-routes.js';

export interface AccessRoutesOptions {
  readonly queries: Pick<QueryPool, 'for'>;
  readonly accessStore: Pick<AccessStore, 'keys' | 'audit'>;
}

/** A valid query string of the audit log. */
interface AuditRequest {
  readonly project?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

const TAGS = ['Access'];

/** Routes about projects, and the audit log. */
export function addAccessRoutes(app: FastifyInstance, { queries, accessStore }: AccessRoutesOptions): void {
  app.get(
    '/api/v1/projects',
    {
      config: { projects: 'permitted' },
      schema: {
        operationId: 'listProjects',
        tags: TAGS,
        summary: 'The projects that the caller may see',
        description:
          'For a key of one project, this project. For others, all that have had telemetry or have a key, and `default`. Such a caller chooses one with the parameter `project` or the header `x-sojourn-project` of the other routes.',
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The projects.', ProjectList),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { project } = request.identity;
      const names = project === undefined ? await allProjects(queries.for(callerOf(reply))) : [project];
      return { items: names.map((name) => ({ name })) };
    },
  );

  app.get<{ Querystring: AuditRequest }>(
    '/api/v1/audit',
    {
      config: { access: 'admin', projects: 'permitted' },
      schema: {
        operationId: 'listAudit',
        tags: TAGS,
        summary: 'The audit log',
        description:
          'Who made and revoked keys, signed in, or changed something, newest first. A key of one project sees what concerns that project only. `sojourn audit --json` prints all of it.',
        querystring: AuditQuery,
        response: {
          200: responses.apiResponse('A page of the audit log.', AuditPage),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async ({ query, identity }) => {
      const asked = query.project ?? identity.project;
      const project = asked === undefined ? undefined : projectFor(identity, asked, DEFAULT_PROJECT);
      const filters = filterDigest('audit', [project]);
      const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, filters);
      const limit = query.limit ?? DEFAULT_AUDIT_LIMIT;
      const before = cursor && Number(cursor.position.id);
      const entries = await accessStore.audit({ limit: limit + 1, before, project });
      const items = entries.slice(0, limit);
      const last = items.at(-1);
      const hasMore = entries.length > limit;
      return {
        items: items.map(auditJson),
        has_more: hasMore,
        ...(hasMore &&
          last !== undefined && {
            next_cursor: encodeCursor(
              {
                direction: 'next',
                position: { startNs: BigInt(last.atMs) * 1_000_000n, id: String(last.id) },
              },
              filters,
            ),
          }),
      };
    },
  );

  async function allProjects(service: ReturnType<QueryPool['for']>): Promise<string[]> {
    const [bytes, keys] = await Promise.all([service.projects(), accessStore.keys()]);
    const withTelemetry = JSON.parse(Buffer.from(bytes).toString()) as string[];
    const withKeys = keys.flatMap(({ project }) => project ?? []);
    return [...new Set([DEFAULT_PROJECT, ...withTelemetry, ...withKeys])].sort();
  }
}
