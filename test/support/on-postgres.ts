/**
 * The tests of the running server that do not run on PostgreSQL (`npm run test:postgres`), and why. All others
 * run on both stores.
 */

/** Whether tests of the running server have PostgreSQL as its store. */
export const isOnPostgres = process.env.SOJOURN_TEST_STORE === 'postgres';

/** By the beginning of the compiled file's path. */
const FILES: Readonly<Record<string, string>> = {
  'dist/test/e2e/backup': 'what is backed up and restored are data directories',
  'dist/test/e2e/check.': 'it checks and damages files of a data directory',
  'dist/test/e2e/earlier-releases': 'what is kept are data directories',
  'dist/test/e2e/full-disk': 'the disk of the data directory is full; that of PostgreSQL is its own affair',
  'dist/test/e2e/fold-fault': 'the fault is put into the file of sessions',
  'dist/test/e2e/refold': 'other rules, and damage, are written into the file of sessions',
  'dist/test/e2e/stop': 'other rules are written into the file of sessions, so that there is much to fold',
  'dist/test/e2e/mcp-http': 'its keys are made in the data directory, and the tools read the API alone',
  'dist/test/e2e/postgres': 'it has PostgreSQL in npm test',
  'dist/test/deploy': 'it names its stores itself',
  'dist/test/browser': 'the page knows the API alone, which has the same answers',
};

/** By a name that the test uses too. */
const TESTS = {
  'data by variable': 'nothing is written to the data directory',
  'data in use': 'a database serves any number of processes',
  'newer data': 'a version is written into the file; migrations of PostgreSQL have tests of their own',
  'wrong data': 'the data directory is not looked at',
} as const;

/** Why no test of this compiled file runs on PostgreSQL; undefined if they do. */
export function notOnPostgres(file: string): string | undefined {
  return Object.entries(FILES).find(([path]) => file.startsWith(path))?.[1];
}

/** What `skip` of a test takes: why it does not run on PostgreSQL, or false. */
export function skipOnPostgres(test: keyof typeof TESTS): string | false {
  return isOnPostgres && TESTS[test];
}
