import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApi } from '../../test/support/api-server.js';

test('a store that cannot erase says so by name', async () => {
  const sut = await startApi({ sessions: [], traces: [] });
  try {
    for (const path of ['/api/v1/sessions/a', '/api/v1/users/ann', '/api/v1/sessions?userId=ann']) {
      const response = await sut.get(path, { method: 'DELETE' });
      assert.equal(response.status, 501, path);
      assert.equal(((await response.json()) as { type: string }).type, '/problems/store.unsupported');
    }
    assert.equal((await sut.get('/api/v1/jobs/er_1')).status, 501);
  } finally {
    await sut.close();
  }
});
