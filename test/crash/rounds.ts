import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DatabaseSync } from '@photostructure/sqlite';
import { Random } from '../../src/demo/random.js';
import { CRASH_POINTS, type CrashPoint } from '../../src/store/crash-points.js';
import { keptReleases, restoreRelease } from '../support/release-data.js';
import {
  type CommandResult,
  runCommand,
  runCommandWith,
  startServer,
  type TestServer,
} from '../support/server.js';
import { Disk, type DiskLibrary, type DiskNumber, WRITE_ERRORS } from './disk.js';
import {
  GOOD_LUCK,
  type Luck,
  readTrace,
  SimulatedDisk,
  type Snapshot,
  takeSnapshot,
  writeFiles,
} from './disk-trace.js';
import { DiedError, isOfTraffic, isVisitor, Life } from './life.js';

/**
 * Rounds of the crash test. In each, a server lives on a data directory until it is killed, its disk fails, or the
 * power does. Then another one is started on what is left. Senders repeat what was not acknowledged. Afterwards
 * everything acknowledged is there exactly once, nothing erased is there, and `sojourn check` finds nothing.
 */

const OLD_DATABASE = fileURLToPath(
  new URL('../../../test/data-directories/schema-10.sqlite.gz', import.meta.url),
);

const OLD_SESSIONS = ['p s0', 'p s1', 'p s2', 'q s0', 'q s1'];

/** Compaction takes segments that were not written for this time. */
const SOON = ['--compress-after', '1s'];

/** Old sessions of `Life` go, all others stay. */
const KEEP = ['--keep-sessions', '100d'];

export interface RoundOptions {
  readonly seed: string;
  readonly number: number;
  readonly library: DiskLibrary;
  /** Where directories of rounds are made. That of a failed round stays. */
  readonly folder: string;
}

export interface RoundResult {
  /** What was done, for people. */
  readonly text: string;
  /** Set if a point was reached. */
  readonly point?: CrashPoint;
  readonly acknowledged: number;
}

/** What ends the first server. */
const ENDS = [
  'point',
  'kill',
  'operation',
  'power',
  'power in backup',
  'lost sync',
  'disk error',
  'full disk',
  'clock',
] as const;
export type End = (typeof ENDS)[number];

/** Ends that need no library below SQLite. */
const WITHOUT_LIBRARY: readonly End[] = ['point', 'kill'];

/**
 * Runs a round. The first rounds have one point each, so that all points are reached; the rest is chosen by seed and
 * number alone.
 */
export async function runRound(options: RoundOptions, end = chosenEnd(options)): Promise<RoundResult> {
  const folder = mkdtempSync(join(options.folder, `round-${options.number}-`));
  const round = new Round(options, folder);
  try {
    const result = await round.run(end);
    rmSync(folder, { recursive: true, force: true });
    return result;
  } catch (error) {
    const { seed, number } = options;
    throw new Error(
      `round ${number} (${round.text}) failed. Again: SOJOURN_CRASH_SEED=${seed} SOJOURN_CRASH_ROUND=${number} npm run test:crash. Its files: ${folder}\n${(error as Error).stack}`,
      { cause: error },
    );
  } finally {
    await round.close();
  }
}

function chosenEnd({ seed, number, library }: RoundOptions): End {
  if (number <= CRASH_POINTS.length) return 'point';
  return new Random(`${seed}:${number}:end`).pick('path' in library ? ENDS : WITHOUT_LIBRARY);
}

type Step = (server: TestServer) => Promise<void>;

class Round {
  readonly #options: RoundOptions;
  readonly #folder: string;
  /** What is on the disk of a round: the data directory. */
  readonly #root: string;
  readonly #data: string;
  readonly #random: Random;
  readonly #life: Life;
  readonly #said: string[] = [];
  #server: TestServer | undefined;
  /** What a server said that ended by itself. */
  #end: string | undefined;
  #disk: Disk | undefined;
  /** Sessions that the directory had at first. */
  #inherited: readonly string[] = [];

