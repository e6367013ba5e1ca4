import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { BASE_NS, CONFORMANCE_SETTINGS } from '../../../../test/conformance/bench.js';
import { crash, openUnrecovered } from '../../../../test/support/engine.js';
import { type SpanSpec, spanBatch } from '../../../../test/support/telemetry.js';
import { createNormalizer } from '../../../normalize/create.js';
import { Tombstones } from '../../engine/tombstones.js';
import { diskFiles } from '../../records/log-files.js';
import { Rewriter } from '../../records/rewriter.js';
import { newLockCell } from '../../records/segment-lock.js';
import { installationKey } from '../database.js';
import { SqliteEngineStore } from '../engine-store.js';
import { ErasureWork } from '../erasure-work.js';
import { SqliteReader } from '../reader.js';
import { ListedChunks } from '../retention/listed-chunks.js';
import { RetentionWork } from '../retention/retention-work.js';
import { LOG_FOLDER } from '../schema.js';
import { backUp } from './back-up.js';
import { checkBackup } from './check-backup.js';
import { MANIFEST_FILE } from './manifest.js';
import { restore } from './restore.js';

/** Backups of a directory that changes at a certain moment of them. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-backup-'));
after(() => rmSync(root, { recursive: true, force: true }));

const PROJECT = 'default';
const LATE_PROJECT = 'late';
const [GOES, STAYS] = ['session-that-goes', 'session-that-stays'];
/** More moments than a backup has. */
const MOST_MOMENTS = 40;
const now = (): bigint => BASE_NS;
const normalizer = await createNormalizer({
  ...CONFORMANCE_SETTINGS.normalizer,
  userIdKey: Buffer.alloc(32),
});

interface Opened extends ReturnType<typeof openUnrecovered> {
  readonly erasures: ErasureWork;
  /** Removes from the log what is listed, before rows are made of blocks from this one on. */
  beforeFolding(from: number): void;
  /** What the operator was warned of. */
  readonly warnings: readonly string[];
  append(project: string, ...spans: readonly SpanSpec[]): void;
}

/** Opens a directory as the writing thread does, on this thread. Work of jobs is not continued. */
function open(directory: string): Opened {
  const opened = openUnrecovered(directory, { normalizer, now });
  const { db, engine, log, files } = opened;
  const warnings: string[] = [];
  const lock = newLockCell();
  const removal = {
    ...{ directory, db: () => db, engine, store: new SqliteEngineStore(db), log, lock, now },
    isCurrent: () => true,
    between: <T>() => new Promise<T>(() => {}),
    rewriter: new Rewriter({ directory: join(directory, LOG_FOLDER), lock }),
    texts: undefined,
    progress: () => {},
    warn: (message: string) => void warnings.push(message),
  };
  const erasures = new ErasureWork({
    ...removal,
    ...{ tombstones: new Tombstones(installationKey(db), now), tombstonesForNs: 1n, due: () => {} },
  });
  const retained = { policy: undefined, timeoutNs: 1n, passed: () => {}, heldBack: () => {} };
  const beforeFolding = (from: number): void => {
    erasures.beforeFolding(from);
    new RetentionWork({ ...removal, ...retained }).beforeFolding(from);
  };
  beforeFolding(engine.foldedBlock + 1);
  engine.recover();
  files.adopt();
  const append = (project: string, ...spans: readonly SpanSpec[]): void =>
    void engine.commit([{ project, batch: spanBatch(normalizer, spans) }], true);
  return { ...opened, erasures, beforeFolding, warnings, append };
}

function span(session: string, trace: string, no: string): SpanSpec {
  return {
    ...{ trace, span: no, start: BASE_NS - 5_000_000_000n, end: BASE_NS - 4_000_000_000n },
    attributes: { 'session.id': session },
  };
}

/** A directory with two segments. The closed one has a trace of both sessions. */
function makeSource(): string {
  const directory = join(root, 'source');
  const { db, log, append } = open(directory);
  append(PROJECT, span(GOES, 'a', '1'), span(STAYS, 'a', '2'));
  log.seal();
  append(PROJECT, span(STAYS, 'b', '1'));
  crash(db);
  return directory;
}

const SOURCE = makeSource();

/** What is answered about a session, without spans that its traces have of others. */
async function answerOf(directory: string, project: string, session: string): Promise<unknown> {
  const reader = new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs: 1n }, normalizer);
  try {
    const outline = await reader.outline(project, session, 100);
    const own = outline?.traces.map(({ traceId, spans }) => ({
      traceId,
      spans: spans.filter(({ sessionId }) => sessionId === undefined),
    }));
    return [await reader.session(project, session), own];
  } finally {
    await reader.close();
  }
}

