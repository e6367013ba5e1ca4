import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { completionScript } from './completion.js';

/** What bash offers for a line, whose last word is being typed. */
function offered(...words: readonly string[]): string[] {
  const script = `${completionScript('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sojourn; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

const hasBash = spawnSync('bash', ['--version']).status === 0;

it('bash completes commands, their subcommands and their flags', { skip: !hasBash && 'no bash here' }, () => {
  assert.deepEqual(offered('sojourn', 'se'), ['serve', 'sessions']);
  assert.deepEqual(offered('sojourn', 'sessions', 'l'), ['list']);
  assert.deepEqual(offered('sojourn', 'sessions', 'list', '--has'), ['--has-errors', '--has-crash']);
  assert.deepEqual(offered('sojourn', 'keys', 'create', '--na'), ['--name']);
});