  constructor(options: RoundOptions, folder: string) {
    const seed = `${options.seed}:${options.number}`;
    this.#options = options;
    this.#folder = folder;
    this.#root = join(folder, 'disk');
    this.#data = join(this.#root, 'data');
    this.#random = new Random(seed);
    this.#life = new Life(seed, this.#random);
    mkdirSync(this.#root);
  }

  get text(): string {
    return this.#said.join(', ');
  }

  async close(): Promise<void> {
    await this.#server?.dispose();
    this.#disk?.close();
  }

  async run(end: End): Promise<RoundResult> {
    const point = end === 'point' ? this.#point() : undefined;
    this.#said.push(point ?? end);
    switch (end) {
      case 'point':
        await this.#runToPoint(point!);
        break;
      case 'kill':
        await this.#runToKill();
        break;
      case 'operation':
        await this.#runToOperation();
        break;
      case 'power':
        await this.#runToPowerFailure(true);
        break;
      case 'power in backup':
        await this.#runBackupToPowerFailure();
        break;
      case 'lost sync':
        await this.#runToPowerFailure(false);
        break;
      case 'disk error':
        await this.#runWithErrors();
        break;
      case 'full disk':
        await this.#runOnFullDisk();
        break;
      case 'clock':
        await this.#runWithJumps();
        break;
    }
    return { text: this.text, acknowledged: this.#life.acknowledged, ...(point !== undefined && { point }) };
  }

  /** In the first rounds one after the other. */
  #point(): CrashPoint {
    return CRASH_POINTS[this.#options.number - 1] ?? this.#random.pick(CRASH_POINTS);
  }

  // What a server lives through

  /** Much of what a server can do. Some of it goes on in the background when this resolves. */
  async #everything(server: TestServer): Promise<void> {
    await this.#write(server);
    await this.#erase(server);
    if (this.#random.chance(0.5)) await this.#life.erased(server);
    if (this.#random.chance(0.3)) await this.#life.compacted(server);
    await this.#write(server);
  }

  async #write(server: TestServer): Promise<void> {
    await this.#life.send(server, this.#random.int(5, 40));
  }

  async #erase(server: TestServer): Promise<void> {
    await this.#life.visit(server, 3);
    await this.#write(server);
    await this.#life.erase(server);
    await this.#write(server);
    await this.#life.erase(server);
  }

  /** Runs a server through steps. Returns whether it ended by itself. */
  async #live(
    steps: Step,
    variables: Readonly<Record<string, string>>,
    flags: readonly string[] = [],
  ): Promise<boolean> {
    try {
      this.#server = await startServer({ data: this.#data, flags: [...SOON, ...flags], variables });
      await steps(this.#server);
      return false;
    } catch (error) {
      const isDead = error instanceof DiedError || /the server ended before/.test((error as Error).message);
      if (!isDead) throw error;
      this.#end = (error as Error).message;
      return true;
    }
  }

  async #kill(): Promise<void> {
    if (this.#server?.hasEnded === false) await this.#disk?.freeze();
    await this.#server?.kill();
    this.#server = undefined;
  }

  // Ends

  async #runToPoint(point: CrashPoint): Promise<void> {
    const isFirst = this.#options.number <= CRASH_POINTS.length;
    const times = isFirst ? 1 : this.#random.int(1, 3);
    const at = { SOJOURN_CRASH_AT: `${point}:${times}` };
    this.#said.push(`time ${times}`);
    const [path] = point.split('.');
    if (path === 'backup' || path === 'restore') return this.#runBackup(path, at, times === 1);
    if (path === 'retention') return this.#runRetention(point, at, times === 1);
    if (path === 'repair') return this.#runRepair(point, at, times === 1);
    if (path === 'takeover') this.#inheritOldest();
    else if (point === 'schema.noting' && this.#random.chance(0.5)) this.#inheritRelease();
    const hasOlderRules = point.startsWith('sessions.adopt');
    if (hasOlderRules || point === 'log.cut' || point === 'log.confirmed') {
      assert.equal(await this.#live((server) => this.#write(server), {}), false);
      await this.#kill();
      if (hasOlderRules) this.#makeRulesOlder();
      if (point === 'log.cut') this.#leaveUnfinishedAppend();
      if (point === 'log.confirmed') this.#removeRows();
    }
    const isReached = await this.#live(async (server) => {
      await this.#everything(server);
      await this.#life.erased(server);
      await this.#life.compacted(server);
      await this.#write(server);
    }, at);
    assert.ok(isReached || times > 1, `${point} is not reached`);
    await this.#kill();
    await this.#prove();
  }