/** Makes a backup that something happens beside, at this moment. Returns whether it had so many. */
function backUpBeside(from: string, to: string, moment: number, happens: () => void): boolean {
  let moments = 0;
  const pass = (): void => {
    if (++moments === moment) happens();
  };
  const list = diskFiles.list.bind(diskFiles);
  // What the log has is looked up before and after each look at the decisions.
  const listing = mock.method(diskFiles, 'list', (directory: string) => {
    if (directory === join(from, LOG_FOLDER)) pass();
    return list(directory);
  });
  try {
    backUp({ from, to, version: '1', now: () => new Date(0), progress: pass });
  } finally {
    listing.mock.restore();
  }
  return moments >= moment;
}

/** Lets something happen at each moment of a backup, and compares what comes back with what stays. */
async function atEachMoment(
  name: string,
  happens: (source: Opened) => void,
  compare: (restored: Opened, directory: string, source: string) => Promise<void>,
): Promise<void> {
  for (let moment = 1, isOver = false; !isOver; moment++) {
    assert.ok(moment < MOST_MOMENTS);
    const [data, backup, target] = ['data', 'backup', 'restored'].map((part) =>
      join(root, `${name}-${moment}-${part}`),
    ) as [string, string, string];
    cpSync(SOURCE, data, { recursive: true });
    const source = open(data);
    isOver = !backUpBeside(data, backup, moment, () => happens(source));
    const { findings } = checkBackup(backup, { progress: () => {} });
    assert.deepEqual(findings, []);
    restore({ from: backup, to: target, acceptsDamage: false, progress: () => {} });
    const restored = open(target);
    assert.deepEqual(restored.warnings, [], `moment ${moment}`);
    await compare(restored, target, data);
    for (const { db } of [restored, source]) crash(db);
  }
}

const comparesSession = async (_: Opened, restored: string, source: string): Promise<void> =>
  assert.deepEqual(await answerOf(restored, PROJECT, STAYS), await answerOf(source, PROJECT, STAYS));

/** An erasure, up to the list of what leaves the log. */
function erase({ erasures }: Opened): void {
  const begun = erasures.begin(PROJECT, { kind: 'sessions', sessions: [GOES] });
  assert.ok('job' in begun);
}

/** A piece of retention, up to the list of what leaves the log. */
function retain({ db, engine }: Opened): void {
  const listed = new ListedChunks(db);
  engine.erase(PROJECT, [GOES], ({ chunks }) => listed.add(1, chunks), { removedPiece: 1 });
}

const SENTENCE = 'a session that shares a trace is whole in a backup beside which';

for (const [what, remove] of [
  ['an erasure', erase],
  ['retention', retain],
] as const) {
  test(`${SENTENCE} ${what} lists its chunks`, () => atEachMoment(`${what} lists`, remove, comparesSession));

  test(`${SENTENCE} ${what} removes its chunks from the log`, () => {
    const goes = (source: Opened): void => {
      remove(source);
      source.beforeFolding(1);
      assert.deepEqual(source.warnings, []);
    };
    return atEachMoment(`${what} removes`, goes, comparesSession);
  });
}

test(`${SENTENCE} an erasure lists chunks that came meanwhile`, () => {
  const comesAndGoes = (source: Opened): void => {
    source.append(PROJECT, span(GOES, 'a', '3'));
    erase(source);
  };
  return atEachMoment('what came', comesAndGoes, comparesSession);
});

test('a backup beside which the first telemetry of a project comes has the project with it, or neither', () =>
  atEachMoment(
    'project',
    (source) => source.append(LATE_PROJECT, span(STAYS, 'c', '1')),
    async (restored, directory, source) => {
      const isThere = restored.engine.projects.includes(LATE_PROJECT);
      assert.equal(restored.log.lastId, isThere ? 3 : 2);
      if (isThere)
        assert.deepEqual(
          await answerOf(directory, LATE_PROJECT, STAYS),
          await answerOf(source, LATE_PROJECT, STAYS),
        );
    },
  ));

test('a first backup can be run again after it was killed while it wrote its manifest', () => {
  const to = join(root, 'half');
  mkdirSync(to);
  writeFileSync(join(to, `${MANIFEST_FILE}.new`), '{');
  backUp({ from: SOURCE, to, version: '1', now: () => new Date(0), progress: () => {} });
  assert.deepEqual(checkBackup(to, { progress: () => {} }).findings, []);
});
