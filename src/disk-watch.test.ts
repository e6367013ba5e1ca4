import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DiskReading, diskState, diskWarning, readDisk, withReading } from './disk-watch.js';

const MINUTE = 60_000;
const GB = 1e9;

const readings = (...all: readonly DiskReading[]) =>
  all.reduce<readonly DiskReading[]>((before, reading) => withReading(before, reading), []);

test('the time until the disk is full follows from the growth of the store', () => {
  // 1 GB an hour, and 24 GB are free.
  const grown = readings(
    { atMs: 0, storeBytes: 10 * GB, freeBytes: 25 * GB },
    { atMs: 60 * MINUTE, storeBytes: 11 * GB, freeBytes: 24 * GB },
  );
  const state = diskState(grown)!;
  assert.equal(Math.round(state.secondsUntilFull! / 3600), 24);
  assert.match(diskWarning(state)!, /full in about 24 h at the present rate \(24 GB free\)/);
});

test('there is no forecast for a store that does not grow, or has few readings', () => {
  const resting = readings(
    { atMs: 0, storeBytes: GB, freeBytes: 50 * GB },
    { atMs: 60 * MINUTE, storeBytes: GB, freeBytes: 50 * GB },
  );
  assert.deepEqual(diskState(resting), { storeBytes: GB, freeBytes: 50 * GB, secondsUntilFull: undefined });
  assert.equal(diskWarning(diskState(resting)!), undefined);
  const young = readings(
    { atMs: 0, storeBytes: GB, freeBytes: 50 * GB },
    { atMs: MINUTE, storeBytes: 2 * GB, freeBytes: 49 * GB },
  );
  assert.equal(diskState(young)?.secondsUntilFull, undefined);
  assert.equal(diskState([]), undefined);
});

test('little free space gives a warning even without growth', () => {
  const state = diskState([{ atMs: 0, storeBytes: GB, freeBytes: GB / 2 }])!;
  assert.equal(diskWarning(state), 'the disk is nearly full (0.50 GB free)');
});

test('a day of readings is kept, one a minute', () => {
  let kept: readonly DiskReading[] = [];
  for (let second = 0; second <= 2 * 86_400; second += 10) {
    kept = withReading(kept, { atMs: second * 1000, storeBytes: second, freeBytes: GB });
  }
  assert.ok(kept.length <= 24 * 60 + 2, String(kept.length));
  assert.equal(kept.at(-1)?.storeBytes, 2 * 86_400);
  assert.ok(kept[0]!.atMs >= 86_400_000);
});

test('the bytes of a directory are those of its files', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sojourn-disk-'));
  writeFileSync(join(directory, 'a'), Buffer.alloc(1000));
  writeFileSync(join(directory, 'b'), Buffer.alloc(24));
  const { storeBytes, freeBytes, atMs } = await readDisk(directory, 7);
  assert.deepEqual([storeBytes, atMs], [1024, 7]);
  assert.ok(freeBytes > 0);
  rmSync(directory, { recursive: true });
});
