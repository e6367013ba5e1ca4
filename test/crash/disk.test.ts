import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { compileDisk, Disk } from './disk.js';
import { GOOD_LUCK, type Luck, readTrace, SimulatedDisk, takeSnapshot } from './disk-trace.js';

/** The library below SQLite, and what is made of its trace. */

const folder = mkdtempSync(join(tmpdir(), 'sojourn-disk-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const library = compileDisk(folder);
const BAD_LUCK: Luck = { ...GOOD_LUCK, fate: () => 'lost' };
let disks = 0;

function newDisk() {
  assert.ok('path' in library);
  const place = join(folder, String(++disks));
  const root = join(place, 'root');
  mkdirSync(root, { recursive: true });
  const before = takeSnapshot(root);
  const disk = new Disk(library.path, place, root);
  /** Runs a script, in which `at` gives paths below the root. */
  const run = (script: string): string => {
    const text = `const fs = require('node:fs'); const at = (name) => ${JSON.stringify(root)} + name; ${script}`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', text], {
      env: { ...process.env, ...disk.variables },
      encoding: 'utf8',
    });
    disk.close();
    return stdout + stderr;
  };
  /** The files after a power failure at the end. */
  const filesAfter = (luck: Luck): Record<string, string> => {
    const simulated = new SimulatedDisk(before);
    for (const operation of readTrace(disk.trace)) simulated.apply(operation, luck);
    simulated.fail(luck);
    return Object.fromEntries([...simulated.files()].map(([path, bytes]) => [path, bytes.toString()]));
  };
  return { disk, run, filesAfter };
}

describe('the disk of a crash test', { skip: 'missing' in library && library.missing }, () => {
  it('loses what was not synced: bytes by the file, names by the directory', () => {
    const { run, filesAfter } = newDisk();
    const script = `
      const sync = (path) => { const fd = fs.openSync(path, 'r'); fs.fsyncSync(fd); fs.closeSync(fd); };
      fs.writeFileSync(at('/unsynced'), 'one');
      fs.writeFileSync(at('/synced'), 'two');
      sync(at('/synced'));
      sync(at(''));
      fs.writeFileSync(at('/unnamed'), 'three');
      sync(at('/unnamed'));
      fs.appendFileSync(at('/synced'), ' more');
      fs.renameSync(at('/synced'), at('/renamed'));
      fs.rmSync(at('/unsynced'));`;
    assert.equal(run(script), '');
    assert.deepEqual(filesAfter(GOOD_LUCK), { renamed: 'two more', unnamed: 'three' });
    assert.deepEqual(filesAfter(BAD_LUCK), { unsynced: '', synced: 'two' });
    assert.deepEqual(filesAfter({ ...BAD_LUCK, isSyncLost: () => true }), {});
  });

  it('loses sectors of a torn write, and what a failed sync was to write', () => {
    const { disk, run, filesAfter } = newDisk();
    disk.set('syncsToFault', 1);
    const script = `
      const fd = fs.openSync(at('/file'), 'w');
      fs.writeSync(fd, 'x'.repeat(1024));
      try { fs.fdatasyncSync(fd); } catch ({ code }) { console.log(code); }
      fs.fdatasyncSync(fd);
      fs.fsyncSync(fs.openSync(at(''), 'r'));`;
    assert.equal(run(script), 'EIO\n');
    assert.deepEqual(filesAfter(BAD_LUCK), { file: '' });
    let sectors = 0;
    const torn: Luck = { ...GOOD_LUCK, fate: () => 'torn', isSectorKept: () => ++sectors === 2 };
    assert.deepEqual(filesAfter(torn), { file: '\0'.repeat(512) + 'x'.repeat(512) });
  });

  it('fails writes, is full, and ends the process', () => {
    const { disk, run, filesAfter } = newDisk();
    disk.set('writesToFault', 1);
    disk.set('writeError', 28);
    disk.set('operationsToKill', 5);
    const script = `
      try { fs.writeFileSync(at('/file'), 'four'); } catch ({ code }) { console.log(code); }
      fs.writeFileSync(at('/file'), 'five', { flag: 'r+' });
      fs.renameSync(at('/file'), at('/other'));
      console.log('renamed');
      fs.rmSync(at('/other'));`;
    assert.equal(run(script), 'ENOSPC\n');
    assert.deepEqual(filesAfter(GOOD_LUCK), { file: 'five' });
    const full = newDisk();
    full.disk.set('isFull', 1);
    assert.equal(
      full.run(`try { fs.writeFileSync(at('/file'), 'six'); } catch ({ code }) { console.log(code); }`),
      'ENOSPC\n',
    );
  });

  it('moves the clock', () => {
    const { disk, run } = newDisk();
    disk.set('clockOffsetNs', -86_400_000_000_000n);
    const daysBack = (Date.now() - Number(run('console.log(Date.now())'))) / 86_400_000;
    assert.ok(daysBack > 0.99 && daysBack < 1.01, `${daysBack}`);
  });
});
