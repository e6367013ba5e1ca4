import type { ReadyState } from './api/server-routes.js';
import { type DiskState, diskWarning } from './disk-watch.js';
import type { Logger } from './log.js';
import type { ErasuresDue } from './store/contract/erasure.js';
import type { RetentionPass } from './store/contract/retention.js';
import type { BlockRange, CatchingUp, LaneState, RetryReason, StoreEvents } from './store/contract/store.js';
import type { Telemetry } from './telemetry.js';

/** Reported by `/readyz` and on the page: telemetry is still accepted, but answers are outdated. */
const FOLD_FAILED =
  'sessions stay as they are until the next start: what was received could not be made into sessions. It is kept, and the log says why';
function countOf(blocks: readonly BlockRange[]): number {
  return blocks.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Reported by `/readyz` and on the page if sessions lack damaged blocks. */
function damageOf(blocks: readonly BlockRange[]): string {
  const others = countOf(blocks) - 1;
  const more =
    others === 0 ? `block ${blocks[0]?.first}` : `block ${blocks[0]?.first} and ${others} other(s)`;
  return `${more} of the log on disk cannot be read: sessions lack what is in it; the log says what to do`;
}
const STALLED =
  'this process could not make what was received into sessions, which is tried again; it is kept, and the log says why';
/** A lag of sessions that is reported, ms: more than it takes another process to go on where one was killed. */
const MOST_LAG_MS = 20_000;
const WAITING =
  'the database cannot be reached yet, which is tried again every second; the log of this server says why';
/** Reported by answers that may lack acknowledged records. */
const BEHIND = 'not all that is on disk is in sessions';
/** The same, while all sessions are made again and answers come from those that were there before. */
const BEFORE = 'sessions are being made again; this answer is from before';

export interface StoreHealthOptions {
  readonly log: Logger;
  readonly telemetry: Pick<
    Telemetry,
    | 'recordsUnfolded'
    | 'storeWritable'
    | 'laneLagSeconds'
    | 'laneHeld'
    | 'storeRetries'
    | 'sessionsStalled'
    | 'damagedBlocks'
    | 'erasureJobs'
    | 'retentionPasses'
    | 'retentionSessions'
    | 'retentionRecords'
    | 'retentionContents'
    | 'retentionFreedBytes'
    | 'retentionHeld'
  >;
  /** The store has ended: the server cannot continue. */
  failed(error: Error): void;
  /** A pass of retention has removed something. */
  retained?(pass: RetentionPass): void;
  /** Opening the store takes long; called once. */
  opening(): void;
}

/** Turns the events of a store into the log, the server's metrics, and its readiness. */
export class StoreHealth implements StoreEvents {
  readonly #options: StoreHealthOptions;
  /** Sessions stay as they are until another start. */
  #hasFoldFailed = false;
  /** This process could not make sessions lately. */
  #isStalled = false;
  /** More comes than can be made into sessions. */
  #isHeld = false;
  /** Age of the oldest records that are not in sessions, where the store reports it, ms. */
  #lagMs = 0;
  /** Number of records on disk that are not in sessions. */
  #unfolded = 0;
  /** How far sessions have caught up with the disk; undefined if they are current. */
  #catchingUp: CatchingUp | undefined;
  /** How far the data is brought up to this version, while the store cannot be used for it. */
  #opening: CatchingUp | undefined;
  /** Why the database cannot be reached, while the store is opened. */
  #waiting: string | undefined;
  /** Damaged blocks, whose records sessions lack. */
  #damaged: readonly BlockRange[] = [];
  /** The latest of what else was found to be damaged. */
  #warned: string | undefined;
  /** Why nothing can be written; undefined if writes succeed. */
  #trouble: string | undefined;

  constructor(options: StoreHealthOptions) {
    this.#options = options;
    options.telemetry.storeWritable.set(1);
    this.erasuresDue({ unfinished: 0, failed: 0 });
  }

  erasuresDue({ unfinished, failed }: ErasuresDue): void {
    const { erasureJobs } = this.#options.telemetry;
    erasureJobs.set({ state: 'unfinished' }, unfinished);
    erasureJobs.set({ state: 'failed' }, failed);
  }

  progress(message: string): void {
    this.#options.log.info(message);
  }

  opening(progress: CatchingUp | undefined): void {
    const isFirst = progress !== undefined && this.#opening === undefined;
    this.#opening = progress;
    if (isFirst) this.#options.opening();
  }

  waiting(reason: string | undefined): void {
    const before = this.#waiting;
    this.#waiting = reason;
    if (reason === before) return;
    if (reason === undefined) this.#options.log.info('the database is there');
    else this.#options.log.warn('waiting for the database, which is tried again every second', { reason });
    if (before === undefined) this.#options.opening();
  }

  warning(message: string): void {
    this.#warned = message;
    this.#options.log.warn(message);
  }

  catchingUp(progress: CatchingUp | undefined): void {
    if (progress === undefined && !this.#hasFoldFailed) {
      const lacking = this.#damaged.length === 0 ? '' : ', but for the damaged blocks';
      this.#options.log.info(`sessions are up to date${lacking}`);
    }
    this.#catchingUp = progress;
  }

  trouble(reason: string): void {
    this.#options.log.debug('the store failed and tries again', { reason });
  }

  foldFailed(reason: string): void {
    this.#hasFoldFailed = true;
    this.#options.telemetry.sessionsStalled.set(1);
    this.#options.log.error(
      'sessions stay as they are until the next start; telemetry is accepted and kept',
      {
        reason,
      },
    );
  }

  damaged(blocks: readonly BlockRange[]): void {
    this.#damaged = blocks;
    this.#options.telemetry.damagedBlocks.set(countOf(blocks));
    this.#options.log.error(
      'blocks of the log are damaged: sessions lack their records. Stop the server, put the segment files that have them back from a backup, and run sojourn repair, which also lists what is lost without a backup',
      { blocks: blocks.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(' ') },
    );
  }

  retained(pass: RetentionPass): void {
    const { projects, freedBytes, tookMs } = pass;
    const { log, telemetry } = this.#options;
    const sumOf = (name: 'sessions' | 'records' | 'contents'): number =>
      projects.reduce((sum, each) => sum + each[name], 0);
    const [sessions, records, contents] = [sumOf('sessions'), sumOf('records'), sumOf('contents')];
    telemetry.retentionPasses.inc();
    telemetry.retentionSessions.inc(sessions);
    telemetry.retentionRecords.inc(records);
    telemetry.retentionContents.inc(contents);
    telemetry.retentionFreedBytes.inc(Math.max(0, freedBytes));
    log.info('retention removed the oldest sessions', {
      sessions,
      records,
      contents,
      freedBytes,
      ms: tookMs,
    });
    this.#options.retained?.(pass);
  }

  retentionHeld(reason: string | undefined): void {
    const { log, telemetry } = this.#options;
    telemetry.retentionHeld.set(reason === undefined ? 0 : 1);
    if (reason === undefined) log.info('retention goes by age again');
    else log.warn('retention is held back', { reason });
  }

  writable(reason?: string): void {
    const { log, telemetry } = this.#options;
    this.#trouble = reason;
    telemetry.storeWritable.set(reason === undefined ? 1 : 0);
    if (reason === undefined) log.info('the store can be written again');
    else log.error('the store cannot be written; it is tried again every second', { reason });
  }

  unfolded(records: number): void {
    this.#unfolded = records;
    this.#options.telemetry.recordsUnfolded.set(records);
  }

  lane({ lane, lagMs, isHeld }: LaneState): void {
    const { laneLagSeconds, laneHeld } = this.#options.telemetry;
    laneLagSeconds.set({ lane: String(lane) }, lagMs / 1000);
    laneHeld.set({ lane: String(lane) }, isHeld ? 1 : 0);
    this.#lagMs = lagMs;
  }

  foldStalled(reason: string | undefined): void {
    this.#isStalled = reason !== undefined;
    this.#options.telemetry.sessionsStalled.set(this.#isStalled || this.#hasFoldFailed ? 1 : 0);
    const { log } = this.#options;
    if (reason === undefined) log.info('sessions follow what was received again');
    else log.error('this process cannot make sessions; it tries again, and others may', { reason });
  }

  held(isHeld: boolean): void {
    this.#isHeld = isHeld;
    const { log } = this.#options;
    if (isHeld)
      log.warn('more telemetry comes than can be made into sessions: senders are asked to come later');
    else log.info('telemetry is taken again');
  }

  /** Whether the store could be written when it was last tried. */
  get isWritable(): boolean {
    return this.#trouble === undefined;
  }

  /** Whether the store refuses telemetry for now, because sessions are too far behind. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  retried(reason: RetryReason): void {
    this.#options.telemetry.storeRetries.inc({ reason });
  }

  failed(error: Error): void {
    this.#options.failed(error);
  }

  /**
   * Whether the server is ready, as far as the store is concerned. `disk` is undefined before the first
   * measurement.
   */
  readiness(disk: DiskState | undefined): ReadyState {
    if (this.#waiting !== undefined) return { ready: false, reason: WAITING };
    if (this.#opening !== undefined) {
      const reason = `the data directory is brought up to this version, ${percentOf(this.#opening)} % is done; telemetry is taken after that`;
      return { ready: false, reason };
    }
    const trouble = this.#trouble;
    const catchingUp = this.#catchingUp;
    const isBehind =
      catchingUp !== undefined ||
      this.#lagMs > MOST_LAG_MS ||
      (this.#unfolded > 0 && (this.#hasFoldFailed || this.#isStalled || trouble !== undefined));
    const warning = this.#warning(disk);
    const reason = trouble === undefined ? warning : `nothing can be written: ${trouble}`;
    return {
      ready: trouble === undefined,
      ...(reason !== undefined && { reason }),
      ...(isBehind && { behind: catchingUp?.servesOldSessions ? BEFORE : BEHIND }),
      ...(disk !== undefined && { store: sizeOf(disk) }),
    };
  }

  #warning(disk: DiskState | undefined): string | undefined {
    if (this.#hasFoldFailed) return FOLD_FAILED;
    const full = disk && diskWarning(disk);
    if (full !== undefined) return full;
    if (this.#isStalled) return STALLED;
    if (this.#catchingUp === undefined && this.#lagMs > MOST_LAG_MS) {
      return `sessions are ${Math.round(this.#lagMs / 1000)} s behind what was received`;
    }
    if (this.#catchingUp === undefined)
      return this.#damaged.length === 0 ? this.#warned : damageOf(this.#damaged);
    const done = `${percentOf(this.#catchingUp)} % is done`;
    return this.#catchingUp.servesOldSessions
      ? `all sessions are being made again, ${done}; answers stay as they were until then, and telemetry received meanwhile is kept and shown afterwards`
      : `sessions are brought up to what is on disk, ${done}; telemetry received meanwhile is kept`;
  }
}

/** Rounded down: 100 % must not be shown before the end. */
function percentOf({ done, total }: CatchingUp): number {
  return total === 0 ? 0 : Math.floor((done / total) * 100);
}

function sizeOf({ storeBytes, freeBytes, secondsUntilFull }: DiskState): NonNullable<ReadyState['store']> {
  return {
    size_bytes: storeBytes,
    free_bytes: freeBytes,
    ...(secondsUntilFull !== undefined && { seconds_until_full: secondsUntilFull }),
  };
}
