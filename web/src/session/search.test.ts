import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSessionSearch } from './search.js';

describe('the address of a session', () => {
  it('says which part, trace and span are shown', () => {
    const search = { view: 'usage', trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };
    assert.deepEqual(readSessionSearch(search), search);
  });

  it('leaves out what it does not know, what is not valid, and what is so anyway', () => {
    assert.deepEqual(readSessionSearch({}), {});
    assert.deepEqual(readSessionSearch({ view: 'timeline' }), {});
    assert.deepEqual(readSessionSearch({ view: 'constructor', trace: 'xyz', span: '1', more: '2' }), {});
    assert.deepEqual(readSessionSearch({ span: `${'a'.repeat(16)}\n`, trace: 7 }), {});
  });

  it('takes ids in either case', () => {
    assert.deepEqual(readSessionSearch({ span: 'B7AD6B7169203331' }), { span: 'b7ad6b7169203331' });
  });
});
