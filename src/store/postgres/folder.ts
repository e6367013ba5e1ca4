import { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import { quietPatterns } from '../../normalize/quiet-routes.js';
import { Engine, type EngineOptions, SESSIONS_AGAIN } from '../engine/engine.js';
import { rowIdentity, sessionIdentity, textOf, userIdentity } from '../engine/identity.js';
import { Slices } from '../engine/slices.js';
import { Tombstones } from '../engine/tombstones.js';
import { DamagedBlockError } from '../records/log.js';
import { Admission } from './admission.js';
import { PostgresEngineStore } from './engine-store.js';
import { ErasureRows } from './erasure-rows.js';
import { ErasureTables } from './erasure-tables.js';
import { ErasureWork } from './erasure-work.js';
import type { HandedBlocks } from './handed-blocks.js';
import { KnownTombstones } from './known-tombstones.js';
import { LeadSessions } from './lead-sessions.js';
import { LEASE_LOST, Lease } from './lease.js';
import { LogTable } from './log-table.js';
import { DataSize } from './retention/data-size.js';
import { PostgresDueRows } from './retention/due-rows.js';
import { RetentionTables } from './retention/retention-tables.js';
import { RetentionWork } from './retention/retention-work.js';
import { newerVersions, RowSets } from './row-sets.js';
import { KEPT_SCHEMA_NAME, rowsSchema } from './schema.js';
import type { SessionColumns } from './session-columns.js';
import { DatabaseError, type SyncSession } from './statement.js';
import { TableStatistics } from './table-statistics.js';
import { answerTask, type OpenTask, openTasks } from './tasks.js';
import { type ChangedPayload, Channel, type FolderOptions, type FromFolder } from './thread-messages.js';

/**
 * Blocks folded in one transaction. A fold costs some round trips, whatever it has, so it has more than one of
 * SQLite, and has so many where the machine is too busy to fold them in `FOLD_MS`.
 */
const FOLDED_BLOCKS = { least: 64, most: 1_024 } as const;

/** How long a fold should take, ms: what came meanwhile waits for the next. */
const FOLD_MS = 400;

/** How often sessions that timed out are listed as closed, ms. */
const SWEEP_MS = 1_000;

/** While there is a backlog, a pause after each packed chunk is this many times as long as packing it took. */
const PACK_PAUSE = 9;

/** Between two reports of how far sessions are brought up to the log, ms. */
const REPORT_MS = 200;

/** Blocks behind from which on it is reported that sessions are brought up to the log: more than a moment's work. */
const FAR_BEHIND = 256;

/** When work that failed is tried again, ms. */
const RETRY_MS = 1_000;

/** When a process that could not make sessions tries again, ms, if no other one does it meanwhile. */
const FAULT_MS = 30_000;

/** PostgreSQL takes payloads of up to 8,000 bytes. */
const MOST_PAYLOAD_BYTES = 7_900;

/** A session whose connection is only open while this process holds the lease. */
interface HolderSession extends SyncSession {
  /** Closes the connection: the next use opens another. */
  reset(): void;
}

/** The same, with a choice of tables. */
interface RowsSession extends HolderSession {
  use(searchPath: string): void;
}

export interface FolderParts {
  /** Connections of this folder alone. The third does not wait for the disk: it is for what a crash may take back. */
  readonly rows: RowsSession;
  readonly decisions: SyncSession;
  readonly hints: HolderSession;
  /** Blocks of this process. */
  readonly handed: HandedBlocks;
  readonly options: FolderOptions;
  readonly normalizer: Normalizer;
  send(message: FromFolder): void;
  nowMs(): number;
  /** Has `work` called soon. */
  wake(): void;
  /** Has `work` called after this time, ms, if nothing else does. */
  wakeAfter(ms: number): void;
}

/**
 * Folds the log into rows while this process holds the lease. Where another process takes over, all that is
 * in memory is dropped: its rows are the truth then.
 */
export class Folder {
  readonly #parts: FolderParts;
  readonly #lease: Lease;
  readonly #rowSettings: Parameters<typeof rowIdentity>[0];
  #lead: Lead | undefined;
  /** Whether it has the lease, as it was last reported. */
  #isHeld = false;
  /** When taking the lease, or work, is tried again after it failed. */
  #tryAgainMs = 0;
  /** Why it does not fold, as it was last reported. */
  #reported: string | undefined;

  constructor(parts: FolderParts) {
    this.#parts = parts;
    const { owner, leaseMs, timeoutMs, sessionsBy, normalizer } = parts.options;
    this.#lease = new Lease(parts.decisions, owner, leaseMs);
    const { pageUrls } = normalizer;
    this.#rowSettings = {
      ...(pageUrls !== undefined && { pageUrls }),
      timeoutNs: BigInt(timeoutMs) * 1_000_000n,
      sessionsByUser: sessionsBy === 'user' ? { identity: userIdentity(normalizer) } : undefined,
    };
  }

  /** Does work for some 100 ms. Returns whether there is more. Does not throw. */
  work(): boolean {
    const nowMs = this.#parts.nowMs();
    if (nowMs < this.#tryAgainMs) return false;
    try {
      this.#lead ??= this.#begin();
      return this.#lead?.work() ?? false;
    } catch (error) {
      this.#failed(error as Error);
      return false;
    }
  }

  /** Lets another process take over at once. */
  close(): void {
    try {
      this.#parts.handed.want(false);
      this.#lead?.close();
      this.#lead?.end();
      this.#lease.release();
    } catch {
      // It passes by itself.
    }
  }

  #begin(): Lead | undefined {
    if (this.#hasNewerRows()) return undefined;
    if (!this.#lease.take()) {
      this.#tryAgainMs = this.#parts.nowMs() + this.#parts.options.leaseMs / 3;
      this.#hold(false);
      return undefined;
    }
    this.#reported = undefined;
    this.#hold(true);
    const { rows, hints, handed } = this.#parts;
    rows.reset();
    hints.reset();
    this.#lease.endEarlier();
    handed.want(true);
    return new Lead(this.#parts, this.#lease, this.#rowSettings);
  }

  #hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    this.#parts.send({ kind: 'held', isHeld });
    if (isHeld) return;
    this.#parts.send({ kind: 'progress', message: 'another process makes the sessions from now on' });
    this.#parts.send({ kind: 'catchingUp', progress: undefined });
  }

  /** Whether readers have rows of newer rules than this program knows: it does not fold then. */
  #hasNewerRows(): boolean {
    const [named] = this.#parts.decisions.run([
      { text: `SELECT value FROM ${KEPT_SCHEMA_NAME}.setting WHERE key = 'rows'` },
    ]);
    const no = named!.rows[0]?.[0];
    if (no === undefined) return false;
    const [found] = this.#parts.decisions.run([
      { text: `SELECT key, value FROM ${rowsSchema(Number(no))}.meta` },
    ]);
    const newer = newerVersions(new Map(found!.rows as [string, string][]));
    if (newer === undefined) return false;
    this.#hold(false);
    this.#report(
      `sessions were made by a newer version of Sojourn (${newer}): processes of that version go on making them, this one takes in telemetry and answers reads`,
    );
    return true;
  }

  #failed(error: Error): void {
    this.#parts.handed.want(false);
    this.#lead?.close();
    this.#lead = undefined;
    this.#tryAgainMs = this.#parts.nowMs() + RETRY_MS;
    if (error instanceof FoldFault) this.#stepBack(error.message);
    else if (error instanceof RowsGivenUp) this.#tryAgainMs = 0;
    else if (!(error instanceof DatabaseError)) this.#report(`making sessions failed: ${error.message}`);
    else if (error.code === LEASE_LOST) this.#hold(false);
    else this.#parts.send({ kind: 'trouble', message: error.message });
  }

  /** Another process may be able to do what this one cannot. */
  #stepBack(reason: string): void {
    this.#tryAgainMs = this.#parts.nowMs() + FAULT_MS;
    this.#parts.send({ kind: 'foldStalled', reason });
    this.close();
    this.#hold(false);
  }

  #report(message: string): void {
    if (this.#reported === message) return;
    this.#reported = message;
    this.#parts.send({ kind: 'warning', message });
  }
}

