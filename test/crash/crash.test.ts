import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Random } from '../../src/demo/random.js';
import { CRASH_POINTS } from '../../src/store/crash-points.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { runCommand, runCommandWith, startServer } from '../support/server.js';
import { compileDisk, Disk } from './disk.js';
import { GOOD_LUCK, readTrace, SimulatedDisk, takeSnapshot, writeFiles } from './disk-trace.js';
import { DiedError, Life } from './life.js';
import { type End, runRound } from './rounds.js';

/** The short form of `npm run test:crash`: some rounds of it. */

const PROGRAM = fileURLToPath(new URL('../../src/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sojourn-crash-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const library = compileDisk(folder);
const skip = 'missing' in library && library.missing;

describe('a server that crashes', {
  skip: isOnPostgres && 'it is about data directories',
  concurrency: 2,
}, () => {
  it('can be ended at every named point', () => {
    const program = readdirSync(PROGRAM, { recursive: true })
      .map((name) => join(PROGRAM, String(name)))
      .filter((path) => path.endsWith('.js') && !path.endsWith('.test.js'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('');
    for (const point of CRASH_POINTS) assert.ok(program.includes(`crashPoint('${point}')`), point);
  });

  const round = (number: number, end: End) => () =>
    runRound({ seed: 'short', number, library, folder }, end).then(() => {});
  const at = (point: (typeof CRASH_POINTS)[number]): number => CRASH_POINTS.indexOf(point) + 1;

  it('has a key that was shown, in a directory that was new, after the power failed', { skip }, async () => {
    assert.ok('path' in library);
    const place = join(folder, 'key');
    const root = join(place, 'disk');
    mkdirSync(root, { recursive: true });
    const before = takeSnapshot(root);
    const disk = new Disk(library.path, place, root);
    const data = join(root, 'new');
    const made = await runCommandWith(
      disk.variables,
      ...['keys', 'create', '--data', data, '--name', 'exporter', '--scope', 'ingest', '--all-projects'],
    );
    assert.equal(made.code, 0, made.stderr);
    const simulated = new SimulatedDisk(before);
    const luck = { ...GOOD_LUCK, fate: () => 'lost' as const };
    for (const operation of readTrace(disk.trace)) simulated.apply(operation, luck);
    simulated.fail(luck);
    disk.close();
    const after = join(place, 'after');
    writeFiles(simulated.files(), after);
    const listed = await runCommand('keys', 'list', '--data', join(after, 'new'));
    assert.match(listed.stdout, /exporter/, listed.stderr);
  });

  it('has everything when it ends while a directory is taken over', round(at('takeover.closed'), 'point'));
  it(
    'has everything when it ends while sessions leave by retention',
    round(at('retention.removed'), 'point'),
  );
  it('has everything when the power fails', { skip }, round(102, 'power'));
  it('starts on a full disk, with an erasure to finish', { skip }, async () => {
    assert.ok('path' in library);
    const place = join(folder, 'full');
    const root = join(place, 'disk');
    mkdirSync(root, { recursive: true });
    const data = join(root, 'data');
    const life = new Life('full', new Random('full'));
    const killed = await startServer({ data, variables: { SOJOURN_CRASH_AT: 'erasure.rewritten' } });
    await life.visit(killed, 1);
    await assert.rejects(async () => {
      await life.erase(killed);
      await life.erased(killed);
    }, DiedError);
    const disk = new Disk(library.path, place, root);
    disk.set('isFull', 1);
    const server = await startServer({ data, variables: disk.variables, until: 'answering' });
    try {
      disk.set('isFull', 0);
      await life.erased(server);
      assert.equal(await server.stop(), 0, server.stderr);
    } finally {
      await server.dispose();
      disk.close();
    }
  });

  it('does not depend on the clock', { skip }, round(106, 'clock'));
});
