import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isErrorCode } from '../../contract/errors.js';
import { EVENT_NAME } from '../../otlp/read.js';
import { declaredKeys } from '../attributes.js';
import * as callTerms from './call-terms.js';
import { DIALECTS } from './registry.js';

/** Vendors' names are in this folder only, so that adding a dialect changes no other code. */

/** Names that look like attribute keys: of at least two words, so that names of fields do not match. */
const KEY = /^[A-Za-z_@][\w@-]*(?:[.:][\w-]+)+$/;
const FOLDER = join('src', 'normalize', 'dialects');
/** Demo traffic uses the names of its senders. */
const SENDERS = join('src', 'demo');
/**
 * Names of providers, as in `gen_ai.provider.name`: `gcp.gemini` is not a key, though it has the prefix of
 * keys.
 */
const PROVIDERS = ['provider.ts', 'price-list.ts'].map((name) => join('src', 'normalize', name));

/** All keys in a table: numbers are declared keys, except within paths of JSON. */
function keysIn(value: unknown): string[] {
  if (typeof value === 'number') return [declaredKeys()[value]?.name ?? ''];
  if (typeof value === 'string') return [value];
  if (value instanceof Map) return [...value.keys()].flatMap(keysIn);
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'path' ? [] : keysIn(inner)));
}

const namesOf = (tables: readonly unknown[]) =>
  new Set(tables.flatMap(keysIn).filter((name) => KEY.test(name)));
const firstWord = (key: string) => key.split(/[.:]/, 1)[0]!;

const conventions = namesOf([EVENT_NAME, ...DIALECTS.filter(({ isConvention }) => isConvention), callTerms]);
const vendorsKeys = new Set(
  [...namesOf(DIALECTS.filter(({ isConvention }) => !isConvention))].filter((key) => !conventions.has(key)),
);
const conventionalWords = new Set([...conventions].map(firstWord));
const vendorsWords = new Set([...vendorsKeys].map(firstWord).filter((word) => !conventionalWords.has(word)));

/** The text literals of a file that look like keys. Templates count up to their first placeholder. */
function literalsIn(source: string): string[] {
  const code = source.replaceAll(/^\s*(?:\*|\/\*|\/\/).*$/gm, '').replaceAll(/^.*\bfrom '.*$/gm, '');
  return [...code.matchAll(/'([^'\n\\]*)'|`([^`$\n\\]*)/g)]
    .map(([, quoted, template]) => quoted ?? template ?? '')
    .filter((text) => KEY.test(text) && !isErrorCode(text));
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => join('src', name))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .filter((path) => !path.startsWith(FOLDER) && !path.startsWith(SENDERS) && !PROVIDERS.includes(path));

test('there are keys to look for', () => {
  for (const key of [
    'langfuse.session.id',
    'splunk.rumSessionId',
    'emb.type',
    'ai.toolCall.args',
    'input.value',
  ])
    assert.ok(vendorsKeys.has(key), key);
  for (const key of ['session.id', 'gen_ai.system', 'server.address']) assert.ok(!vendorsKeys.has(key), key);
  assert.ok(vendorsWords.has('traceloop'));
  assert.ok(files.length > 100);
});

test('no key of a vendor, nor one with the same prefix, is used outside of the dialects', () => {
  const found = files.flatMap((path) =>
    literalsIn(readFileSync(path, 'utf8'))
      .filter((text) => vendorsKeys.has(text) || vendorsWords.has(firstWord(text)))
      .map((text) => `${path}: ${text}`),
  );
  assert.deepEqual(found, []);
});
