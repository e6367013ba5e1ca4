import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RunningApi, startApi } from '../../test/support/api-server.js';
import { sessionFilters } from '../contract/session-filters.js';
import { openApiDocument } from './openapi.js';

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  parameters?: { name: string; in: string; required: boolean; description: string; schema: object }[];
  responses: Record<
    string,
    {
      description: string;
      headers: object;
      content?: Record<string, { schema: object; example?: unknown }>;
    }
  >;
}

interface Document {
  openapi: string;
  info: { version: string };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

/** Routes with answers of several types of media, and how many. */
const FILES: readonly (readonly [end: string, count: number])[] = [
  ['{mediaId}', 10],
  ['/exports/sessions', 3],
  ['/export', 2],
];

describe('the OpenAPI document', () => {
  let sut: RunningApi;
  let document: Document;
  let operations: [path: string, method: string, operation: Operation][];
  before(async () => {
    sut = await startApi({ sessions: [] });
    document = (await (await sut.get('/openapi.json')).json()) as Document;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): (typeof operations)[number] => [
        path,
        method,
        operation,
      ]),
    );
  });
  after(() => sut.close());

  test('is served unchanged', async () => {
    assert.deepEqual(document, JSON.parse(JSON.stringify(await openApiDocument('1.2.3'))));
    assert.match(document.openapi, /^3\.1\./);
    assert.equal(document.info.version, '1.2.3');
  });

  test('has every route, and only those', () => {
    assert.deepEqual(operations.map(([path, method]) => `${method} ${path}`).sort(), [
      'delete /api/v1/alerts/{alertId}',
      'delete /api/v1/sessions',
      'delete /api/v1/sessions/by-id',
      'delete /api/v1/sessions/by-id/scores/{scoreId}',
      'delete /api/v1/sessions/{sessionId}',
      'delete /api/v1/sessions/{sessionId}/scores/{scoreId}',
      'delete /api/v1/sign-ins/{signIn}',
      'delete /api/v1/users/{userId}',
      'delete /api/v1/views/{viewName}',
      'get /api/v1/alerts',
      'get /api/v1/alerts/{alertId}',
      'get /api/v1/audit',
      'get /api/v1/errors',
      'get /api/v1/exports/sessions',
      'get /api/v1/jobs/{jobId}',
      'get /api/v1/me',
      'get /api/v1/projects',
      'get /api/v1/retention',
      'get /api/v1/scores',
      'get /api/v1/sessions',
      'get /api/v1/sessions/by-id',
      'get /api/v1/sessions/by-id/conversation',
      'get /api/v1/sessions/by-id/events',
      'get /api/v1/sessions/by-id/exceptions',
      'get /api/v1/sessions/by-id/export',
      'get /api/v1/sessions/by-id/media/{mediaId}',
      'get /api/v1/sessions/by-id/outline',
      'get /api/v1/sessions/by-id/outline-columns',
      'get /api/v1/sessions/by-id/pages',
      'get /api/v1/sessions/by-id/scores',
      'get /api/v1/sessions/by-id/traces',
      'get /api/v1/sessions/by-id/usage',
      'get /api/v1/sessions/facets',
      'get /api/v1/sessions/groups',
      'get /api/v1/sessions/stats',
      'get /api/v1/sessions/stream',
      'get /api/v1/sessions/timeline',
      'get /api/v1/sessions/top',
      'get /api/v1/sessions/top-calls',
      'get /api/v1/sessions/visits',
      'get /api/v1/sessions/{sessionId}',
      'get /api/v1/sessions/{sessionId}/conversation',
      'get /api/v1/sessions/{sessionId}/events',
      'get /api/v1/sessions/{sessionId}/exceptions',
      'get /api/v1/sessions/{sessionId}/export',
      'get /api/v1/sessions/{sessionId}/media/{mediaId}',
      'get /api/v1/sessions/{sessionId}/outline',
      'get /api/v1/sessions/{sessionId}/outline-columns',
      'get /api/v1/sessions/{sessionId}/pages',
      'get /api/v1/sessions/{sessionId}/scores',
      'get /api/v1/sessions/{sessionId}/traces',
      'get /api/v1/sessions/{sessionId}/usage',
      'get /api/v1/sign-in',
      'get /api/v1/sign-ins',
      'get /api/v1/tools',
      'get /api/v1/traces/{traceId}',
      'get /api/v1/traces/{traceId}/sessions',
      'get /api/v1/traces/{traceId}/spans/{spanId}',
      'get /api/v1/views',
      'get /healthz',
      'get /metrics',
      'get /openapi.json',
      'get /problems/{code}',
      'get /readyz',
      'post /api/v1/alerts',
      'post /api/v1/alerts/{alertId}/test',
      'post /api/v1/sessions/by-id/invalidate',
      'post /api/v1/sessions/by-id/scores',
      'post /api/v1/sessions/{sessionId}/invalidate',
      'post /api/v1/sessions/{sessionId}/scores',
      'post /api/v1/sign-in',
      'post /api/v1/sign-out',
      'post /v1/logs',
      'post /v1/metrics',
      'post /v1/traces',
      'put /api/v1/alerts/{alertId}',
      'put /api/v1/views/{viewName}',
    ]);
  });

  test('has the methods of each path, which the server tells and takes, and no others', async () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      // The receiver answers these.
      if (path.startsWith('/v1/')) continue;
      const documented = Object.keys(methods).map((method) => method.toUpperCase());
      if (documented.includes('GET')) documented.push('HEAD');
      const asked = path.replace(/\{\w+\}/g, 'x');
      assert.deepEqual(sut.api.methodsOf(asked), documented.sort(), path);
    }
    const { status, headers } = await sut.raw('DELETE', '/api/v1/sessions/stats');
    assert.deepEqual([status, headers.allow], [405, 'GET, HEAD']);
  });

  test('every reference has a target, and every schema is referenced', () => {
    const referred = new Set<string>();
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { $ref } = node as { $ref?: unknown };
      if (typeof $ref === 'string') referred.add($ref);
      for (const child of Object.values(node)) visit(child);
    };
    visit(document);
    const defined = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    assert.deepEqual([...referred].sort(), defined.sort());
  });

  test('operations have unique ids and summaries', () => {
    const ids = operations.map(([, , { operationId }]) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const [path, , operation] of operations) assert.ok(operation.summary, path);
  });

  test('parameters are those of path and query, each with a description', () => {
    for (const [path, , { parameters = [] }] of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(
        parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
        inPath,
      );
      for (const parameter of parameters) {
        assert.ok(parameter.description, `${path} ${parameter.name}`);
        assert.equal(
          parameter.required,
          parameter.in === 'path' ||
            (path.includes('/by-id') && parameter.name === 'id') ||
            (path.endsWith('/groups') && parameter.name === 'by') ||
            (path.includes('/export') && parameter.name === 'format'),
        );
      }
    }
    const list = document.paths['/api/v1/sessions']!.get!.parameters!;
    assert.deepEqual(
      list.map(({ name }) => name),
      [...Object.keys(sessionFilters), 'q', 'limit', 'sort', 'order', 'cursor', 'project'],
    );
    assert.deepEqual(list.find(({ name }) => name === 'limit')!.schema, {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 100,
    });
  });

  test('has the server’s address, and every operation has a tag with a description', () => {
    assert.deepEqual(
      document.servers.map(({ url }) => url),
      ['/'],
    );
    const described = document.tags.filter(({ description }) => description !== '').map(({ name }) => name);
    assert.deepEqual([...new Set(operations.flatMap(([, , { tags }]) => tags))].sort(), described.sort());
    for (const [path, , { tags }] of operations) assert.equal(tags.length, 1, path);
  });

  test('every successful answer in JSON has an example, except usage, files and this document', () => {
    for (const [path, , { responses }] of operations) {
      const content = responses[200]?.content?.['application/json'];
      if (content === undefined || /\/(usage|export)$/.test(path) || /^\/(openapi\.json|v1\/)/.test(path))
        continue;
      assert.ok(content.example !== undefined, path);
    }
  });

  test('every answer has a description and its headers; errors are problem documents', () => {
    for (const [path, method, { responses }] of operations) {
      // The OTLP specification defines the answers of OTLP.
      if (path.startsWith('/v1/')) continue;
      for (const [status, response] of Object.entries(responses)) {
        const name = `${method} ${path} ${status}`;
        assert.ok(response.description, name);
        assert.ok('X-Request-Id' in response.headers, name);
        const mediaTypes = Object.keys(response.content ?? {});
        if (Number(status) >= 400 && path !== '/readyz') {
          assert.deepEqual(mediaTypes, ['application/problem+json'], name);
        }
        // Each type of media has its own entry.
        const count = status === '200' ? (FILES.find(([end]) => path.endsWith(end))?.[1] ?? 1) : 1;
        assert.equal(mediaTypes.length, status === '204' ? 0 : count, name);
      }
      if (!path.startsWith('/api/v1')) continue;
      for (const status of ['400', '500', '503']) assert.ok(responses[status], `${path} ${status}`);
      // A view is saved whether there is one of its name or not.
      const isMade = method === 'put' && path === '/api/v1/views/{viewName}';
      const isOfOne = path.includes('{') || path.includes('/by-id');
      assert.equal('404' in responses, isOfOne && !isMade, path);
    }
  });
});
