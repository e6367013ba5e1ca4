import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { API_ERRORS } from '../../../src/contract/errors.js';
import { startApi } from '../../support/api-server.js';
import { at, storedSession } from '../../support/stored-sessions.js';
import { storedTrace } from '../../support/stored-traces.js';
import { textMutator } from '../mutate-text.js';
import type { FuzzTarget } from '../target.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SESSION = '/api/v1/sessions/open';
const PATHS = [
  '/api/v1/sessions?limit=1&isActive=true',
  ...['stats', 'facets', 'visits', 'by-id?id=open'].map((path) => `/api/v1/sessions/${path}`),
  '/api/v1/sessions/timeline?startTime=2026-03-01T00:00:00Z&endTime=2026-03-02T00:00:00Z',
  '/api/v1/sessions/top?by=service',
  '/api/v1/sessions/top-calls?by=service',
  '/api/v1/tools?sort=p95',
  '/api/v1/errors?sort=count',
  ...['', '/traces?limit=1', '/usage', '/exceptions', '/events', '/conversation', '/pages', '/outline'].map(
    (path) => SESSION + path,
  ),
  ...[
    `/api/v1/traces/${TRACE_ID}`,
    `/api/v1/traces/${TRACE_ID}/spans/b7ad6b7169203331`,
    '/openapi.json',
    '/healthz',
    '/readyz',
    '/metrics',
  ],
  ...['/api/v1/me', '/api/v1/projects', '/api/v1/audit', '/api/v1/keys', '/api/v1/sessions/%E2%82%AC/traces'],
];

/** The rest of a GET's first line, to the real API: never an internal error, and each error is one of the contract. */
export async function openRequests(): Promise<FuzzTarget> {
  const span = { spanId: 'b7ad6b7169203331', startNs: at(3000), endNs: at(3001) };
  const trace = storedTrace(TRACE_ID, [span]);
  const api = await startApi({
    sessions: [
      storedSession({ id: 'open', startNs: at(3000), lastNs: at(3500), userId: 'ann', services: ['cart'] }),
      storedSession({
        id: 'idle',
        startNs: at(2000),
        lastNs: at(2000),
        geo: { country_code: 'AT', country_name: 'Austria' },
      }),
    ],
    traces: [{ sessionId: 'open', trace }],
  });
  const { port } = new URL(api.base);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = async (path: string): Promise<{ status: number; type: string; body: Buffer }> => {
    const outgoing = request({ port, host: '127.0.0.1', path, agent });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode!,
      type: String(response.headers['content-type']),
      body: Buffer.concat(chunks),
    };
  };
  return {
    seeds: PATHS.map((path) => Uint8Array.from(Buffer.from(path))),
    mutate: textMutator([
      ...PATHS,
      ...PATHS.flatMap((path) => path.split(/(?=[/?&])/)),
      '%2F',
      '//',
      '%',
      '?',
      '#',
    ]),
    run: async (input) => {
      // Without what the client itself would refuse to send.
      const path = `/${Buffer.from(input)
        .toString('latin1')
        .replace(/[^!-\xff]/g, '')
        .replace(/^\/+/, '')}`;
      const { status, type, body } = await get(path);
      assert.deepEqual(api.failures.splice(0), [], 'an internal failure');
      api.measured.length = 0;
      if (status === 200) return;
      assert.ok(status >= 300 && status < 500, `${status}`);
      if (!/^application\/problem\+json/.test(type))
        return assert.ok(status !== 400 || body.length === 0, `${status} ${type}`);
      const problem = JSON.parse(body.toString()) as { type: string; status: number };
      assert.equal(problem.status, status);
      assert.ok(problem.type.replace('/problems/', '') in API_ERRORS, problem.type);
    },
    close: async () => {
      agent.destroy();
      await api.close();
    },
  };
}
