import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SessionUsage } from '../src/contract/usage.js';
import { isGenAi } from '../src/normalize/dialects/dialect.js';
import { DIALECTS, GENAI_DIALECTS } from '../src/normalize/dialects/registry.js';
import { recordedRequests, replay } from './support/replay.js';

const ROOT = 'fixtures';

/** Dialects without a fixture, and why. */
const WITHOUT: Readonly<Record<string, string>> = {};

/** Dialects of the counted calls in a fixture. */
async function dialectsOf(name: string): Promise<Set<string>> {
  const queries = await replay(recordedRequests(join(ROOT, name, 'recorded')));
  const json = async <T>(bytes: Promise<Uint8Array | undefined>) =>
    JSON.parse(Buffer.from((await bytes)!).toString()) as T;
  const { items } = await json<{ items: { 'session.id': string }[] }>(queries.list({ limit: 1000 }));
  const dialects = new Set<string>();
  for (const { 'session.id': id } of items) {
    const usage = await json<SessionUsage>(queries.usage(id));
    for (const { counted, dialect } of usage.items) if (counted) dialects.add(dialect!);
  }
  await queries.close();
  return dialects;
}

test('every dialect with model calls has a fixture whose calls it reads, or a reason for having none (fixtures/README.md)', async () => {
  const fixtures = new Map(GENAI_DIALECTS.map(({ name }) => [name, [] as string[]]));
  for (const name of readdirSync(ROOT).filter((each) => existsSync(join(ROOT, each, 'recorded')))) {
    for (const dialect of await dialectsOf(name)) fixtures.get(dialect)!.push(name);
  }
  const without = [...fixtures].filter(([, names]) => names.length === 0).map(([dialect]) => dialect);
  assert.deepEqual(without, Object.keys(WITHOUT), 'those without a fixture');

  const rows = [...fixtures].map(
    ([dialect, names]) =>
      `| \`${dialect}\` | ${names.length === 0 ? `none: ${WITHOUT[dialect]}` : names.sort().join(', ')} |`,
  );
  const table = ['| dialect | fixtures |', '| --- | --- |', ...rows, ''].join('\n');
  assert.ok(readFileSync(join(ROOT, 'README.md'), 'utf8').includes(table), `its table has to be\n${table}`);
});

test('every other dialect has a case or a recording of its name (fixtures/cases/README.md)', () => {
  const others = DIALECTS.filter((dialect) => !isGenAi(dialect)).map(({ name }) => name);
  const without = others.filter(
    (name) =>
      !existsSync(join(ROOT, 'cases', `dialect-${name}.otlp.json`)) &&
      !existsSync(join(ROOT, name, 'recorded')),
  );
  assert.deepEqual(without, []);
});
