import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from './log.js';
import { StoreHealth } from './store-health.js';
import { createTelemetry } from './telemetry.js';

const GB = 1e9;
const ROOMY = { storeBytes: GB, freeBytes: 100 * GB, secondsUntilFull: undefined };

function healthOf() {
  const lines: string[] = [];
  const failures: Error[] = [];
  const write = (message: string): void => void lines.push(message);
  const log: Logger = { debug: write, info: write, warn: write, error: write };
  const telemetry = createTelemetry();
  const openings: boolean[] = [];
  const health = new StoreHealth({
    log,
    telemetry,
    failed: (error) => void failures.push(error),
    opening: () => void openings.push(true),
  });
  return { health, lines, failures, telemetry, openings };
}

test('a store without reports is ready, and says how large it is once it was measured', () => {
  const { health } = healthOf();
  assert.deepEqual(health.readiness(undefined), { ready: true });
  assert.deepEqual(health.readiness(ROOMY), {
    ready: true,
    store: { size_bytes: GB, free_bytes: 100 * GB },
  });
});

test('erasures that are not done are counted, none at first', async () => {
  const { health, telemetry } = healthOf();
  const jobs = async (): Promise<string[]> =>
    (await telemetry.render()).split('\n').filter((line) => line.startsWith('sojourn_erasure_jobs{'));
  const lines = (unfinished: number, failed: number): string[] => [
    `sojourn_erasure_jobs{state="unfinished"} ${unfinished}`,
    `sojourn_erasure_jobs{state="failed"} ${failed}`,
  ];
  assert.deepEqual(await jobs(), lines(0, 0));
  health.erasuresDue({ unfinished: 2, failed: 1 });
  assert.deepEqual(await jobs(), lines(2, 1));
});

test('while nothing can be written the server is not ready, and its answers may lack records on disk', async () => {
  const { health, lines, telemetry } = healthOf();
  health.unfolded(7);
  health.writable('the disk is full');
  const { ready, reason, behind } = health.readiness(undefined);
  assert.equal(ready, false);
  assert.match(reason!, /nothing can be written: the disk is full/);
  assert.equal(behind, 'not all that is on disk is in sessions');
  assert.match(await telemetry.render(), /^sojourn_store_writable 0$/m);
  health.writable();
  assert.deepEqual(health.readiness(undefined), { ready: true });
  assert.match(await telemetry.render(), /^sojourn_store_writable 1$/m);
  assert.equal(lines.at(-1), 'the store can be written again');
});

test('if sessions stay as they are the server is ready and says so', () => {
  const { health } = healthOf();
  health.foldFailed('a fault of ours');
  assert.equal(health.readiness(undefined).behind, undefined);
  health.unfolded(1);
  const { ready, reason, behind } = health.readiness(ROOMY);
  assert.equal(ready, true);
  assert.match(reason!, /until the next start/);
  assert.equal(behind, 'not all that is on disk is in sessions');
});

test('if blocks are damaged the server is ready, and reports while it runs that sessions lack their records', () => {
  const { health, lines } = healthOf();
  health.damaged([{ first: 12, last: 12 }]);
  assert.match(health.readiness(ROOMY).reason!, /^block 12 of the log on disk cannot be read/);
  health.damaged([
    { first: 12, last: 12 },
    { first: 40, last: 41 },
  ]);
  const { ready, reason } = health.readiness(ROOMY);
  assert.equal(ready, true);
  assert.match(reason!, /^block 12 and 2 other/);
  assert.match(lines.at(-1)!, /run sojourn repair/);
});

test('while sessions catch up with the disk the server is ready, and shows the progress', () => {
  const { health, lines } = healthOf();
  health.unfolded(1_000);
  health.catchingUp({ done: 299, total: 1000 });
  const { ready, reason, behind } = health.readiness(ROOMY);
  assert.equal(ready, true);
  assert.match(reason!, /brought up to what is on disk, 29 % is done/);
  assert.equal(behind, 'not all that is on disk is in sessions');
  assert.match(health.readiness(ROOMY).reason!, /meanwhile is kept$/);
  health.catchingUp({ done: 299, total: 1000, servesOldSessions: true });
  assert.match(
    health.readiness(ROOMY).reason!,
    /answers stay as they were until then, and telemetry received meanwhile is kept and shown afterwards$/,
  );
  assert.equal(health.readiness(ROOMY).behind, 'sessions are being made again; this answer is from before');
  health.catchingUp({ done: 0, total: 0 });
  assert.match(health.readiness(ROOMY).reason!, /, 0 % is done/);
  health.writable('the disk is full');
  assert.match(health.readiness(ROOMY).reason!, /nothing can be written/);
  health.writable();
  assert.match(
    health.readiness({ ...ROOMY, freeBytes: GB / 2 }).reason!,
    /nearly full/,
    'problems that need an operator come first',
  );
  health.unfolded(0);
  health.catchingUp(undefined);
  assert.equal(health.readiness(ROOMY).reason, undefined);
  assert.equal(health.readiness(ROOMY).behind, undefined);
  assert.equal(lines.at(-1), 'sessions are up to date');
});

test('a disk that gets full is reported while the server is ready', () => {
  const { health } = healthOf();
  const { ready, reason } = health.readiness({ ...ROOMY, freeBytes: GB / 2 });
  assert.equal(ready, true);
  assert.match(reason!, /nearly full/);
});

test('the end of the store is passed on', () => {
  const { health, failures } = healthOf();
  health.failed(new Error('it ended'));
  assert.equal(failures[0]?.message, 'it ended');
});

test('while the data of an older version is taken over the server is not ready, and says how far that is', () => {
  const { health, openings } = healthOf();
  health.opening({ done: 0, total: 0 });
  health.opening({ done: 30, total: 90 });
  const { ready, reason } = health.readiness(undefined);
  assert.equal(ready, false);
  assert.match(reason!, /brought up to this version, 33 % is done/);
  health.opening(undefined);
  assert.equal(health.readiness(ROOMY).ready, true);
  assert.equal(openings.length, 1);
});

test('while the database is waited for the server is not ready, and the log says why', () => {
  const { health, lines, openings } = healthOf();
  health.waiting('PostgreSQL at db.example cannot be reached');
  health.waiting('PostgreSQL at db.example cannot be reached');
  const { ready, reason } = health.readiness(undefined);
  assert.equal(ready, false);
  assert.match(reason!, /database cannot be reached yet/);
  assert.doesNotMatch(reason!, /db\.example/);
  assert.deepEqual([lines.length, openings.length], [1, 1]);
  health.waiting(undefined);
  assert.equal(health.readiness(undefined).ready, true);
  assert.deepEqual(lines.at(-1), 'the database is there');
});

test('what is found to be damaged is a warning, and said for as long as the server runs', () => {
  const { health, lines } = healthOf();
  health.warning('block 7 is damaged');
  assert.deepEqual(lines, ['block 7 is damaged']);
  const { ready, reason } = health.readiness(ROOMY);
  assert.deepEqual([ready, reason], [true, 'block 7 is damaged']);
});