/** Telemetry cannot be made into sessions: a fault of this program, or a right that it lacks in the database. */
class FoldFault extends Error {
  override readonly name = 'FoldFault';
}

/** Another set of rows is to be made. */
class RowsGivenUp extends Error {
  override readonly name = 'RowsGivenUp';
}

/** What a process works with from when it takes the lease until it loses it, or a connection. */
class Lead {
  readonly #parts: FolderParts;
  readonly #lease: Lease;
  readonly #sets: RowSets;
  readonly #log: LogTable;
  readonly #engine: Engine;
  readonly #blocks: Slices;
  readonly #settings: Slices;
  readonly #sessions: LeadSessions;
  readonly #hints: SyncSession;
  readonly #columns: SessionColumns;
  readonly #statistics: TableStatistics;
  readonly #erasures: ErasureWork;
  readonly #retention: RetentionWork;
  #changed = new Map<string, Set<string> | undefined>();
  /** Up to this block the log is in the sessions that readers had when the lease was taken. */
  readonly #readBlock: number;
  /** By tasks without an answer: `#lastWhenAsked`. */
  readonly #askedAt = new Map<bigint, number>();
  /** While there is a backlog, no chunk is packed before. */
  #packAgainMs = 0;
  #publishedBlock = -1;
  #sweptMs = 0;
  #renewedMs = 0;
  /** Why sessions cannot follow the log. Not tried again with what is in memory. */
  #fault: string | undefined;
  /** The block at which catching up began, while that is reported. */
  #behindFrom: number | undefined;
  #reportedMs = 0;

