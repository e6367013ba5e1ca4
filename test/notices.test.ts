import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

interface Shipped {
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
}

interface Notices {
  shippedPackages(): readonly Shipped[];
  noticesText(shipped: readonly Shipped[]): string;
}

/** Licences that shipped packages may have. CC BY requires the attribution in the page and the docs. */
const ALLOWED = new Set([
  'MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'Apache-2.0',
  '0BSD',
  'Unlicense',
  'CC0-1.0',
  'CC-BY-4.0',
]);

const notices = (await import(pathToFileURL('scripts/notices.mjs').href)) as Notices;

test('every shipped package has an accepted licence', () => {
  const shipped = notices.shippedPackages();
  const names = new Set(shipped.map(({ name }) => name));
  for (const name of ['fastify', '@photostructure/sqlite', 'react', 'uplot'])
    assert.ok(names.has(name), name);
  for (const name of ['typescript', 'playwright-core', 'axe-core']) assert.ok(!names.has(name), name);
  const others = shipped.filter(({ license }) => license === undefined || !ALLOWED.has(license));
  assert.deepEqual(others, []);
});

test('THIRD_PARTY_NOTICES matches package-lock.json and the web page (npm run notices)', () => {
  assert.equal(readFileSync('THIRD_PARTY_NOTICES', 'utf8'), notices.noticesText(notices.shippedPackages()));
});
