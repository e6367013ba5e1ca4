import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertConforms } from '../../test/support/contract-check.js';
import { NAMED_SCHEMAS } from './schemas.js';
import { Session } from './session.js';

test('every named schema has a name of its own and a description', () => {
  const names = NAMED_SCHEMAS.map((schema) => schema.$id);
  assert.equal(new Set(names).size, names.length);
  for (const schema of NAMED_SCHEMAS) assert.ok(schema.description, schema.$id);
});

test('examples match their schemas', () => {
  for (const schema of NAMED_SCHEMAS) {
    for (const example of (schema.examples ?? []) as unknown[]) assertConforms(schema, example);
    for (const property of Object.values(schema.properties as Record<string, typeof schema>)) {
      for (const example of (property.examples ?? []) as unknown[]) assertConforms(property, example);
    }
  }
});

test('the check of the contract detects violations', () => {
  const [example] = Session.examples as [Record<string, unknown>];
  for (const wrong of [
    { ...example, state: 'asleep' },
    { ...example, start_time: '2026-03-01' },
    { ...example, end_time: null },
    { ...example, span_count: -1 },
    { ...example, client: { colour: 'red' } },
    { ...example, more: 1 },
  ]) {
    assert.throws(() => assertConforms(Session, wrong));
  }
});
