import { Session } from '../../sessionize/session.js';
import type { StoredTopCalls, TopScan } from '../contract/statistics.js';
import { hasBit } from './columns/bits.js';
import { Part } from './columns/chunk.js';
import type { SearchFilter } from './filters.js';
import { type MatchOptions, matchingSessions } from './matching-sessions.js';
import { GapSums, gapsOf } from './statistics.js';
import { Greatest, rowsOf } from './top-sessions.js';

/**
 * Of the sessions that match a filter, those that have the greatest calls. Each session knows its own greatest
 * call, so these sessions also have the greatest calls of all: as many calls as sessions are asked for.
 */
export async function countTopCalls(
  { by, limit, nowNs: _, ...filter }: TopScan & SearchFilter,
  options: MatchOptions,
): Promise<StoredTopCalls> {
  const gaps = new GapSums();
  const greatest = new Greatest(limit);
  const { chunks, rows } = await matchingSessions(filter, { kind: 'calls', parts: [Part.usage] }, options);
  for await (const { chunk, sessions } of chunks) {
    gaps.add(gapsOf(chunk, sessions));
    const { places, amounts } = chunk.usage.greatestCall[by];
    for (let row = 0; row < places.length; row++) {
      const place = places[row]!;
      if (!hasBit(sessions, place) || !greatest.mayKeep(amounts[row]! / BILLION)) continue;
      greatest.add(chunk.firstNo + chunk.slots[place]!, BigInt(amounts[row]!), chunk.startNs(place));
    }
  }
  for await (const some of rows) {
    for (const [no, startNs, sums, unpriced, unreported] of some) {
      if (sums === null) continue;
      gaps.add({ unpricedCount: Number(unpriced), unreportedCount: Number(unreported) });
      const call = Session.decodeGreatestCall(sums);
      const amount = by === 'cost' ? call.costNanoUsd : call.durationNs;
      if (amount !== undefined) greatest.add(no, BigInt(amount), BigInt(startNs));
    }
  }
  return { sessions: (await rowsOf(greatest, options)).slice(0, limit), ...gaps };
}

const BILLION = 1_000_000_000;