  /** Kills at a moment that nothing else determines. */
  async #runToKill(): Promise<void> {
    if (this.#random.chance(0.15)) this.#inheritRelease();
    let left = this.#random.int(1, 200);
    const isDead = await this.#live(async (server) => {
      const countDown = (): void => {
        if (--left === 0) void server.kill();
      };
      await this.#life.send(server, 20, countDown);
      await this.#erase(server);
      await this.#life.send(server, 200, countDown);
    }, {});
    assert.ok(isDead);
    await this.#prove();
  }

  /** Kills between two changes of files. */
  async #runToOperation(): Promise<void> {
    const origin = this.#random.int(1, 6);
    if (origin === 1) this.#inheritOldest();
    else if (origin === 2) this.#inheritRelease();
    const disk = this.#newDisk();
    disk.set('operationsToKill', this.#random.int(1, this.#random.chance(0.3) ? 100 : 1500));
    const isDead = await this.#live((server) => this.#everything(server), disk.variables);
    this.#said.push(isDead ? 'between two operations' : 'at the end');
    await this.#kill();
    await this.#prove();
  }

  async #runToPowerFailure(keepsSyncs: boolean): Promise<void> {
    const origin = this.#random.int(1, 6);
    if (origin === 1) this.#inheritOldest();
    else if (origin === 2) this.#inheritRelease();
    const before = takeSnapshot(this.#root);
    const disk = this.#newDisk();
    if (this.#random.chance(0.3)) disk.set('syncsToFault', this.#random.int(1, 60));
    await this.#live((server) => this.#everything(server), disk.variables);
    await this.#kill();
    const at = this.#failPower(disk, before, this.#luck(keepsSyncs));
    await this.#prove({ at, isPromised: keepsSyncs });
  }

  /** The power fails during a backup or a restore. */
  async #runBackupToPowerFailure(): Promise<void> {
    const [backup, restored] = [join(this.#root, 'backup'), join(this.#root, 'restored')];
    const backUp = ['backup', '--data', this.#data, '--to', backup];
    const restore = ['restore', '--from', backup, '--data', restored];
    const hasFormer = this.#random.chance(0.7);
    const isRestore = hasFormer && this.#random.chance(0.5);
    const isDead = await this.#live(async (server) => {
      await this.#write(server);
      if (hasFormer) await succeeds(runCommand(...backUp));
      if (isRestore) return;
      await this.#erase(server);
      if (this.#random.chance(0.5)) await this.#life.compacted(server);
      await this.#write(server);
      await this.#life.erased(server);
    }, {});
    assert.equal(isDead, false);
    await this.#kill();
    const before = takeSnapshot(this.#root);
    const disk = this.#newDisk();
    // All of it is in the backup that is made below.
    this.#life.now = () => 0;
    await succeeds(runCommandWith(disk.variables, ...(isRestore ? restore : backUp)));
    this.#failPower(disk, before, this.#luck(true));
    this.#said.push(isRestore ? 'restore' : hasFormer ? 'second backup' : 'first backup');
    if (hasFormer) await this.#assertSound(backup);
    await succeeds(runCommand(...backUp));
    await this.#assertSound(backup);
    if (!existsSync(restored) || existsSync(join(restored, 'restoring')))
      await succeeds(runCommand(...restore));
    rmSync(this.#data, { recursive: true });
    cpSync(restored, this.#data, { recursive: true });
    await this.#prove();
  }

  /**
   * Leaves on the disk what it may have if the power failed after one of the recorded operations. Returns the time of
   * that.
   */
  #failPower(disk: Disk, before: Snapshot, luck: Luck): number {
    const operations = readTrace(disk.trace);
    assert.ok(operations.length > 0, 'nothing was recorded');
    this.#assertComplete(new SimulatedDisk(before), operations);
    const last = this.#random.int(0, operations.length - 1);
    const simulated = new SimulatedDisk(before);
    for (const operation of operations.slice(0, last + 1)) simulated.apply(operation, luck);
    simulated.fail(luck);
    rmSync(this.#root, { recursive: true });
    writeFiles(simulated.files(), this.#root);
    this.#said.push(`after operation ${last + 1} of ${operations.length}`);
    // For whoever looks into a failure.
    cpSync(this.#root, join(this.#folder, 'after-power-failure'), { recursive: true });
    return operations[last]!.end;
  }

  /** The trace gives the files that are there, so that nothing passes by the library. */
  #assertComplete(simulated: SimulatedDisk, operations: ReturnType<typeof readTrace>): void {
    for (const operation of operations) simulated.apply(operation, GOOD_LUCK);
    simulated.fail(GOOD_LUCK);
    const recorded = simulated.files();
    const there = takeSnapshot(this.#root).files;
    const names = there.map(({ path }) => path.slice(this.#root.length + 1)).sort();
    assert.deepEqual([...recorded.keys()].sort(), names, 'names that were recorded');
    for (const { path, bytes } of there)
      assert.ok(recorded.get(path.slice(this.#root.length + 1))!.equals(bytes), `${path} is not as recorded`);
  }

  #luck(keepsSyncs: boolean): Luck {
    const random = this.#random;
    const kept = random.pick([0, 0.5, 0.9, 1]);
    const torn = random.pick([0, 0.5, 1]);
    const lost = keepsSyncs ? 0 : random.pick([0.02, 0.3, 1]);
    return {
      fate: () => (random.chance(kept) ? 'kept' : random.chance(torn) ? 'torn' : 'lost'),
      isSectorKept: () => random.chance(0.5),
      isSyncLost: () => random.chance(lost),
    };
  }

  /** Operations fail now and then, and the server goes on. */
  async #runWithErrors(): Promise<void> {
    const disk = this.#newDisk();
    const kind: DiskNumber = this.#random.pick(['writesToFault', 'syncsToFault', 'namesToFault']);
    const error = this.#random.pick(['short', 'EIO', 'ENOSPC'] as const);
    this.#said.push(kind, error);
    disk.set('writeError', WRITE_ERRORS[error]);
    const fail = (most: number): void => disk.set(kind, this.#random.int(1, most));
    const isDead = await this.#live(async (server) => {
      fail(40);
      await this.#write(server);
      fail(40);
      await this.#erase(server);
      fail(200);
      await this.#write(server);
      await this.#write(server);
    }, disk.variables);
    assert.equal(isDead, false, `${this.#end}\n${this.#server?.stderr}`);
    await this.#kill();
    await this.#prove();
  }

  async #runOnFullDisk(): Promise<void> {
    const disk = this.#newDisk();
    const isDead = await this.#live(async (server) => {
      await this.#write(server);
      await this.#life.visit(server, 3);
      if (this.#random.chance(0.5)) await this.#life.erase(server);
      disk.set('isFull', 1);
      const { acknowledged } = this.#life;
      await this.#life.send(server, 4);
      assert.equal(this.#life.acknowledged, acknowledged, 'acknowledged on a full disk');
      const ready = await server.fetch('/readyz');
      assert.equal(ready.status, 503, await ready.text());
      if (this.#random.chance(0.5)) {
        // It is still full at the next start.
        await server.kill();
        this.#server = await startServer({
          ...{ data: this.#data, flags: SOON, variables: disk.variables, until: 'answering' },
        });
      }
      disk.set('isFull', 0);
      await this.#life.ready(this.#server!);
      await this.#write(this.#server!);
      assert.ok(this.#life.acknowledged > acknowledged, 'nothing is acknowledged since there is room');
      await this.#erase(this.#server!);
    }, disk.variables);
    assert.equal(isDead, false, `${this.#end}\n${this.#server?.stderr}`);
    await this.#kill();
    await this.#prove();
  }

  /** The clock is set forward and back, by less than tombstones last. */
  async #runWithJumps(): Promise<void> {
    const disk = this.#newDisk();
    const jump = (): void => {
      const seconds = this.#random.pick([1, 60, 3_600, 86_400, 200 * 86_400]) * this.#random.pick([-1, 1]);
      this.#said.push(`${seconds} s`);
      disk.set('clockOffsetNs', BigInt(seconds) * 1_000_000_000n);
    };
    jump();
    await this.#live(async (server) => {
      await this.#write(server);
      jump();
      await this.#erase(server);
      jump();
      await this.#write(server);
    }, disk.variables);
    await this.#kill();
    await this.#prove();
  }

  /** A backup beside a server, which ends at a point, and a restore, which may do so too. */
  async #runBackup(
    path: 'backup' | 'restore',
    at: Readonly<Record<string, string>>,
    isCertain: boolean,
  ): Promise<void> {
    const [backup, restored] = [join(this.#folder, 'backup'), join(this.#folder, 'restored')];
    const backUp = ['backup', '--data', this.#data, '--to', backup];
    const restore = ['restore', '--from', backup, '--data', restored];
    const server = await startServer({ data: this.#data, flags: SOON });
    this.#server = server;
    await this.#write(server);
    // Otherwise the first backup is the one that ends at the point.
    if (at.SOJOURN_CRASH_AT !== 'backup.begun:1' && this.#random.chance(0.5)) {
      await succeeds(runCommand(...backUp));
      await this.#write(server);
      await this.#erase(server);
    }
    if (path === 'backup') await assertKilled(runCommandWith(at, ...backUp), isCertain);
    await this.#write(server);
    await this.#life.erased(server);
    await succeeds(runCommand(...backUp));
    await this.#assertSound(backup);
    // What is acknowledged from here on is not in the backup.
    this.#life.now = () => 1;
    await this.#write(server);
    await this.#kill();
    const again = await startServer({ data: this.#data, flags: SOON });
    this.#server = again;
    await this.#life.assertKept(again, 1, true);
    assert.equal(await again.stop(), 0, again.stderr);
    await this.#assertSound(this.#data, '--full');

    if (path === 'restore') await assertKilled(runCommandWith(at, ...restore), isCertain);
    if (existsSync(join(restored, 'restoring')))
      await assert.rejects(startServer({ data: restored }), /restore/, 'a server started on half a restore');
    if (!existsSync(restored) || existsSync(join(restored, 'restoring')))
      await succeeds(runCommand(...restore));
    rmSync(this.#data, { recursive: true });
    cpSync(restored, this.#data, { recursive: true });
    await this.#prove({ at: 0 });
  }

  /** Old sessions leave, until a server ends at a point. The next one continues. */
  async #runRetention(
    point: CrashPoint,
    at: Readonly<Record<string, string>>,
    isCertain: boolean,
  ): Promise<void> {
    await this.#live(async (server) => {
      await this.#life.sendOld(server);
      // Only a closed segment without other records is merged. An erasure closes the one that is written.
      if (point === 'retention.merged') {
        await this.#life.visit(server, 1);
        await this.#life.erase(server);
        await this.#life.erased(server);
      }
      // The first look of retention, soon after a start, must find them: ages are counted from the latest session.
      await this.#write(server);
    }, {});
    await this.#stop();
    const isReached = await this.#live(
      async (server) => {
        await this.#life.retained(server);
        await this.#life.passed(server);
      },
      at,
      KEEP,
    );
    assert.ok(isReached || !isCertain, 'the point is not reached');
    await this.#kill();
    assert.equal(await this.#live((server) => this.#life.retained(server), {}, KEEP), false);
    await this.#kill();
    await this.#prove();
  }

  /** A repair ends at a point. The next one finishes it. */
  async #runRepair(
    point: CrashPoint,
    at: Readonly<Record<string, string>>,
    isCertain: boolean,
  ): Promise<void> {
    await this.#live((server) => this.#write(server), {});
    await this.#stop();
    const isOfDecisions = point.startsWith('repair.decisions');
    if (isOfDecisions) this.#damageDecisions();
    else this.#damageLog();
    const repair = ['repair', '--data', this.#data];
    await assertKilled(runCommandWith(at, ...repair), isCertain);
    await succeeds(runCommand(...repair));
    // What the damaged block had is lost, and sent again.
    await this.#prove(isOfDecisions ? {} : { at: -1, isPromised: false, isPartly: true });
  }

  async #stop(): Promise<void> {
    assert.equal(await this.#server?.stop(), 0);
    this.#server = undefined;
  }

  // What directories are made of

  /** Changes a byte that nothing uses: only the seal of the file shows it. */
  #damageDecisions(): void {
    const path = join(this.#data, 'sojourn.sqlite');
    const bytes = readFileSync(path);
    const unused = bytes.indexOf(Buffer.alloc(256));
    assert.ok(unused > 0);
    bytes[unused + 128] = 1;
    writeFileSync(path, bytes);
  }

  /** Changes a byte of a block. */
  #damageLog(): void {
    const folder = join(this.#data, 'log');
    const path = join(folder, readdirSync(folder).find((name) => /\.(blocks|cold)$/.test(name))!);
    const bytes = readFileSync(path);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(path, bytes);
  }

  #newDisk(): Disk {
    const { library } = this.#options;
    assert.ok('path' in library);
    const disk = new Disk(library.path, this.#folder, this.#root);
    this.#disk = disk;
    this.#life.now = () => disk.recorded;
    return disk;
  }

  /** The data directory of the oldest schema. */
  #inheritOldest(): void {
    this.#said.push('taken over from schema 10');
    mkdirSync(this.#data);
    writeFileSync(join(this.#data, 'sojourn.sqlite'), gunzipSync(readFileSync(OLD_DATABASE)));
    this.#inherited = OLD_SESSIONS;
  }

  #inheritRelease(): void {
    const version = this.#random.pick(keptReleases());
    this.#said.push(`of release ${version}`);
    restoreRelease(version, this.#data);
    this.#inherited = sessionsIn(this.#data);
    assert.ok(this.#inherited.length > 0);
  }

  /** As if other rules had made its sessions. */
  #makeRulesOlder(): void {
    const db = new DatabaseSync(join(this.#data, 'sessions.sqlite'));
    db.exec("UPDATE meta SET value = 0 WHERE key = 'rules'");
    db.close();
  }

  /** Without rows, nothing but the log says which blocks are durable. */
  #removeRows(): void {
    for (const name of readdirSync(this.#data))
      if (name.startsWith('sessions')) rmSync(join(this.#data, name));
  }

  /** As if the power had failed while a block was appended. */
  #leaveUnfinishedAppend(): void {
    const folder = join(this.#data, 'log');
    const last = readdirSync(folder)
      .filter((name) => name.endsWith('.blocks'))
      .sort()
      .at(-1)!;
    writeFileSync(join(folder, last), Buffer.alloc(100, 1), { flag: 'a' });
  }

  // The proof

  /** `isPartly`: whether parts of a request may be missing until it is sent again. */
  async #prove({ at = Number.MAX_SAFE_INTEGER, isPromised = true, isPartly = false } = {}): Promise<void> {
    if (!isPromised && !(await this.#isUsable())) return;
    const server = await startServer({ data: this.#data, flags: SOON });
    this.#server = server;
    if (!isPartly) await this.#life.assertKept(server, at, isPromised);
    await this.#life.resend(server, at, isPromised);
    await this.#life.assertComplete(server);
    await this.#life.erased(server);
    assert.equal(await server.stop(), 0, server.stderr);
    this.#server = undefined;
    this.#life.assertErasedIn(this.#data);
    if (isPromised) this.#assertInherited();
    await this.#assertSound(this.#data, '--full');
  }

  /**
   * Whether there is anything to go on with. The disk broke its promise: if a check finds damage, it is repaired. What
   * cannot be repaired is refused, with the advice to restore a backup.
   */
  async #isUsable(): Promise<boolean> {
    if (!existsSync(this.#data)) return true;
    const { code } = await runCommand('check', '--data', this.#data);
    if (code === 0) return true;
    const repaired = await runCommand('repair', '--data', this.#data);
    this.#said.push(
      repaired.code === 0 ? 'found by check, and repaired' : 'found by check, and refused by repair',
    );
    if (repaired.code !== 0) assert.match(repaired.stderr, /backup/);
    return repaired.code === 0;
  }

  #assertInherited(): void {
    const sessions = sessionsIn(this.#data);
    const lost = this.#inherited.filter((session) => !sessions.includes(session));
    assert.deepEqual(lost, [], 'sessions that the directory had at first');
  }

  async #assertSound(directory: string, ...flags: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await runCommand('check', '--data', directory, ...flags);
    assert.equal(code, 0, `${stdout}${stderr}`);
  }
}

/**
 * Project and id of all sessions but those that a round makes, read from a copy: a database is locked for other
 * processes until statements are collected as garbage.
 */
function sessionsIn(data: string): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'sojourn-crash-rows-'));
  const name = fileOfSessions(data);
  for (const each of [name, 'sojourn.sqlite']) copyFileSync(join(data, each), join(copy, each));
  const db = new DatabaseSync(join(copy, name));
  try {
    db.prepare('ATTACH ? AS kept').run(join(copy, 'sojourn.sqlite'));
    return db
      .prepare('SELECT p.name AS project, s.id AS id FROM session AS s JOIN project AS p ON p.no = s.project')
      .all()
      .map((row) => ({ project: String(row.project), id: String(row.id) }))
      .filter(({ id }) => !isOfTraffic(id) && !isVisitor(id))
      .map(({ project, id }) => `${project} ${id}`)
      .sort();
  } finally {
    db.close();
    rmSync(copy, { recursive: true, force: true });
  }
}

function fileOfSessions(data: string): string {
  const files = readdirSync(data).filter((name) => /^sessions(?:-\d+)?\.sqlite$/.test(name));
  assert.equal(files.length, 1, `files of sessions: ${files}`);
  return files[0]!;
}

async function succeeds(command: Promise<CommandResult>): Promise<void> {
  const { code, stderr } = await command;
  assert.equal(code, 0, stderr);
}

async function assertKilled(command: Promise<CommandResult>, isCertain: boolean): Promise<void> {
  const { code, stdout, stderr } = await command;
  if (isCertain || code !== 0) assert.equal(code, null, `the point is not reached:\n${stdout}${stderr}`);
}
