import type { StoreEvents } from '../../src/store/contract/store.js';
import { Engine, type EngineOptions, type EngineStore } from '../../src/store/engine/engine.js';
import { rowIdentity } from '../../src/store/engine/identity.js';
import { diskFiles, type LogFile, type LogFiles } from '../../src/store/records/log-files.js';
import type { SegmentLog } from '../../src/store/records/segment-log.js';
import { CHUNK_SESSIONS } from '../../src/store/search/columns/bits.js';
import { type Database, inTransaction } from '../../src/store/sqlite/database.js';
import { lockDirectory } from '../../src/store/sqlite/directory-lock.js';
import { QuietSessions, SqliteEngineStore } from '../../src/store/sqlite/engine-store.js';
import { SessionColumns } from '../../src/store/sqlite/session-columns.js';
import { SessionFiles } from '../../src/store/sqlite/session-files.js';

const CACHE_BYTES = 1 << 20;

/** For a writing thread without reports. If it ends by itself, the test fails. */
export const QUIET: StoreEvents = {
  progress: () => {},
  opening: () => {},
  warning: () => {},
  catchingUp: () => {},
  trouble: () => {},
  foldFailed: () => {},
  damaged: () => {},
  writable: () => {},
  unfolded: () => {},
  failed: (error) => {
    throw error;
  },
};

/** The disk below a log: nothing waits for it, and it can be full. */
export class TestDisk implements LogFiles {
  isFull = false;

  makeDirectory = diskFiles.makeDirectory;
  list = diskFiles.list;
  remove = diskFiles.remove;
  rename = diskFiles.rename;
  openForReading = diskFiles.openForReading;
  modifiedMs = diskFiles.modifiedMs;
  freeBytes = diskFiles.freeBytes;

  openForWriting(path: string, options?: { readonly create: boolean }): LogFile {
    const file = diskFiles.openForWriting(path, options);
    return {
      size: () => file.size(),
      read: (buffer, at) => file.read(buffer, at),
      write: (buffers, at) => {
        if (this.isFull)
          throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', errno: -28 });
        file.write(buffers, at);
      },
      truncate: (size) => file.truncate(size),
      isRemoved: () => file.isRemoved(),
      sync: () => {},
      close: () => file.close(),
    };
  }

  syncDirectory(): void {}
}

interface OpenEngine {
  readonly db: Database;
  readonly engine: Engine;
  readonly quiet: QuietSessions;
  readonly disk: TestDisk;
  readonly files: SessionFiles;
  readonly log: SegmentLog;
}

type TestOptions = Partial<EngineOptions> & Pick<EngineOptions, 'normalizer' | 'now'>;

/** Makes the store that the engine works on of the one in SQLite. */
type Over = (store: SqliteEngineStore, db: Database) => EngineStore;

/**
 * The writing half of the store on `directory`, which is created if missing, on the calling thread and caught
 * up. The caller closes `db`, and with it the log. Nothing waits for the disk: tests end processes, not the
 * machine.
 */
export function openEngine(directory: string, options: TestOptions, over?: Over): OpenEngine {
  const open = openUnrecovered(directory, options, new TestDisk(), over);
  open.engine.recover();
  open.files.adopt();
  return open;
}

/** The same, still behind the log. */
export function openUnrecovered(
  directory: string,
  options: TestOptions,
  disk = new TestDisk(),
  over: Over = (store) => store,
): OpenEngine {
  lockDirectory(directory).release();
  const settings = { timeoutNs: 1_800_000_000_000n, ...options };
  const { progress = () => {} } = options;
  const files = SessionFiles.open(directory, {
    cacheBytes: CACHE_BYTES,
    identity: rowIdentity(settings),
    work: { progress, opening: () => {}, warn: () => {}, checkpoint: () => {} },
  });
  const log = files.openLog({ files: disk, warn: (message) => progress(message) });
  const { db } = files;
  db.exec('PRAGMA main.synchronous = OFF; PRAGMA kept.synchronous = OFF');
  const closeDb = db.close.bind(db);
  // Methods of the driver cannot be assigned to.
  Object.defineProperty(db, 'close', {
    value: () => {
      closeDb();
      log.close();
    },
  });
  const store = new SqliteEngineStore(db);
  const engine = new Engine(over(store, db), log, {
    settings: 'test',
    implicitSessions: true,
    hotRecords: 100_000,
    ...settings,
  });
  return { db, engine, quiet: new QuietSessions(store, engine), disk, files, log };
}

/** Packs all sessions into columns, as is done with chunks of sessions that are complete and quiet. An engine that is open does not see it: `db` is to be closed next. */
export function packSessions(db: Database): void {
  const columns = new SessionColumns(db);
  columns.load();
  const last = Number(db.prepare('SELECT max(no) AS no FROM session').get()?.no ?? -1);
  inTransaction(db, () => {
    for (let first = 0; first <= last; first += CHUNK_SESSIONS) columns.pack(first / CHUNK_SESSIONS);
  });
}

/** Ends the process, as far as the database is concerned: what was not committed is lost. */
export function crash(db: Database): void {
  if (db.isTransaction) db.exec('ROLLBACK');
  db.close();
}
