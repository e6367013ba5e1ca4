import type { ExceptionTexts } from '../../normalize/exception-texts.js';
import type { ExceptionChannel } from '../../normalize/facts.js';
import type { GroupPosition, RecordId } from './group.js';

/** The exceptions of a session. */

/** The position of an exception among those that are merged together. */
export interface ExceptionPosition {
  readonly firstNs: bigint;
  /** A short text without spaces, equal for the same exception of the same service. */
  readonly kind: string;
}

export interface ExceptionScan {
  /** The scan begins after this group; by default with the first group. */
  readonly behind?: GroupPosition;
  /** Only exceptions after this position. */
  readonly after?: ExceptionPosition;
  readonly limit: number;
}

export interface FoundExceptions {
  readonly exceptions: readonly StoredException[];
  /** Where the next page begins; undefined if there is none. */
  readonly next?: Pick<ExceptionScan, 'behind' | 'after'>;
}

/** An exception of a service, merged from all records that report it. */
export interface StoredException extends ExceptionTexts {
  readonly position: ExceptionPosition;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly service?: string;
  readonly channels: readonly ExceptionChannel[];
  /** How often it was thrown, and how often that was a crash. */
  readonly count: number;
  readonly crashCount: number;
  /** The first record that reports it. */
  readonly record: RecordId;
  /** A span that reports it. */
  readonly span?: RecordId;
}
