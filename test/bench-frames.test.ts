import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { framesOf } from '../bench/page/frames.js';

describe('frames of the page benchmark', () => {
  it('are counted over the time they took, and the longest is named', () => {
    assert.deepEqual(framesOf([100, 110, 120, 150]), { perSecond: 60, longestMs: 30 });
  });

  it('are unknown without a second frame', () => {
    assert.equal(framesOf([]), undefined);
    assert.equal(framesOf([100]), undefined);
  });
});
