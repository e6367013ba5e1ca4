import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OPEN_IDENTITY } from '../../src/access/identity.js';
import { type Api, type ApiOptions, createApi } from '../../src/api/server.js';
import { SessionQueries } from '../../src/query/session-queries.js';
import { MemoryReader, type MemoryReaderData } from './memory-reader.js';
import { at } from './stored-sessions.js';

export const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };

/** Everyone may do everything. */
const OPEN_API_ACCESS: ApiOptions['access'] = {
  identify: async () => OPEN_IDENTITY,
  onRefusal: () => {},
  audit: async () => {},
};

export interface RunningApi {
  readonly api: Api;
  readonly base: string;
  /** Labels and seconds of every measured request. */
  readonly measured: { labels: { route: string; status: string }; seconds: number }[];
  readonly failures: { error: unknown; requestId: string }[];
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Sends the path exactly as given, and headers that `fetch` would not send. */
  raw(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<RawResponse>;
  close(): Promise<void>;
}

interface RawResponse {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

async function noSignIns(): Promise<never> {
  throw new Error('no sign-ins here');
}

/** The API over a reader in memory, behind a real server; the time is an hour after `at(0)`. */
export async function startApi(
  data: Omit<MemoryReaderData, 'limits'>,
  options: Partial<ApiOptions> = {},
): Promise<RunningApi> {
  const measured: RunningApi['measured'] = [];
  const failures: RunningApi['failures'] = [];
  const queries = new SessionQueries({
    reader: new MemoryReader({ ...data, limits: LIMITS }),
    project: 'default',
    ...LIMITS,
    userIdCandidates: (userId) => [userId],
    now: () => at(3600),
  });
  const api = await createApi({
    queries: { for: () => queries },
    live: {
      open: async () => {
        throw new Error('no stream here');
      },
    },
    access: OPEN_API_ACCESS,
    accessStore: { keys: async () => [], audit: async () => [] },
    mcp: { answer: async () => new Response('no tools here', { status: 404 }) },
    signIn: {
      signIns: {
        begin: noSignIns,
        end: noSignIns,
        list: noSignIns,
        refuse: noSignIns,
        revoke: noSignIns,
      },
      oidc: undefined,
      isNeeded: false,
      onFailure: () => {},
    },
    version: '1.2.3',
    writer: {
      invalidate: async (_project, sessionId) => {
        const index = data.sessions.findIndex(({ id }) => id === sessionId);
        if (index >= 0) data.sessions[index] = { ...data.sessions[index]!, invalidated: true };
        return index >= 0;
      },
    },
    scores: {
      write: async () => ({ refused: 'nothing is stored here' }),
      nowNs: () => at(3600),
    },
    alerts: {
      store: {
        list: async () => [],
        get: async () => undefined,
        add: async () => {},
        replace: async () => false,
        remove: async () => false,
      },
      runner: { deliver: async () => ({ atMs: 0 }) },
      measure: async () => undefined,
      parseFilters: () => ({ filters: {} }),
      webhookHosts: [],
      nowMs: () => 0,
    },
    views: {
      store: { list: async () => [], put: async () => {}, remove: async () => false },
      nowMs: () => 0,
    },
    ready: () => ({ ready: true }),
    telemetry: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      render: async () => 'up 1\n',
      httpRequestSeconds: { observe: (labels, seconds) => void measured.push({ labels, seconds }) },
    },
    onFailure: (error, requestId) => void failures.push({ error, requestId }),
    ...options,
  });
  const server = createServer(api.handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  return {
    api,
    base,
    measured,
    failures,
    get: (path, init) => fetch(base + path, init),
    raw: async (method, path, headers = {}, body) => {
      const request = httpRequest({ port, host: '127.0.0.1', method, path, headers, agent: false });
      request.end(body);
      const [response] = await once(request, 'response');
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return {
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.concat(chunks).toString(),
      };
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await api.close();
    },
  };
}
