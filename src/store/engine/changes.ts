import type { Piece, UserPart } from '../../sessionize/by-user.js';
import type { MarkRows } from '../../sessionize/call-marks.js';
import type { ByteString } from '../../sessionize/records.js';
import type { EngineState, GroupKey, SessionKey, UserHour } from './loads.js';
import type { TimelineNumbers } from './timeline-rows.js';

/** What plans return: rows to write. All of a set is written, or nothing. */

export interface GroupRow extends GroupKey {
  /** As `encodePlaces` made them. */
  readonly places: Uint8Array;
}

/** How a group stands to a session, and when. */
export interface MembershipKey {
  /** The session's number. */
  readonly session: number;
  /** A value of `GroupKind`, or of event-places.ts. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly key: ByteString;
}

export interface MembershipRow extends MembershipKey {
  /** Which events are found by it (event-places.ts). */
  readonly events: number;
}

/** A session's place in lists. */
export interface SessionPlace {
  readonly startNs: bigint;
  /** A value of `Listing`. */
  readonly listing: number;
}

/** What changes with every record of a session. */
export interface SessionProgress {
  readonly lastNs: bigint;
  readonly sums: string;
  /** Undefined where the rows of marks stay what they are. */
  readonly marks: MarkRows | undefined;
  /** What lists show of it: the first of `ListedSession.fields`. Empty where no list has it. */
  readonly counts: string;
  /** Nano-USD; null where no call has a known cost. */
  readonly costNanoUsd: bigint | null;
  readonly spanCount: number;
  readonly hasErrors: boolean;
  /** Null where it has no model call. */
  readonly unpriced: number | null;
  readonly unreported: number | null;
}

/** What seldom changes. */
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
  /** Undefined where it stays where it is. */
  readonly place: SessionPlace | undefined;
  readonly progress: SessionProgress;
  /** Undefined where they stay what they are. */
  readonly traits: SessionTraits | undefined;
}

/** A change of a counter of rollups.ts. */
export interface CounterChange {
  readonly project: number;
  readonly level: number;
  readonly dimension: number;
  readonly bucket: number;
  readonly name: string;
  /** What is added to it. One that comes to 0 may go. */
  readonly added: number;
}

/** A change of a row of timeline-rows.ts. */
export interface TimelineChange {
  readonly project: number;
  readonly level: number;
  readonly bucket: number;
  readonly model: string;
  /** What is added to it. A row without sessions and records may go. */
  readonly added: TimelineNumbers;
}

/** A value that a filter looks for. */
export interface Facet {
  /** A value of `FacetKind`. */
  readonly kind: number;
  readonly value: string;
}

/** The values of a session's filters that went, at the start that it was found at, and those that came. */
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

/** A further row of a moment of the call index. */
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

/** Rows to be written in the place of those with the same key, and keys whose rows go. No key is in both. */
export interface Rows<Row, Key> {
  readonly put: Row[];
  readonly gone: Key[];
}

/** All that a plan changes. What is `gone` goes first. */
export class ChangeSet {
  state: Partial<EngineState> = {};
  /** Decisions of the operator. They are no derived rows: durable by themselves, and before the others. */
  readonly invalidated: SessionKey[] = [];
  readonly groups: GroupRow[] = [];
  readonly memberships: Rows<MembershipRow, MembershipKey> = { put: [], gone: [] };
  readonly newSessions: NewSession[] = [];
  readonly changedSessions: ChangedSession[] = [];
  /** Sessions that stay where they are in time, and are listed otherwise. */
  readonly listings: { readonly no: number; readonly listing: number }[] = [];
  /** Numbers of sessions. */
  readonly goneSessions: number[] = [];
  /** When the first time of a session is believed that is not yet. */
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
