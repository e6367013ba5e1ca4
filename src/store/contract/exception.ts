import type { ExceptionTexts } from '../../normalize/exception-texts.js';
import type { ExceptionChannel } from '../../normalize/facts.js';
import type { GroupPosition, RecordId } from './group.js';

/** The exceptions of a session. */

/** Where an exception stands among those that are told together. */
export interface ExceptionPosition {
  readonly firstNs: bigint;
  /** A short text without spaces, equal for the same exception of the same service. */
  readonly kind: string;
}

export interface ExceptionScan {
  /** The groups behind this one are looked at; all from the first where it is left out. */
  readonly behind?: GroupPosition;
  /** Of what is told in them, what comes after this. */
  readonly after?: ExceptionPosition;
  readonly limit: number;
}

export interface FoundExceptions {
  readonly exceptions: readonly StoredException[];
  /** Where it goes on; missing where there is nothing more. */
  readonly next?: Pick<ExceptionScan, 'behind' | 'after'>;
}

/** An exception of a service, with all that tell of it. */
export interface StoredException extends ExceptionTexts {
  readonly position: ExceptionPosition;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly service?: string;
  readonly channels: readonly ExceptionChannel[];
  /** How often it was thrown, and how often it was a crash. */
  readonly count: number;
  readonly crashCount: number;
  /** The first record that tells of it. */
  readonly record: RecordId;
  /** A span that it is told on. */
  readonly span?: RecordId;
}
