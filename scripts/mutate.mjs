// Disables one counting rule after the other (docs/usage.md) in the compiled program and runs the tests that
// guard them: each time some test has to fail. Arguments select the rules whose name contains one of them.
// Exit code 1 if a rule could be disabled without a failing test.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTATIONS } from './mutations.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TESTS = [
  'src/normalize/usage.test.js',
  'src/normalize/cost.test.js',
  'src/normalize/provider.test.js',
  'src/sessionize/usage.test.js',
  'src/sessionize/endings.test.js',
  'src/sessionize/session-usage.test.js',
  'src/normalize/dialects/claude-code.test.js',
  'src/otlp/metric-log-records.test.js',
  'test/fixtures.test.js',
  'test/usage-pages.test.js',
].map((name) => join('dist', name));

const words = process.argv.slice(2);
const chosen = MUTATIONS.filter(([rule]) => words.length === 0 || words.some((word) => rule.includes(word)));
if (!testsPass()) fail('the tests fail as they are');
const unnoticed = [];
for (const [rule, name, find, replacement] of chosen) {
  const file = join(ROOT, 'dist', name);
  const original = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    original.replace(find, () => replacement),
  );
  let passed;
  try {
    passed = testsPass();
  } finally {
    writeFileSync(file, original);
  }
  console.log(`${passed ? 'UNNOTICED' : 'noticed  '}  ${rule}`);
  if (passed) unnoticed.push(rule);
}
console.log(`${chosen.length - unnoticed.length} noticed, ${unnoticed.length} unnoticed`);
process.exitCode = unnoticed.length === 0 ? 0 : 1;

function testsPass() {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--test', ...TESTS], { cwd: ROOT, stdio: 'ignore', env }).status === 0;
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