  /** @throws DatabaseError */
  constructor(parts: FolderParts, lease: Lease, rowSettings: Parameters<typeof rowIdentity>[0]) {
    this.#parts = parts;
    this.#lease = lease;
    const { options, normalizer, send } = parts;
    const fence = () => lease.fence();
    this.#sessions = new LeadSessions({
      checkLease: () => parts.hints.run([fence()]),
      failed: ({ code, isConflict }) => {
        if (code === undefined) send({ kind: 'retried', reason: 'connection' });
        else if (isConflict) send({ kind: 'retried', reason: 'conflict' });
      },
    });
    const decisions = this.#sessions.watch(parts.decisions);
    this.#hints = this.#sessions.watch(parts.hints);
    this.#sets = new RowSets(decisions, fence, rowIdentity(rowSettings));
    parts.rows.use(`${rowsSchema(this.#sets.written)}, ${KEPT_SCHEMA_NAME}`);
    const now = (): bigint => options.nowNs ?? BigInt(Date.now()) * 1_000_000n;
    const tombstones = new KnownTombstones(new Tombstones(options.normalizer.userIdKey, now));
    const admission = new Admission(tombstones, normalizer);
    this.#log = new LogTable({ hints: this.#hints, decisions }, lease, admission, parts.handed);
    this.#readBlock = lease.published();
    const rows = this.#sessions.watch(parts.rows);
    const store = new PostgresEngineStore(rows, decisions, fence);
    this.#columns = store.columns;
    this.#statistics = new TableStatistics(rows);
    const engineOptions: EngineOptions = {
      ...rowSettings,
      normalizer,
      settings: textOf(sessionIdentity(options.normalizer)),
      quietRoutes: quietPatterns(options.normalizer.quietRoutes ?? []).join(),
      implicitSessions: options.implicitSessions,
      hotRecords: options.hotRecords,
      now,
      foldFailed: (reason) => {
        this.#fault = reason;
      },
      damaged: (blocks) => send({ kind: 'damaged', blocks }),
      replacesRows: true,
      foldDelayed: (reason) => send({ kind: 'trouble', message: reason }),
      listenerFailed: (reason) => send({ kind: 'trouble', message: reason }),
      settingsFailed: (reason) =>
        send({ kind: 'progress', message: `sessions of older settings stay as they are: ${reason}` }),
      // Every process that folds is behind for a moment, over and over.
      progress: (message) => {
        if (this.#behindFrom !== undefined) send({ kind: 'progress', message });
      },
    };
    this.#engine = new Engine(store, this.#log, engineOptions);
    const erasureRows = new ErasureRows(rowsSchema(this.#sets.written), rows, store.columns, fence);
    const progress = (message: string): void => send({ kind: 'progress', message });
    const warn = (message: string): void => send({ kind: 'warning', message });
    const size = new DataSize(this.#hints);
    this.#log.removed = (block, bytes) => size.removed(block, bytes);
    this.#retention = new RetentionWork({
      policy: options.retention,
      timeoutNs: rowSettings.timeoutNs,
      engine: this.#engine,
      store,
      log: this.#log,
      tables: new RetentionTables(decisions, fence),
      due: new PostgresDueRows(rows),
      rows: erasureRows,
      size,
      sets: this.#sets,
      now,
      nowMs: parts.nowMs,
      wakeAfter: parts.wakeAfter,
      passed: (pass) => send({ kind: 'retained', pass }),
      heldBack: (reason) => send({ kind: 'retentionHeld', reason }),
      progress,
      warn,
    });
    this.#erasures = new ErasureWork({
      url: options.url,
      engine: this.#engine,
      log: this.#log,
      tables: new ErasureTables(decisions, fence),
      rows: erasureRows,
      sets: this.#sets,
      tombstones,
      tombstonesForNs: BigInt(options.tombstonesForMs) * 1_000_000n,
      now,
      nowMs: parts.nowMs,
      isCurrent: () => !this.#sets.isRemaking,
      answered: () => this.#notify(Channel.done, ''),
      removeRetained: () => this.#retention.removeListed(),
      wake: parts.wake,
      progress,
      warn,
    });
    this.#erasures.beforeFolding(this.#engine.foldedBlock + 1);
    this.#retention.beforeFolding(this.#engine.foldedBlock + 1);
    this.#listen();
    // Whoever made sessions before may not have come to report the last ones.
    this.#allChanged();
    this.#blocks = new Slices(FOLDED_BLOCKS, parts.nowMs, FOLD_MS);
    this.#settings = new Slices(SESSIONS_AGAIN, parts.nowMs);
  }

  /**
   * Folds for some 100 ms, and gives all else that there is to do its turn. Returns whether there is more.
   * @throws DatabaseError, FoldFault or RowsGivenUp: it cannot go on then
   */
  work(): boolean {
    try {
      return this.#work();
    } catch (error) {
      if (error instanceof DamagedBlockError) this.#throwIfFaulty();
      throw error;
    }
  }

  #work(): boolean {
    const nowMs = this.#parts.nowMs();
    const hasNew = !this.#erasures.isRemoving() && !this.#retention.isWaiting && this.#log.numberNew();
    if (hasNew) this.#renewedMs = nowMs;
    this.#blocks.run((blocks) => this.#fold(blocks));
    this.#sessions.throwIfLost();
    this.#throwIfFaulty();
    let hasMore = (this.#isBehind || hasNew) && !this.#engine.isHeldUp;
    if (!this.#engine.isBehind) {
      if (this.#doTasks()) hasMore = true;
      if (this.#erasures.work()) hasMore = true;
      if (this.#engine.hasSettingsWork) {
        this.#settings.run((sessions) => this.#engine.followSettings(sessions));
        hasMore ||= this.#engine.hasSettingsWork;
      }
      if (nowMs - this.#sweptMs >= SWEEP_MS) this.#sweep(nowMs);
      if (!this.#isBehind) this.#retention.work();
    }
    this.#sessions.throwIfLost();
    this.#throwIfFaulty();
    this.#publish();
    this.#report();
    if (!hasMore) hasMore = this.#pack();
    if (this.#parts.nowMs() - this.#renewedMs >= this.#parts.options.leaseMs / 4) this.#renew();
    return hasMore;
  }

  /** Shows the engine this many blocks and folds them in one transaction. Returns whether there are more. */
  #fold(blocks: number): boolean {
    this.#log.showTo(this.#engine.foldedBlock + blocks);
    if (!this.#engine.noticeBlocks()) return false;
    this.#engine.catchUp(blocks);
    return this.#isBehind && !this.#engine.isHeldUp;
  }

  /** Whether sessions lack blocks that have numbers, shown to the engine or not. */
  get #isBehind(): boolean {
    return this.#engine.isBehind || this.#engine.foldedBlock < this.#log.lastNumber;
  }

  /** @throws FoldFault; RowsGivenUp */
  #throwIfFaulty(): void {
    if (this.#fault !== undefined) throw new FoldFault(this.#fault);
    const { damage } = this.#engine;
    if (damage === undefined) return;
    // Rows name a block that cannot be read: they are made again without its records.
    this.#sets.giveUp();
    this.#parts.send({
      kind: 'warning',
      message: `all sessions are made again without the records that cannot be read: ${damage}`,
    });
    throw new RowsGivenUp(damage);
  }

  /** @throws DatabaseError */
  end(): void {
    this.#engine.endFold();
  }

  /** Ends its threads. */
  close(): void {
    this.#retention.close();
    this.#erasures.close();
  }

  #listen(): void {
    if (this.#sets.isRemaking) return;
    this.#engine.listener = (project, ids) => {
      if (ids === undefined) {
        this.#changed.set(project, undefined);
        return;
      }
      if (!this.#changed.has(project)) this.#changed.set(project, new Set());
      for (const id of ids) this.#changed.get(project)?.add(id);
    };
  }

  #allChanged(): void {
    for (const project of this.#engine.projects) this.#changed.set(project, undefined);
  }

  /** Returns whether any was answered. */
  #doTasks(): boolean {
    const tasks = openTasks(this.#hints);
    for (const id of this.#askedAt.keys())
      if (!tasks.some((task) => task.id === id)) this.#askedAt.delete(id);
    let hasAnswered = false;
    for (const task of tasks) {
      const answer = this.#engine.invalidate(task.project, task.session);
      if (!answer && this.#engine.foldedBlock < this.#lastWhenAsked(task)) continue;
      answerTask(this.#hints, task, answer, this.#lease.fence());
      hasAnswered = true;
    }
    if (hasAnswered) this.#notify(Channel.done, '');
    return hasAnswered;
  }

  /** A block that is at least the last one of those appended before a task. Its session may be in any of them. */
  #lastWhenAsked({ id }: OpenTask): number {
    let last = this.#askedAt.get(id);
    if (last === undefined) {
      while (this.#log.numberNew());
      last = this.#log.lastNumber;
      this.#askedAt.set(id, last);
    }
    return last;
  }

  #sweep(nowMs: number): void {
    this.#sweptMs = nowMs;
    this.#engine.closeTimedOut();
    this.#inBackground(() => this.#columns.sweep());
    this.#inBackground(() => this.#statistics.sweep());
    // However busy it is.
    if (nowMs >= this.#packAgainMs) this.#pack();
    if (this.#isRemade) {
      this.#sets.adopt();
      this.#listen();
      this.#allChanged();
      this.#parts.send({
        kind: 'progress',
        message: 'all sessions were made again, and are what is read from now on',
      });
      this.#publishedBlock = -1;
    }
    try {
      this.#sets.sweep();
    } catch {
      // Somebody still reads them; the next sweep tries again.
    }
  }

  /**
   * Whether the set of rows that is being made shows all that readers see in the one before. It need not have all of
   * the log: under load, that would never be.
   */
  get #isRemade(): boolean {
    if (!this.#sets.isRemaking || this.#engine.foldedBlock < this.#readBlock) return false;
    return this.#engine.areListsCurrent && this.#engine.canFold;
  }

  /** Packs a chunk of quiet sessions. Returns whether there are more of them. */
  #pack(): boolean {
    if (!this.#engine.isAtRest) return false;
    const beganMs = this.#parts.nowMs();
    if (this.#parts.options.packsAtOnce === true) this.#inBackground(() => this.#columns.hurry());
    if (!this.#columns.isDue) return false;
    this.#inBackground(() => this.#columns.packNext());
    const nowMs = this.#parts.nowMs();
    this.#packAgainMs = nowMs + (nowMs - beganMs) * PACK_PAUSE;
    return this.#columns.isDue;
  }

  /** Does work that can be done later. @throws DatabaseError if a connection or the lease was lost */
  #inBackground(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#sessions.throwIfLost();
      this.#parts.send({ kind: 'trouble', message: (error as Error).message });
    }
  }

  #renew(): void {
    this.#hints.run([this.#lease.fence()]);
    this.#renewedMs = this.#parts.nowMs();
  }

  /** Lets all processes know what readers see by now. */
  #publish(): void {
    const { foldedBlock } = this.#engine;
    for (const [project, ids] of this.#changed) {
      const whole: ChangedPayload = { project };
      const payload = JSON.stringify({ ...whole, ...(ids !== undefined && { ids: [...ids] }) });
      const isShort = Buffer.byteLength(payload) <= MOST_PAYLOAD_BYTES;
      this.#notify(Channel.changed, isShort ? payload : JSON.stringify(whole));
    }
    this.#changed.clear();
    if (foldedBlock === this.#publishedBlock || this.#sets.isRemaking) return;
    this.#publishedBlock = foldedBlock;
    this.#hints.run([this.#lease.publish(foldedBlock)]);
    this.#notify(Channel.done, '');
  }

  #notify(channel: string, payload: string): void {
    this.#hints.run([{ name: 'notify', text: 'SELECT pg_notify($1, $2)', values: [channel, payload] }]);
  }

  /** Reports how far sessions are brought up to the log, where that takes more than a slice. */
  #report(): void {
    const nowMs = this.#parts.nowMs();
    const { foldedBlock } = this.#engine;
    const lastBlock = this.#log.lastNumber;
    const { isRemaking } = this.#sets;
    if (!this.#isBehind && !isRemaking) {
      if (this.#behindFrom === undefined) return;
      this.#behindFrom = undefined;
      this.#parts.send({ kind: 'catchingUp', progress: undefined });
    } else if (this.#behindFrom === undefined && !isRemaking && lastBlock - foldedBlock < FAR_BEHIND) {
      return;
    } else if (this.#behindFrom === undefined || nowMs - this.#reportedMs > REPORT_MS) {
      this.#behindFrom = Math.min(this.#behindFrom ?? foldedBlock, foldedBlock);
      this.#reportedMs = nowMs;
      const progress = { done: foldedBlock - this.#behindFrom, total: lastBlock - this.#behindFrom };
      this.#parts.send({
        kind: 'catchingUp',
        progress: isRemaking ? { ...progress, servesOldSessions: true } : progress,
      });
    }
  }
}
