import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typedCommand } from './invocation.js';

const CLONE = '/home/ann/sojourn/dist/app/sojourn.js';

function typed(env: Record<string, string>, script: string): string[] {
  const type = typedCommand({ env, script, cwd: '/home/ann/sojourn' });
  return [type('serve'), type('serve', '--port 5000'), type('demo', '--live'), type('help')];
}

test('a script of the clone is shown with npm, flags after two hyphens', () => {
  for (const npm_lifecycle_event of ['start', 'demo', 'sojourn']) {
    assert.deepEqual(typed({ npm_lifecycle_event, npm_package_name: 'sojourn' }, CLONE), [
      'npm start',
      'npm start -- --port 5000',
      'npm run demo -- --live',
      'npm run sojourn -- help',
    ]);
  }
});

test('an installed program is shown by its name, also from a script of another package', () => {
  const installed = ['sojourn serve', 'sojourn serve --port 5000', 'sojourn demo --live', 'sojourn help'];
  assert.deepEqual(typed({}, '/usr/local/bin/sojourn'), installed);
  const env = { npm_lifecycle_event: 'start', npm_package_name: 'shop' };
  assert.deepEqual(typed(env, '/shop/node_modules/.bin/sojourn'), installed);
  assert.deepEqual(typed({ npm_lifecycle_event: 'npx' }, '/x/.bin/sojourn')[0], 'npx sojourn serve');
});

test('a program started by its path is shown by its path', () => {
  assert.equal(typed({}, CLONE)[1], 'node dist/app/sojourn.js serve --port 5000');
});
