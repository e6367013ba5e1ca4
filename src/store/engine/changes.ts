import type { Piece, UserPart } from '../../sessionize/by-user.js';
import type { MarkRows } from '../../sessionize/call-marks.js';
import type { ByteString } from '../../sessionize/records.js';
import type { EngineState, GroupKey, SessionKey, UserHour } from './loads.js';
import type { TimelineNumbers } from './timeline-rows.js';

/** The rows to write that plans return. Either all of a set is written, or nothing. */

export interface GroupRow extends GroupKey {
  /** From `encodePlaces`. */
  readonly places: Uint8Array;
}

/** The relation of a group to a session, and its time. */
export interface MembershipKey {
  /** The session's number. */
  readonly session: number;
  /** A value of `GroupKind`, or of event-places.ts. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly key: ByteString;
}

export interface MembershipRow extends MembershipKey {
  /** Which events this row finds (event-places.ts). */
  readonly events: number;
}

/** A session's place in lists. */
export interface SessionPlace {
  readonly startNs: bigint;
  /** A value of `Listing`. */
  readonly listing: number;
}

/** The values that change with every record of a session. */
export interface SessionProgress {
  readonly lastNs: bigint;
  readonly sums: string;
  /** Undefined if the rows of marks do not change. */
  readonly marks: MarkRows | undefined;
  /** What lists show of it: the first of `ListedSession.fields`. Empty if it is in no list. */
  readonly counts: string;
  /** Nano-USD; null if no call has a known cost. */
  readonly costNanoUsd: bigint | null;
  readonly spanCount: number;
  readonly hasErrors: boolean;
  readonly errorCount: number;
  readonly traceCount: number;
  /** Failed spans or exceptions, whichever are more. */
  readonly failures: number;
  /** Input and output, at most MAX_INTEGER; null without model calls. */
  readonly tokens: bigint | null;
  /** Null without model calls. */
  readonly unpriced: number | null;
  readonly unreported: number | null;
}

/** The values that change rarely. */
export interface SessionTraits {
  readonly implicit: boolean;
  readonly invalidated: boolean;
  readonly settings: number;
  readonly userId: string | null;
  readonly device: string | null;
  /** `code:name`. */
  readonly country: string | null;
  readonly earliest: string;
  /** What lists show of them: the rest of `ListedSession.fields`. */
  readonly shown: string;
}

export interface NewSession extends SessionKey {
  readonly no: number;
  readonly place: SessionPlace;
  readonly progress: SessionProgress;
  readonly traits: SessionTraits;
}

export interface ChangedSession {
  readonly no: number;
  /** Undefined if it does not move. */
  readonly place: SessionPlace | undefined;
  readonly progress: SessionProgress;
  /** Undefined if they do not change. */
  readonly traits: SessionTraits | undefined;
}

/** A change of a counter of rollups.ts. */
export interface CounterChange {
  readonly project: number;
  readonly level: number;
  readonly dimension: number;
  readonly bucket: number;
  readonly name: string;
  /** The amount to add. A counter that becomes 0 may be deleted. */
  readonly added: number;
}

/** A change of a row of timeline-rows.ts. */
export interface TimelineChange {
  readonly project: number;
  readonly level: number;
  readonly bucket: number;
  readonly model: string;
  /** The amounts to add. A row without sessions and records may be deleted. */
  readonly added: TimelineNumbers;
}

/** A value that filters search for. */
export interface Facet {
  /** A value of `FacetKind`. */
  readonly kind: number;
  readonly value: string;
}

/**
 * Changes of a session's filter values: those removed, at the start under which they were stored, and those
 * added.
 */
export interface FacetChange extends SessionKey {
  readonly no: number;
  readonly gone: { readonly startNs: bigint; readonly facets: readonly Facet[] };
  readonly come: { readonly startNs: bigint; readonly facets: readonly Facet[] };
}

/** A user of a session besides the one in its row. */
export interface OtherUserKey extends SessionKey {
  readonly user: string;
  readonly startNs: bigint;
}

export interface OtherUserRow extends OtherUserKey {
  readonly no: number;
}

/** One more row of a moment of the call index. */
export interface CallPlaceRow {
  readonly moment: number;
  readonly no: number;
  readonly entries: Uint8Array;
}

export interface UserTraceRow extends GroupKey {
  readonly part: UserPart;
}

export interface UserHourRow extends UserHour {
  readonly project: number;
  readonly user: string;
}

export interface UserPieceRow {
  readonly project: number;
  readonly user: string;
  readonly piece: Piece;
}

/** Rows to insert or replace by key, and keys whose rows are deleted. No key is in both. */
export interface Rows<Row, Key> {
  readonly put: Row[];
  readonly gone: Key[];
}

/** All changes of a plan. What is `gone` is deleted first. */
export class ChangeSet {
  state: Partial<EngineState> = {};
  /**
   * Decisions of the operator. They are not derived rows: they are durable on their own, before the others.
   */
  readonly invalidated: SessionKey[] = [];
  readonly groups: Rows<GroupRow, GroupKey> = { put: [], gone: [] };
  readonly memberships: Rows<MembershipRow, MembershipKey> = { put: [], gone: [] };
  readonly newSessions: NewSession[] = [];
  readonly changedSessions: ChangedSession[] = [];
  /** Sessions whose place in time stays and whose listing changes. */
  readonly listings: { readonly no: number; readonly listing: number }[] = [];
  /** Numbers of sessions: all of their memberships go as well. */
  readonly goneSessions: number[] = [];
  /** When the first time of a session that is too far ahead will be accepted. */
  readonly ahead: Rows<{ readonly no: number; readonly believedFromNs: bigint }, number> = {
    put: [],
    gone: [],
  };
  readonly counters: CounterChange[] = [];
  readonly timeline: TimelineChange[] = [];
  readonly facets: FacetChange[] = [];
  readonly otherUsers: Rows<OtherUserRow, OtherUserKey> = { put: [], gone: [] };
  readonly callPlaces: CallPlaceRow[] = [];
  readonly userTraces: Rows<UserTraceRow, GroupKey> = { put: [], gone: [] };
  readonly userHours: Rows<UserHourRow, Pick<UserHourRow, 'project' | 'user' | 'hour'>> = {
    put: [],
    gone: [],
  };
  readonly userPieces: Rows<UserPieceRow, UserPieceRow> = { put: [], gone: [] };
}
