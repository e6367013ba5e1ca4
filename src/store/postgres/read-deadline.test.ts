import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { endedBy } from './read-deadline.js';

test('any number of statements may be under way in a read', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error): number => warnings.push(warning);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  await endedBy(
    () => {},
    async (ended) => {
      for (let i = 0; i < 20; i++) ended.addEventListener('abort', () => {});
      await setImmediate();
    },
  );
  assert.deepEqual(warnings, []);
});
