import { isInPlace } from '../../../sessionize/page-places.js';
import { FacetKind } from '../../engine/facets.js';
import type { Check, NumberColumn } from '../search-rows.js';
import { addAll, type Bits, keepCommon, keepWhere, noBits, takeOut } from './bits.js';
import { type Chunk, Flag, Part, type PartNumber, split } from './chunk.js';

/** Applies checks to the sessions of a chunk. */

/** A check on a chunk. Values of the index are given by kind and text. */
export type ChunkCheck =
  | Exclude<Check, { is: 'not' }>
  /** The session fails at least one of these checks. */
  | { readonly is: 'not'; readonly of: readonly ChunkCheck[] }
  | { readonly is: 'startAtLeast'; readonly value: bigint }
  | { readonly is: 'startAtMost'; readonly value: bigint }
  | { readonly is: 'withAny'; readonly values: readonly (readonly [kind: number, value: string])[] };

/** The parts of a chunk that checks read in addition to its base. */
export function partsOf(checks: readonly ChunkCheck[]): PartNumber[] {
  return checks.flatMap((check): PartNumber[] => {
    switch (check.is) {
      case 'ofUsers':
        return [Part.users];
      case 'atPlace':
        return [Part.places];
      case 'any':
        return check.of.flatMap(partsOf);
      case 'not':
        return partsOf(check.of);
      case 'atLeast':
      case 'atMost':
        return USAGE_COLUMNS.has(check.column) ? [Part.usage] : [];
      default:
        return [];
    }
  });
}

/** All users that checks compare. */
export function usersOf(checks: readonly ChunkCheck[]): string[] {
  return checks.flatMap((check) => {
    if (check.is === 'ofUsers') return check.users;
    if (check.is === 'not') return usersOf(check.of);
    return check.is === 'any' ? check.of.flatMap(usersOf) : [];
  });
}

/** Removes from a set the sessions that do not pass all checks. `users` has the numbers of users. */
export function keep(
  bits: Bits,
  chunk: Chunk,
  checks: readonly ChunkCheck[],
  users: ReadonlyMap<string, number>,
): void {
  for (const check of checks) keepOne(bits, chunk, check, users);
}

function keepOne(bits: Bits, chunk: Chunk, check: ChunkCheck, users: ReadonlyMap<string, number>): void {
  switch (check.is) {
    case 'startAtLeast': {
      const least = split(check.value);
      keepWhere(bits, (place) => chunk.startsAtLeast(place, least));
      return;
    }
    case 'startAtMost': {
      const beyond = split(check.value + 1n);
      keepWhere(bits, (place) => !chunk.startsAtLeast(place, beyond));
      return;
    }
    case 'atLeast':
      keepCommon(bits, atLeast(bits, chunk, check.column, check.value));
      return;
    case 'atMost':
      // A session without a value does not pass.
      if (USAGE_COLUMNS.has(check.column)) keepCommon(bits, atLeast(bits, chunk, check.column, 0n));
      takeOut(bits, atLeast(bits, chunk, check.column, check.value + 1n));
      return;
    case 'closed':
      keepIf(bits, chunk.flagged(Flag.closed), check.value);
      return;
    case 'invalidated':
      keepIf(bits, chunk.withAny(FacetKind.invalidated, ['1']), check.value);
      return;
    case 'implicit':
      keepIf(bits, chunk.flagged(Flag.implicit), check.value);
      return;
    case 'bot':
      keepIf(bits, chunk.withAny(FacetKind.device, ['bot']), check.value);
      return;
    case 'ofUsers':
      keepCommon(bits, chunk.ofUsers(new Set(check.users.flatMap((user) => users.get(user) ?? []))));
      return;
    case 'atPlace':
      keepCommon(
        bits,
        chunk.withPlace((place) => isInPlace(place, check.query)),
      );
      return;
    case 'numbered': {
      const numbers = new Set(check.numbers);
      keepWhere(bits, (place) => numbers.has(chunk.firstNo + chunk.slots[place]!));
      return;
    }
    case 'withAny': {
      const any = noBits();
      for (const [kind, value] of check.values) addAll(any, chunk.withAny(kind, [value]));
      keepCommon(bits, any);
      return;
    }
    case 'not': {
      const some = Uint32Array.from(bits);
      keep(some, chunk, check.of, users);
      takeOut(bits, some);
      return;
    }
    case 'withValue':
    case 'shownUser':
    case 'idBegins':
    case 'userBegins':
    case 'scored':
      throw new Error(`chunks are not asked for ${check.is}`);
    case 'any': {
      const any = noBits();
      for (const checks of check.of) {
        const some = Uint32Array.from(bits);
        keep(some, chunk, checks, users);
        addAll(any, some);
      }
      keepCommon(bits, any);
    }
  }
}

/** Columns that only sessions with model calls have. */
const USAGE_COLUMNS: ReadonlySet<NumberColumn> = new Set(['costNanoUsd', 'tokens']);

/** The sessions of a set with at least this value. */
function atLeast(bits: Bits, chunk: Chunk, column: NumberColumn, value: bigint): Bits {
  if (column === 'costNanoUsd') return chunk.costingAtLeast(value);
  if (column === 'tokens') return chunk.withTokens(value);
  const kept = Uint32Array.from(bits);
  const least = split(value);
  if (column === 'lastNs') keepWhere(kept, (place) => chunk.isActiveAt(place, least));
  else if (column === 'durationNs') keepWhere(kept, (place) => chunk.lastsAtLeast(place, least));
  else {
    const counts = chunk[COUNTS[column]];
    const count = Number(value);
    keepWhere(kept, (place) => counts[place]! >= count);
  }
  return kept;
}

/** The columns of a chunk with counts. */
const COUNTS = { spanCount: 'spans', errorCount: 'errors', traceCount: 'traces' } as const;

function keepIf(bits: Bits, others: Bits, isKept: boolean): void {
  if (isKept) keepCommon(bits, others);
  else takeOut(bits, others);
}
