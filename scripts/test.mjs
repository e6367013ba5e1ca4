// Runs all compiled tests. Ends with the failed ones, a line each, and one line of totals: `N passed, N failed`, and
// `, N skipped` if any.
// Arguments select the files whose path contains one of them. With --postgres only tests of the running server
// run, with PostgreSQL as its store, but for those in test/support/on-postgres.ts. SOJOURN_TEST_NODE names another Node.js binary,
// with which all tests run a second time; the totals cover both runs. First, if possible, Chromium is
// installed for tests of the web page, the RUM SDKs for tests of visits, PostgreSQL for tests of its store, a
// validator for tests of manifests, and promtool for tests of alert rules.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, installChromium } from './chromium.mjs';
import { installKubernetesValidate } from './kubernetes-validate.mjs';
import { findPostgres, installPostgres } from './postgres.mjs';
import { installPromtool } from './promtool.mjs';
import { installRumSdks } from './rum-sdks.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/**
 * Test files at a time. Tests of the running program start processes of their own, so two suffice for two
 * cores.
 */
const CONCURRENCY = 2;
/**
 * ms. A file that takes longer in a run of all tests hangs: it fails, and the rest goes on. Chosen files have no
 * limit, since some can be told to run for hours.
 */
const FILE_LIMIT = 15 * 60_000;

const words = process.argv.slice(2).filter((word) => word !== '--postgres');
const isOnPostgres = process.argv.includes('--postgres');
const files = isOnPostgres ? await serverTestFiles(words) : testFiles(words);
if (files.length === 0) {
  console.error('no compiled tests found; npm run build makes them');
  process.exit(1);
}

const { removeAtEnd } = await import('../dist/test/support/clean-up.js');

if (files.some((file) => file.includes(join('test', 'browser')))) {
  installChromium();
  if (findChromium() === undefined)
    console.error('The tests of the web page are skipped: there is no Chromium here.');
}
if (files.some((file) => file.includes(join('test', 'browser', 'visits')))) installRumSdks();
if (files.some((file) => file.includes(join('test', 'deploy', 'files')))) installKubernetesValidate();
if (files.some((file) => file.includes(join('test', 'deploy', 'monitoring')))) installPromtool();
if (isOnPostgres || files.some((file) => file.includes('postgres'))) {
  installPostgres();
  if (findPostgres() === undefined) {
    console.error('The tests of the PostgreSQL store are skipped: there is no PostgreSQL 14 or newer here.');
    if (isOnPostgres) process.exit();
  }
}

/**
 * Long tests of what PostgreSQL, Chromium or a proxy does, which depends on no version of Node.js: they run with the
 * first one only.
 */
const LONG = [
  'postgres-answers',
  'postgres-copy',
  'postgres-damage',
  'postgres-erasure',
  'postgres-exact',
  'postgres-faults',
  'postgres-sign-in',
  join('conformance', 'postgres'),
  join('test', 'browser'),
  join('deploy', 'proxies'),
];

const totals = { pass: 0, fail: 0, skipped: 0 };
/** A line for each test that failed, without those that failed because a test within them did. */
const failures = [];
let exitCode = 0;
const binaries = [process.execPath];
if (process.env.SOJOURN_TEST_NODE) binaries.push(process.env.SOJOURN_TEST_NODE);
for (const [at, binary] of binaries.entries()) {
  runTests(binary, at === 0 ? files : files.filter((file) => !LONG.some((word) => file.includes(word))));
}

for (const failure of failures) console.log(failure);
const skipped = totals.skipped === 0 ? '' : `, ${totals.skipped} skipped`;
console.log(`${totals.pass} passed, ${totals.fail} failed${skipped}`);
process.exitCode = exitCode;

function testFiles(words) {
  return ['dist/src', 'dist/client', 'dist/test', 'dist/web-node/web']
    .map((folder) => join(ROOT, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))))
    .map((file) => relative(ROOT, file))
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort();
}

/** Those that start servers, without those that do not run on PostgreSQL. */
async function serverTestFiles(words) {
  const { notOnPostgres } = await import('../dist/test/support/on-postgres.js');
  return testFiles(words).filter((file) => {
    if (!/\/support\/(server|hostile)\.js'/.test(readFileSync(join(ROOT, file), 'utf8'))) return false;
    const reason = notOnPostgres(file.replaceAll('\\', '/'));
    if (reason !== undefined) console.error(`left out: ${file}: ${reason}`);
    return reason === undefined;
  });
}

function runTests(binary, files) {
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-test-'));
  removeAtEnd(folder);
  // PostgreSQL does not run as root, and has to reach what its tests share here.
  chmodSync(folder, 0o711);
  const report = join(folder, 'report.tap');
  const args = [
    '--test',
    `--test-concurrency=${CONCURRENCY}`,
    ...(words.length === 0 ? [`--test-timeout=${FILE_LIMIT}`] : []),
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${report}`,
    ...files,
  ];
  // Without this, a run inside another run (npm test from a test) would report to that one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const result = spawnSync(binary, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...env, SOJOURN_TEST_RUN: folder, ...(isOnPostgres && { SOJOURN_TEST_STORE: 'postgres' }) },
  });
  if (result.error !== undefined) console.error(`cannot run ${binary}: ${result.error.message}`);
  const complete = addTotals(report, binary);
  if (result.status !== 0) exitCode = result.status ?? 1;
  else if (!complete) exitCode = 1;
  rmSync(folder, { recursive: true, force: true });
}

/** Adds the failures and closing counts of a TAP report; returns false if the run did not finish. */
function addTotals(report, binary) {
  const text = existsSync(report) ? readFileSync(report, 'utf8') : '';
  for (const failure of failuresOf(text))
    failures.push(`FAILED with ${binary === process.execPath ? process.version : binary}: ${failure}`);
  // The last match, because output of tests is in the report as comments too.
  const count = (name) => {
    const matches = [...text.matchAll(new RegExp(`^# ${name} (\\d+)$`, 'gm'))];
    return Number(matches.at(-1)?.[1] ?? Number.NaN);
  };
  const pass = count('pass');
  if (Number.isNaN(pass)) {
    console.error('the test run ended before it had counted its tests');
    totals.fail += 1;
    return false;
  }
  totals.pass += pass;
  totals.fail += count('fail') + count('cancelled');
  totals.skipped += count('skipped') + count('todo');
  return true;
}

/** Name, place and the start of the message of each failed test of a TAP report. */
function failuresOf(tap) {
  return [...tap.matchAll(/^ *not ok \d+ - (.*)\n( *)---\n([\s\S]*?)\n\2\.\.\.$/gm)]
    .filter(
      ([, name, , details]) => !name.endsWith('# TODO') && !/failureType: 'subtestsFailed'/.test(details),
    )
    .map(([, name, , details]) => {
      const location = /location: '(.*)'/.exec(details)?.[1] ?? '';
      const error = /error: (?:\|-\s*)?(.*)/.exec(details)?.[1] ?? '';
      // What a property says after its counterexample.
      const got = /^ *Got (.*)/m.exec(details)?.[1];
      const what = got === undefined ? error : `${error}: ${got}`;
      return `${name} (${location.replace(`${ROOT}`, '')}): ${what.slice(0, 300)}`;
    });
}
