import type { RetainedAmounts } from '../contract/retention.js';
import type { Position } from './due-sessions.js';
import type { ErasedPart } from './erasing.js';

/** What a pass of retention removed of a project. */
type Removed = { -readonly [K in keyof RetainedAmounts]: RetainedAmounts[K] } & { contents: number };

/** What a pass of retention has done so far. */
export class PassProgress {
  /** What it removed, by project. */
  readonly removed = new Map<string, Removed>();
  /** Change sets that removed something. */
  pieces = 0;
  /** Chunks that were listed and are still in the log. */
  listed = 0;
  freedBytes = 0;

  /** Counts what has left in one change set, and the sessions that left with all that they had. */
  addPart(
    project: string,
    { bytes, spans, logs }: Pick<ErasedPart, 'bytes' | 'spans' | 'logs'>,
    gone: readonly { readonly isListed: boolean }[],
  ): void {
    const amounts = this.#amountsOf(project);
    amounts.bytes += bytes;
    amounts.sessions += gone.filter(({ isListed }) => isListed).length;
    amounts.records += spans + logs;
  }

  /** Counts records whose content has left. */
  addContents(project: string, records: number): void {
    this.#amountsOf(project).contents += records;
  }

  #amountsOf(project: string): Removed {
    const amounts = this.removed.get(project) ?? { sessions: 0, records: 0, bytes: 0, contents: 0 };
    this.removed.set(project, amounts);
    return amounts;
  }
}

/** Where removing content goes on: after a session, and in the next one from this group on. */
export interface ContentPlace {
  readonly after: Position;
  readonly fromGroup: number;
}

/** Sessions of a project and listing without activity after a time. */
export interface DueList {
  readonly name: string;
  readonly project: number;
  readonly listing: number;
  readonly untilNs: bigint;
}
