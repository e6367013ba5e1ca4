import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DatabaseSync } from '@photostructure/sqlite';
import { brokenFrame } from './write-ahead-log.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-wal-'));
after(() => rmSync(root, { recursive: true }));

/** Bytes of the salt in the header of the last frame: if one is changed, the frame looks like one of before. */
const SALT = { from: 8, to: 16 };

function written(): Buffer {
  const path = join(root, 'test.sqlite');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a)');
  for (let i = 0; i < 20; i++) db.exec(`INSERT INTO t VALUES ('before ${i}')`);
  // Begins the log again, and leaves older frames behind the new ones.
  db.exec(`PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES ('a'); INSERT INTO t VALUES ('b')`);
  const wal = readFileSync(`${path}-wal`);
  db.close();
  return wal;
}

test('a changed byte of a write-ahead log is found, unless it is in what the log does not have any more', () => {
  const wal = written();
  const frame = 24 + wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let frames = 0;
  while (wal.subarray(32 + frames * frame + 8, 32 + frames * frame + 16).equals(salt)) frames++;
  assert.ok(frames >= 2 && 32 + frames * frame < wal.length, 'there are older frames');
  assert.equal(brokenFrame(wal), undefined);
  const end = 32 + frames * frame;
  for (let at = 0; at < wal.length; at += 61) {
    const inFrame = (at - 32) % frame;
    const isLastSalt = at >= end - frame && at < end && inFrame >= SALT.from && inFrame < SALT.to;
    const changed = Buffer.from(wal);
    changed[at]! ^= 1;
    const found = brokenFrame(changed);
    if (at >= end || isLastSalt) assert.equal(found, undefined, `byte ${at}`);
    else assert.ok(found !== undefined && found <= at && at < found + 2 * frame, `byte ${at}: ${found}`);
  }
});
