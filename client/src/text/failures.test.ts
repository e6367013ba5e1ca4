import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failureCount, failureText } from './failures.js';

describe('the failures of a session', () => {
  it('are not added up, because an exception usually makes its span fail', () => {
    assert.equal(failureCount({ error_count: 2, exception_count: 3 }), 3);
    assert.equal(failureCount({ error_count: 2 }), 2);
    assert.equal(failureCount({ error_count: 0 }), 0);
  });

  it('are described by their kind', () => {
    const all = { error_count: 1, exception_count: 3, crash_count: 1 };
    assert.equal(failureText(all), '1 failed span, 3 exceptions, 1 crash');
    assert.equal(failureText({ error_count: 0, exception_count: 1 }), '1 exception');
    assert.equal(failureText({ error_count: 0 }), '');
  });
});
