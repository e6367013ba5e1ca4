import type { RunLimits } from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import type { LoadAnswer, LoadRequest, Plan } from '../engine/loads.js';
import { UserRuns } from '../engine/user-runs.js';
import type { Reads } from './reads.js';

/** Finds the sessions by user (S40) of traces within one snapshot. Results are kept until it ends. */
export class UserSessions {
  readonly #reads: Reads;
  readonly #runs: UserRuns;

  constructor(reads: Reads, limits: RunLimits) {
    this.#reads = reads;
    this.#runs = new UserRuns(limits);
  }

  /**
   * The ids of the sessions that contain the records of these traces without a session id. Undefined if that
   * is the trace's own session (S7).
   */
  sessionsOf(project: number, traces: readonly ByteString[]): Promise<(string | undefined)[]> {
    return this.#run(this.#runs.sessionsOf(traces.map((key) => ({ project, key }))));
  }

  /** The same for an id, if it is a trace id. */
  async sessionOfId(project: number, id: string): Promise<string | undefined> {
    const [session] = await this.#run(this.#runs.sessionsOfIds([{ project, id }]));
    return session;
  }

  async #run<T>(plan: Plan<T>): Promise<T> {
    let step = plan.next();
    while (!step.done) step = plan.next(await this.#answer(step.value));
    return step.value;
  }

  #answer(request: LoadRequest): Promise<LoadAnswer> {
    switch (request.name) {
      case 'userTraces':
        return this.#reads.userTraces(request.of);
      case 'userHours':
        return this.#reads.userHours(request.of);
      default:
        throw new Error(`sessions by user follow without ${request.name}`);
    }
  }
}
