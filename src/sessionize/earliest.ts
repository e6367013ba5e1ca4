import type { Who } from '../normalize/facts.js';
import { type ByteString, compareInTime } from './records.js';

/** What of a session is taken from the earliest record that says most of it (S12). */
export type Traits = Who;

/** Some traits, with the place in time of the record that said them. */
export interface Saying {
  readonly atNs: bigint;
  /** Trace id and span id, or content digest: orders records of the same time. */
  readonly id: ByteString;
  readonly traits: Traits;
}

/**
 * The winning saying of each aspect, in order of (time, id): every aspect occurs once. Merging is associative, commutative and idempotent,
 * so it does not matter how records were grouped.
 */
export type Earliest = readonly Saying[];

export const NOTHING_SAID: Earliest = [];

/** Traits that belong together, and are taken from one record or not at all. */
interface Aspect {
  readonly fields: readonly (keyof Traits)[];
  /** How much a record says of it: 0 is nothing. */
  readonly weight: (traits: Traits) => number;
}

const isSaid = (traits: Traits, field: keyof Traits): number => (traits[field] === undefined ? 0 : 1);

/** An aspect of so many fields that a record says the more of, the more of them it has. */
function aspect(...fields: (keyof Traits)[]): Aspect {
  return { fields, weight: (traits) => fields.reduce((sum, field) => sum + isSaid(traits, field), 0) };
}

const ASPECTS: readonly Aspect[] = [
  aspect('userId'),
  aspect('anonymousId'),
  {
    fields: ['userAgent', 'deviceType', 'os', 'browser', 'browserVersion'],
    weight: deviceWeight,
  },
  aspect('ip'),
  aspect('localIp'),
  aspect('countryCode', 'countryName', 'region', 'city', 'postalCode', 'timezone'),
  aspect('previousId'),
];

/**
 * A system and a browser count twice: the user agent of an HTTP library and `bot`, as a backend has them of another, say less than an
 * app's `mobile` and `Android`. That a device is unknown counts half.
 */
function deviceWeight(traits: Traits): number {
  return (
    2 * isSaid(traits, 'userAgent') +
    (traits.deviceType === 'unknown' ? 1 : 2 * isSaid(traits, 'deviceType')) +
    4 * isSaid(traits, 'os') +
    4 * isSaid(traits, 'browser') +
    2 * isSaid(traits, 'browserVersion')
  );
}

export function compareSayings(a: Saying, b: Saying): number {
  return compareInTime(a.atNs, a.id, b.atNs, b.id);
}

/** Negative where the first says more of an aspect, or as much earlier. */
function compareOn({ weight }: Aspect, a: Saying, b: Saying): number {
  return weight(b.traits) - weight(a.traits) || compareSayings(a, b);
}

/** The winning saying of each aspect over all sayings given, in any order. At equal places the first given wins. */
export function earliestOf(sayings: readonly Saying[]): Earliest {
  if (sayings.length < 2) return sayings;
  const won = new Map<Saying, Aspect[]>();
  for (const each of ASPECTS) {
    const winner = winnerOf(each, sayings);
    if (winner === undefined) continue;
    const aspects = won.get(winner);
    if (aspects === undefined) won.set(winner, [each]);
    else aspects.push(each);
  }
  return [...won].map(([saying, aspects]) => reduced(saying, aspects)).sort(compareSayings);
}

function winnerOf(aspect: Aspect, sayings: readonly Saying[]): Saying | undefined {
  let winner: Saying | undefined;
  for (const saying of sayings) {
    if (aspect.weight(saying.traits) === 0) continue;
    if (winner === undefined || compareOn(aspect, saying, winner) < 0) winner = saying;
  }
  return winner;
}

/** The saying with these aspects alone. */
function reduced(saying: Saying, aspects: readonly Aspect[]): Saying {
  const { traits } = saying;
  const kept = new Set<string>(aspects.flatMap(({ fields }) => fields));
  const entries = Object.entries(traits).filter(([name]) => kept.has(name));
  return entries.length === Object.keys(traits).length
    ? saying
    : { ...saying, traits: Object.fromEntries(entries) };
}

/**
 * `all` without what `old` said in it and with what `replacement` says; undefined where that cannot be known, because
 * an aspect went whose next best record is not at hand (S18).
 */
export function exchange(all: Earliest, old: Earliest, replacement: Earliest): Earliest | undefined {
  if (saysNothingNew(all, old, replacement)) return all;
  const rest: Saying[] = [];
  for (const saying of all) {
    if (!old.some((gone) => compareSayings(gone, saying) === 0)) {
      rest.push(saying);
      continue;
    }
    for (const each of ASPECTS) {
      if (each.weight(saying.traits) === 0) continue;
      const successor = winnerOf(each, replacement);
      if (successor === undefined || compareOn(each, successor, saying) > 0) return undefined;
    }
  }
  return earliestOf([...replacement, ...rest]);
}

/** Whether neither what goes nor what comes has a say: then `all` is kept as the very same object. */
function saysNothingNew(all: Earliest, old: Earliest, replacement: Earliest): boolean {
  if (old.some((gone) => all.some((saying) => compareSayings(gone, saying) === 0))) return false;
  return replacement.every((said) =>
    ASPECTS.every(
      (each) =>
        each.weight(said.traits) === 0 ||
        all.some((saying) => each.weight(saying.traits) > 0 && compareOn(each, saying, said) < 0),
    ),
  );
}

/** The traits that a session shows: a user who is known before one who is not, a public address before a private one. */
export function traitsOf(earliest: Earliest): Traits {
  const traits: Traits =
    earliest.length === 1
      ? earliest[0]!.traits
      : Object.assign({}, ...earliest.map((saying) => saying.traits));
  const { userId = traits.anonymousId, ip = traits.localIp } = traits;
  if (userId === traits.userId && ip === traits.ip) return traits;
  return { ...traits, ...(userId !== undefined && { userId }), ...(ip !== undefined && { ip }) };
}
