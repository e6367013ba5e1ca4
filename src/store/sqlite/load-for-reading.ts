import type { RunLimits } from '../../sessionize/by-user.js';
import type { CallKey } from '../../sessionize/elsewhere.js';
import type { ByteString } from '../../sessionize/records.js';
import { CallMoments } from '../engine/call-index.js';
import { drive, type LoadAnswer, type LoadRequest, type Plan } from '../engine/loads.js';
import { UserRuns } from '../engine/user-runs.js';
import type { Database } from './database.js';
import { SqliteLoads } from './load.js';

/** What readers ask of the structures of the engine, on a connection of their own. */

/** Moments that are worth asking for what is new in them. */
const MOST_CAUGHT_UP = 64;

/** Finds the groups that have a key of a call (U24). */
export class CallPlaces {
  readonly #moments = new CallMoments();
  readonly #loads: SqliteLoads;

  constructor(db: Database) {
    this.#loads = new SqliteLoads(db);
  }

  /** See `CallMoments.others`. */
  others(key: CallKey, group: ByteString): ByteString[] {
    const ranges = this.#moments.missing([key], false);
    if (ranges.length > 0) this.#moments.take(ranges, this.#loads.callPlaces(ranges));
    return this.#moments.others(key, group);
  }

  /** Reads what was added since the last time. */
  catchUp(): void {
    if (this.#moments.size > MOST_CAUGHT_UP) this.#moments.forget();
    const ranges = this.#moments.newer();
    this.#moments.take(ranges, this.#loads.callPlaces(ranges));
  }
}

/** Finds the session by user (S40) of a trace. */
export class UserSessions {
  readonly #loads: SqliteLoads;
  readonly #runs: UserRuns;
  #isMoment = false;

  constructor(db: Database, limits: RunLimits) {
    this.#loads = new SqliteLoads(db);
    this.#runs = new UserRuns(limits);
  }

  /** The id of the session that the records of this trace without one are in; undefined where that is the trace's own (S7). */
  sessionOf(project: number, trace: ByteString): string | undefined {
    return this.#run(this.#runs.sessionsOf([{ project, key: trace }]))[0];
  }

  /** The same, where this is the id of a trace. */
  sessionOfId(project: number, id: string): string | undefined {
    return this.#run(this.#runs.sessionsOfIds([{ project, id }]))[0];
  }

  /** What is seen does not change until `endMoment`: what is found is kept. */
  beginMoment(): void {
    this.#runs.forget();
    this.#isMoment = true;
  }

  endMoment(): void {
    this.#runs.forget();
    this.#isMoment = false;
  }

  #run<T>(plan: Plan<T>): T {
    if (!this.#isMoment) this.#runs.forget();
    return drive(plan, this.#answer);
  }

  readonly #answer = (request: LoadRequest): LoadAnswer => {
    if (request.name === 'blocks') throw new Error('sessions by user follow from rows alone');
    return this.#loads.answer(request);
  };
}
