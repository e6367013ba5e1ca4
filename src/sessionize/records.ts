import type {
  ExceptionFacts,
  Identity,
  LifecycleEvent,
  ScoreFacts,
  TitleFacts,
  ToolFacts,
  Usage,
  VisitFacts,
} from '../normalize/facts.js';
import { isUnset } from './stretches.js';

/** Ids and digests are held as latin-1 strings, one character a byte: they compare like their bytes. */
export type ByteString = string;

/** Orders records by time, those of unset clocks last (S20), and of the same time by id. */
export function compareInTime(aNs: bigint, aId: ByteString, bNs: bigint, bId: ByteString): number {
  if (aNs !== bNs) return aNs < bNs === (isUnset(aNs) === isUnset(bNs)) ? -1 : 1;
  return aId < bId ? -1 : aId > bId ? 1 : 0;
}

/** The facts of a span that binding and folding need. */
export interface SpanFacts {
  readonly id: ByteString;
  /** Empty if it has no parent. */
  readonly parentId: ByteString;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Length of its encoded message, bytes (S2). */
  readonly size: number;
  readonly error: boolean;
  /** Whether it is a server's span of a quiet request, and names no session (S25). */
  readonly quiet?: boolean;
  /** Whether it has span events. */
  readonly hasEvents?: boolean;
  readonly session: string | undefined;
  readonly service: string | undefined;
  readonly identity: Identity | undefined;
  readonly usage: Usage | undefined;
  readonly visit: VisitFacts | undefined;
  readonly exceptions: readonly ExceptionFacts[] | undefined;
  readonly title?: TitleFacts | undefined;
  /** What the session is found by, as a text for `tagsIn` (normalize/tags.ts). */
  readonly tags?: string | undefined;
  readonly tool?: ToolFacts | undefined;
}

/** S10: a span that ends before it starts ends at its start. */
export function lastNsOf({ startNs, endNs }: SpanFacts): bigint {
  return endNs > startNs ? endNs : startNs;
}

/** A log record in a group. */
export interface LogFacts {
  /** Digest of its content (S3). */
  readonly id: ByteString;
  /** Empty if it names no span. */
  readonly spanId: ByteString;
  readonly timeNs: bigint;
  readonly session: string | undefined;
  readonly service: string | undefined;
  readonly identity: Identity | undefined;
  readonly usage: Usage | undefined;
  readonly lifecycleEvent: LifecycleEvent | undefined;
  readonly score?: ScoreFacts | undefined;
  readonly visit: VisitFacts | undefined;
  readonly exceptions: readonly ExceptionFacts[] | undefined;
  readonly title?: TitleFacts | undefined;
  /** What the session is found by, as a text for `tagsIn` (normalize/tags.ts). */
  readonly tags?: string | undefined;
  readonly tool?: ToolFacts | undefined;
}

/** Order of bytes after (end, length): negative if the first is the lesser version (S2). */
export type CompareBytes<S extends SpanFacts> = (first: S, second: S) => number;

export type AddOutcome = 'new' | 'replaced' | 'duplicate';

/**
 * The records of one trace, or the log records of one session and minute without a trace (S1): the winning
 * version of each.
 */
export class Group<S extends SpanFacts = SpanFacts> {
  /** Trace id, empty for log records without a trace. */
  readonly traceId: ByteString;
  /** The session of its records that name none (S40); undefined for that of the trace (S7). */
  sessionByUser: string | undefined;
  readonly spans = new Map<ByteString, S>();
  #logs: Map<ByteString, LogFacts> | undefined;

  constructor(traceId: ByteString) {
    this.traceId = traceId;
  }

  /** Most traces have no log records. */
  get logs(): ReadonlyMap<ByteString, LogFacts> {
    return this.#logs ?? NO_LOGS;
  }

  get size(): number {
    return this.spans.size + this.logs.size;
  }

  addSpan(span: S, compareBytes: CompareBytes<S>): AddOutcome {
    const known = this.spans.get(span.id);
    if (known === undefined) {
      this.spans.set(span.id, span);
      return 'new';
    }
    if (compareVersions(known, span, compareBytes) >= 0) return 'duplicate';
    this.spans.set(span.id, span);
    return 'replaced';
  }

  addLog(log: LogFacts): AddOutcome {
    this.#logs ??= new Map();
    if (this.#logs.has(log.id)) return 'duplicate';
    this.#logs.set(log.id, log);
    return 'new';
  }
}

const NO_LOGS: ReadonlyMap<ByteString, LogFacts> = new Map();

function compareVersions<S extends SpanFacts>(a: S, b: S, compareBytes: CompareBytes<S>): number {
  if (a.endNs !== b.endNs) return a.endNs < b.endNs ? -1 : 1;
  if (a.size !== b.size) return a.size - b.size;
  return compareBytes(a, b);
}
