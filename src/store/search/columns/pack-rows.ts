import { Session } from '../../../sessionize/session.js';
import { Listing } from '../../contract/listing.js';
import { traitsOfText } from '../../contract/session-item.js';
import { CHUNK_SESSIONS } from './bits.js';
import { type ColumnSession, fitsColumns, type PartNumber, packChunk } from './chunk.js';
import type { ChunkHead } from './column-rows.js';

/** A row of a session that is in lists, with its state. */
export interface PackedRow {
  readonly no: number;
  readonly project: number;
  readonly id: string;
  readonly startNs: bigint;
  readonly lastNs: bigint;
  /** A value of `Listing`. */
  readonly listing: number;
  readonly invalidated: boolean;
  /** `code:name`. */
  readonly country: string | null;
  readonly userId: string | null;
  readonly costNanoUsd: bigint | null;
  readonly sums: string;
  readonly earliest: string;
  readonly traits: string;
}

/** A chunk as it is to be written. */
export interface PackedChunk {
  /** Numbers of the sessions that do not fit the columns. They are loose. */
  readonly unfit: readonly number[];
  readonly projects: readonly PackedProject[];
}

/** The sessions of a project in a chunk. */
export interface PackedProject {
  readonly project: number;
  readonly head: ChunkHead;
  readonly parts: ReadonlyMap<PartNumber, Uint8Array>;
}

/**
 * Returns the numbers in chunks of all of these users of a project. A user without a number gets one, in the
 * transaction that writes the chunk.
 */
export type NumbersOfUsers = (project: number, users: ReadonlySet<string>) => ReadonlyMap<string, number>;

/** Packs a chunk from the rows of its sessions, which must be ordered by number. Takes some 30 ms. */
export function packRows(
  chunk: number,
  rows: Iterable<PackedRow>,
  numbersOfUsers: NumbersOfUsers,
): PackedChunk {
  const unfit: number[] = [];
  const byProject = new Map<number, FittingRow[]>();
  for (const row of rows) {
    const session = Session.decode(row.id, row.sums, row.earliest, traitsOfText(row.traits));
    if (!fitsColumns({ ...row, session })) {
      unfit.push(row.no);
      continue;
    }
    const fitting = byProject.get(row.project);
    if (fitting === undefined) byProject.set(row.project, [{ row, session }]);
    else fitting.push({ row, session });
  }
  const projects = [...byProject].map(([project, fitting]) => {
    const numbers = numbersOfUsers(project, usersOf(fitting));
    const sessions = fitting.map((each) => columnSession(each, numbers));
    return {
      project,
      head: headOf(chunk, sessions),
      parts: packChunk(sessions, chunk * CHUNK_SESSIONS),
    };
  });
  return { unfit, projects };
}

interface FittingRow {
  readonly row: PackedRow;
  readonly session: Session;
}

function usersOf(fitting: readonly FittingRow[]): Set<string> {
  const users = new Set<string>();
  for (const { row, session } of fitting) {
    if (row.userId !== null) users.add(row.userId);
    for (const user of session.otherUserIds) users.add(user);
  }
  return users;
}

function columnSession({ row, session }: FittingRow, numbers: ReadonlyMap<string, number>): ColumnSession {
  return {
    no: row.no,
    startNs: row.startNs,
    lastNs: row.lastNs,
    isClosed: row.listing === Listing.ended,
    invalidated: row.invalidated,
    costNanoUsd: row.costNanoUsd ?? undefined,
    country: row.country ?? undefined,
    user: row.userId === null ? 0 : numbers.get(row.userId)!,
    otherUsers: session.otherUserIds.map((user) => numbers.get(user)!),
    session,
  };
}

function headOf(chunk: number, sessions: readonly ColumnSession[]): ChunkHead {
  const [one] = sessions;
  let [leastStartNs, greatestStartNs, greatestLastNs, greatestDurationNs] = [
    one!.startNs,
    one!.startNs,
    one!.lastNs,
    0n,
  ];
  let greatestCostNanoUsd: bigint | undefined;
  for (const { startNs, lastNs, costNanoUsd } of sessions) {
    if (startNs < leastStartNs) leastStartNs = startNs;
    if (startNs > greatestStartNs) greatestStartNs = startNs;
    if (lastNs > greatestLastNs) greatestLastNs = lastNs;
    if (lastNs - startNs > greatestDurationNs) greatestDurationNs = lastNs - startNs;
    if (
      costNanoUsd !== undefined &&
      (greatestCostNanoUsd === undefined || costNanoUsd > greatestCostNanoUsd)
    ) {
      greatestCostNanoUsd = costNanoUsd;
    }
  }
  return { chunk, leastStartNs, greatestStartNs, greatestLastNs, greatestDurationNs, greatestCostNanoUsd };
}
