import { Agent, request } from 'node:http';
import { type LatencySummary, summarize } from '../latency.js';
import type { ListRequest } from './peer.js';

const TIMEOUT_MS = 60_000;

export interface ListTimes {
  readonly rows: number;
  /** From the start of the request to the last byte of the answer, ms. */
  readonly times: LatencySummary | undefined;
}

/**
 * Requests a list `count` times over one connection, after a tenth of that as a warm-up. Rejects for any
 * answer but 200.
 */
export async function measureList(list: ListRequest, count: number): Promise<ListTimes> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
  const warmUp = Math.ceil(count / 10);
  const durations: number[] = [];
  let rows = 0;
  try {
    for (let i = 0; i < warmUp + count; i++) {
      const began = performance.now();
      const body = await ask(list, agent);
      if (i >= warmUp) durations.push(performance.now() - began);
      if (i === 0) rows = rowsOf(body, list);
    }
  } finally {
    agent.destroy();
  }
  return { rows, times: summarize(durations) };
}

function rowsOf(body: Buffer, list: ListRequest): number {
  const answer = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  const found = answer[list.rows];
  return Array.isArray(found) ? found.length : 0;
}

function ask(list: ListRequest, agent: Agent): Promise<Buffer> {
  const content = list.body === undefined ? undefined : JSON.stringify(list.body);
  const headers = content === undefined ? {} : { 'content-type': 'application/json' };
  const options = {
    agent,
    headers,
    timeout: TIMEOUT_MS,
    method: content === undefined ? 'GET' : 'POST',
  };
  return new Promise((resolve, reject) => {
    const asked = request(list.url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`list: status ${response.statusCode}: ${body.toString('utf8').slice(0, 200)}`));
      });
    });
    asked.on('error', reject);
    asked.on('timeout', () => asked.destroy(new Error(`list: no answer within ${TIMEOUT_MS} ms`)));
    asked.end(content);
  });
}
