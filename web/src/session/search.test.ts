import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSessionSearch } from './search.js';

describe('the address of a session', () => {
  it('names the view, trace and span that are shown', () => {
    const search = { view: 'usage', trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };
    assert.deepEqual(readSessionSearch(search), search);
  });

  it('ignores unknown parameters and invalid values', () => {
    assert.deepEqual(readSessionSearch({}), {});
    assert.deepEqual(readSessionSearch({ view: 'timeline', page: 'x' }), { view: 'timeline' });
    for (const page of ['0', '1.5', '-1', '1e9', '']) assert.deepEqual(readSessionSearch({ page }), {});
    assert.deepEqual(readSessionSearch({ view: 'constructor', trace: 'xyz', span: '1', more: '2' }), {});
    assert.deepEqual(readSessionSearch({ span: `${'a'.repeat(16)}\n`, trace: 7 }), {});
  });

  it('takes ids in either case', () => {
    assert.deepEqual(readSessionSearch({ span: 'B7AD6B7169203331' }), { span: 'b7ad6b7169203331' });
  });
});
