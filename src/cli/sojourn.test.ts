import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./sojourn.js', import.meta.url));

function sojourn(...args: readonly string[]) {
  const env = { ...process.env, SOJOURN_CONFIG: '' };
  return spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', env });
}

describe('sojourn as a process', () => {
  for (const [args, code, out, errors] of [
    [[], 0, /^Sojourn turns/, /^$/],
    [['--help'], 0, /^Sojourn turns/, /^$/],
    [['serve', '--help'], 0, /--grpc-port/, /^$/],
    [['version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [['srve'], 2, /^$/, /^sojourn: unknown command "srve"[^\n]*\n$/],
    [['serve', '--prot=1'], 2, /^$/, /^sojourn: unknown flag --prot[^\n]*\n$/],
    [['serve', '--port=many'], 2, /^$/, /^sojourn: --port must be[^\n]*\n$/],
    [['serve', '--insecure', '--require-keys'], 2, /^$/, /^sojourn: --insecure and --require-keys[^\n]*\n$/],
    [['serve', '--config=/nowhere/sojourn.json'], 2, /^$/, /^sojourn: --config: cannot read[^\n]*\n$/],
  ] as const) {
    it(`${JSON.stringify(args)} exits with ${code}`, () => {
      const { status, stdout, stderr } = sojourn(...args);
      assert.match(stdout, out);
      assert.match(stderr, errors);
      assert.equal(status, code);
    });
  }
});
