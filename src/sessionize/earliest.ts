import type { Who } from '../normalize/facts.js';
import { type ByteString, compareInTime } from './records.js';

/** What of a session is taken from the earliest record that says it (S12). */
export interface Traits extends Who {
  readonly previousId?: string;
}

/** Some traits, with the place in time of the record that said them. */
export interface Saying {
  readonly atNs: bigint;
  /** Trace id and span id, or content digest: orders records of the same time. */
  readonly id: ByteString;
  readonly traits: Traits;
}

/**
 * The earliest value of each trait: sayings in order of (time, id), in which every trait occurs once.
 * Merging is associative, commutative and idempotent, so it does not matter how records were grouped.
 */
export type Earliest = readonly Saying[];

export const NOTHING_SAID: Earliest = [];

export function compareSayings(a: Saying, b: Saying): number {
  return compareInTime(a.atNs, a.id, b.atNs, b.id);
}

/** The earliest of each trait over all sayings given, in any order. At equal places the first given wins. */
export function earliestOf(sayings: readonly Saying[]): Earliest {
  if (sayings.length < 2) return sayings;
  const ordered = sayings.toSorted(compareSayings);
  const seen = new Set<string>();
  const kept: Saying[] = [];
  for (const saying of ordered) {
    const names = Object.keys(saying.traits);
    const fresh = names.filter((name) => !seen.has(name));
    if (fresh.length === 0) continue;
    for (const name of fresh) seen.add(name);
    kept.push(fresh.length === names.length ? saying : { ...saying, traits: pick(saying.traits, fresh) });
  }
  return kept;
}

/**
 * `all` without what `old` said in it and with what `replacement` says; undefined where that cannot be known, because
 * a trait went whose next earliest record is not at hand (S18).
 */
export function exchange(all: Earliest, old: Earliest, replacement: Earliest): Earliest | undefined {
  if (saysNothingNew(all, old, replacement)) return all;
  const rest: Saying[] = [];
  for (const saying of all) {
    if (!old.some((gone) => compareSayings(gone, saying) === 0)) {
      rest.push(saying);
      continue;
    }
    for (const name of Object.keys(saying.traits)) {
      const successor = replacement.find((said) => Object.hasOwn(said.traits, name));
      if (successor === undefined || compareSayings(successor, saying) > 0) return undefined;
    }
  }
  return earliestOf([...replacement, ...rest]);
}

/** Whether neither what goes nor what comes has a say: then `all` is kept as the very same object. */
function saysNothingNew(all: Earliest, old: Earliest, replacement: Earliest): boolean {
  if (old.some((gone) => all.some((saying) => compareSayings(gone, saying) === 0))) return false;
  return replacement.every((said) =>
    Object.keys(said.traits).every((name) =>
      all.some((saying) => Object.hasOwn(saying.traits, name) && compareSayings(saying, said) < 0),
    ),
  );
}

function pick(traits: Traits, names: readonly string[]): Traits {
  return Object.fromEntries(Object.entries(traits).filter(([name]) => names.includes(name)));
}
