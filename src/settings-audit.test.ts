import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from './config.js';
import { givenSettings } from './settings-audit.js';

function given(flags: Readonly<Record<string, string>>): object {
  const sources = { flags: new Map(Object.entries(flags).map(([flag, value]) => [flag, [value]])), env: {} };
  const loaded = loadConfig({ ...sources, readFile: () => '' });
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.errors.join('\n'));
  return givenSettings(loaded.value);
}

test('the settings of the audit log are those that differ from the defaults, without passwords', () => {
  assert.deepEqual(given({}), {});
  assert.deepEqual(given({ port: '4318', 'user-ids': 'keep', 'idle-after': '60s' }), {
    'idle-after': '1m',
    'user-ids': 'keep',
  });
  assert.deepEqual(given({ store: 'postgres://ann:secret@db.example/sojourn' }), {
    store: 'postgres://ann@db.example/sojourn',
  });
  const oidc = { 'oidc-issuer': 'https://id.example', 'oidc-client-id': 'sojourn' };
  const withSecret = given({
    ...oidc,
    'oidc-client-secret': 'hunter2',
    'oidc-redirect': 'https://sojourn.example/api/v1/sign-in/callback',
  });
  assert.doesNotMatch(JSON.stringify(withSecret), /hunter2/);
  const tracing = given({
    'trace-to': 'http://collector.example:4318',
    'trace-headers': 'x-api-key=hunter2',
  });
  assert.doesNotMatch(JSON.stringify(tracing), /hunter2/);
});
