import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { recordedRequests } from './replay.js';
import type { TestServer } from './server.js';

/** Data directories of releases, as each left them, with what it answered about them. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const RELEASES = join(ROOT, 'test/data-directories');
const ANSWERS = 'answers.json';
/** Small recordings that have much between them: model calls as spans, logs and metrics, pages, errors. */
const RECORDINGS = ['claude-code', 'claude-code-metrics', 'otel-openai-js', 'sentry-js', 'vercel-ai-v7'];
const SESSIONS = '/api/v1/sessions';
/** Before every recording, so that statistics of all of them are about a fixed range. */
const ALL_TIME = 'startTime=2020-01-01T00:00:00Z&endTime=2100-01-01T00:00:00Z';

/** Sends the recordings, each request as it was recorded, and invalidates a session. */
export async function sendRecordings(server: TestServer): Promise<void> {
  for (const name of RECORDINGS) {
    for (const { signal, encoding, body } of recordedRequests(join(ROOT, 'fixtures', name, 'recorded'))) {
      const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
      const answer = await server.post(`/v1/${signal}`, body, { 'content-type': type });
      if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    }
  }
  await server.settled();
  const [first] = await sessionIds(server);
  if (first === undefined) throw new Error('the recordings made no session');
  const path = `${SESSIONS}/by-id/invalidate?id=${encodeURIComponent(first)}`;
  const { status } = await server.fetch(path, { method: 'POST' });
  if (status !== 204) throw new Error(`${path}: ${status}`);
  await server.settled();
}

async function sessionIds(server: TestServer): Promise<readonly string[]> {
  const page = await server.get<{ items: { 'session.id': string }[] }>(`${SESSIONS}?limit=1000`);
  return page.items.map((item) => item['session.id']);
}

/** Every answer about the data, by path. Large texts within are digests. */
export async function answersOf(server: TestServer): Promise<Record<string, unknown>> {
  const ids = await sessionIds(server);
  const about = ids.flatMap((id) =>
    ['', '/traces', '/outline', '/usage', '/exceptions', '/events', '/pages', '/conversation'].map(
      (part) => `${SESSIONS}/by-id${part}?id=${encodeURIComponent(id)}`,
    ),
  );
  const lists = [
    `${SESSIONS}?limit=1000`,
    `${SESSIONS}?limit=1000&hasErrors=true`,
    `${SESSIONS}/facets`,
    `${SESSIONS}/stats?${ALL_TIME}`,
    `${SESSIONS}/top?by=cost`,
  ];
  const answers: Record<string, unknown> = {};
  for (const path of [...lists, ...about]) answers[path] = shortened(await server.get(path));
  return answers;
}

const LONG = 200;

function shortened(value: unknown): unknown {
  if (typeof value === 'string' && value.length > LONG) {
    return `sha256:${createHash('sha256').update(value).digest('hex')}`;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shortened(each)]));
}

/** Keeps a directory whose server was stopped, with its answers. */
export function keepRelease(version: string, data: string, answers: Record<string, unknown>): void {
  const folder = join(RELEASES, version);
  for (const path of readdirSync(data, { recursive: true }).map(String)) {
    // Locks belong to the process.
    if (path.startsWith('lock.') || !statSync(join(data, path)).isFile()) continue;
    const target = join(folder, `${path}.gz`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, gzipSync(readFileSync(join(data, path)), { level: 9 }));
  }
  keepAnswers(version, answers);
}

export function keepAnswers(version: string, answers: Record<string, unknown>): void {
  writeFileSync(join(RELEASES, version, ANSWERS), `${JSON.stringify(answers, null, 1)}\n`);
}

/** Versions whose directories were kept, oldest first. */
export function keptReleases(): readonly string[] {
  return readdirSync(RELEASES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Writes a copy of a kept directory. */
export function restoreRelease(version: string, data: string): void {
  const folder = join(RELEASES, version);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith('.gz')) continue;
    const path = join(entry.parentPath, entry.name);
    const target = join(data, relative(folder, path).replace(/\.gz$/, ''));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, gunzipSync(readFileSync(path)));
  }
}

export function keptAnswers(version: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(RELEASES, version, ANSWERS), 'utf8')) as Record<string, unknown>;
}
