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
  /** How much they say of each aspect. */
  readonly weights: readonly number[];
}

export function sayingOf(atNs: bigint, id: ByteString, traits: Traits): Saying {
  return { atNs, id, traits, weights: weightsOf(traits) };
}

/**
 * The winning saying of each aspect, in order of (time, id): every aspect occurs once. Merging is associative, commutative and idempotent,
 * so it does not matter how records were grouped.
 */
export type Earliest = readonly Saying[];

export const NOTHING_SAID: Earliest = [];

/**
 * Aspects: traits that belong together, and are taken from one record or not at all. The user who is known, the one who is not, the device, the
 * public address, the private one, the place, the session before, the release of the page or app, that of a backend, the connection.
 */
const ASPECTS: readonly (readonly (keyof Traits)[])[] = [
  ['userId'],
  ['anonymousId'],
  ['userAgent', 'deviceType', 'os', 'browser', 'browserVersion', 'deviceModel', 'osVersion'],
  ['ip'],
  ['localIp'],
  ['countryCode', 'countryName', 'region', 'city', 'postalCode', 'timezone'],
  ['previousId'],
  ['release'],
  ['serviceRelease'],
  ['connection'],
];
const ASPECT_NUMBERS = ASPECTS.map((_, number) => number);
const NO_WEIGHTS = ASPECTS.map(() => 0);
const DEVICE = ASPECTS.findIndex((fields) => fields.includes('deviceType'));

/** A system and a browser count twice: an app's `mobile` and `Android` say more than the user agent of an HTTP library and `bot`. */
const COUNT_TWICE: ReadonlySet<keyof Traits> = new Set(['os', 'browser']);

interface Weight {
  readonly aspect: number;
  readonly weight: number;
}

/** What a field that is said counts, in halves. */
const WEIGHTS: ReadonlyMap<string, Weight> = new Map(
  ASPECTS.flatMap((fields, aspect) =>
    fields.map((field): [string, Weight] => [field, { aspect, weight: COUNT_TWICE.has(field) ? 4 : 2 }]),
  ),
);

/**
 * How much a record says of each aspect, in their order: the more, the more fields it has; 0 is nothing. That a device is unknown counts
 * half.
 */
function weightsOf(traits: Traits): number[] {
  const weights = NO_WEIGHTS.slice();
  // Own keys alone: nothing is in the prototype of what is said.
  for (const name in traits) {
    const said = WEIGHTS.get(name);
    if (said !== undefined) weights[said.aspect]! += said.weight;
  }
  if (traits.deviceType === 'unknown') weights[DEVICE]! -= 1;
  return weights;
}

export function compareSayings(a: Saying, b: Saying): number {
  return compareInTime(a.atNs, a.id, b.atNs, b.id);
}

/** Negative where the first says more of an aspect, or as much earlier. */
function compareOn(aspect: number, a: Saying, b: Saying): number {
  return b.weights[aspect]! - a.weights[aspect]! || compareSayings(a, b);
}

/** The winning saying of each aspect over all sayings given, in any order. At equal places the first given wins. */
export function earliestOf(sayings: readonly Saying[]): Earliest {
  if (sayings.length < 2) return sayings;
  const won = new Map<Saying, number[]>();
  for (const aspect of ASPECT_NUMBERS) {
    const winner = winnerOf(aspect, sayings);
    if (winner === undefined) continue;
    const aspects = won.get(winner);
    if (aspects === undefined) won.set(winner, [aspect]);
    else aspects.push(aspect);
  }
  return [...won].map(([saying, aspects]) => reduced(saying, aspects)).sort(compareSayings);
}

function winnerOf(aspect: number, sayings: readonly Saying[]): Saying | undefined {
  let winner: Saying | undefined;
  for (const saying of sayings) {
    if (saying.weights[aspect] === 0) continue;
    if (winner === undefined || compareOn(aspect, saying, winner) < 0) winner = saying;
  }
  return winner;
}

/** The saying with these aspects alone. */
function reduced(saying: Saying, aspects: readonly number[]): Saying {
  let said = 0;
  for (const weight of saying.weights) if (weight > 0) said++;
  if (aspects.length === said) return saying;
  const traits: Record<string, unknown> = {};
  for (const name in saying.traits) {
    const aspect = WEIGHTS.get(name)?.aspect;
    if (aspect !== undefined && aspects.includes(aspect)) traits[name] = saying.traits[name as keyof Traits];
  }
  return sayingOf(saying.atNs, saying.id, traits);
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
    for (const aspect of ASPECT_NUMBERS) {
      if (saying.weights[aspect] === 0) continue;
      const successor = winnerOf(aspect, replacement);
      if (successor === undefined || compareOn(aspect, successor, saying) > 0) return undefined;
    }
  }
  return earliestOf([...replacement, ...rest]);
}

/** Whether neither what goes nor what comes has a say: then `all` is kept as the very same object. */
function saysNothingNew(all: Earliest, old: Earliest, replacement: Earliest): boolean {
  for (const gone of old) {
    for (const saying of all) if (compareSayings(gone, saying) === 0) return false;
  }
  for (const said of replacement) {
    for (const aspect of ASPECT_NUMBERS) {
      if (said.weights[aspect] !== 0 && !isBeaten(aspect, said, all)) return false;
    }
  }
  return true;
}

function isBeaten(aspect: number, said: Saying, all: Earliest): boolean {
  for (const saying of all) {
    if (saying.weights[aspect] !== 0 && compareOn(aspect, saying, said) < 0) return true;
  }
  return false;
}

/**
 * The traits that a session shows: a user who is known before one who is not, a public address before a private one, the release of the page or app
 * before that of a backend.
 */
export function traitsOf(earliest: Earliest): Traits {
  const traits: Traits =
    earliest.length === 1
      ? earliest[0]!.traits
      : Object.assign({}, ...earliest.map((saying) => saying.traits));
  const { userId = traits.anonymousId, ip = traits.localIp, release = traits.serviceRelease } = traits;
  if (userId === traits.userId && ip === traits.ip && release === traits.release) return traits;
  return {
    ...traits,
    ...(userId !== undefined && { userId }),
    ...(ip !== undefined && { ip }),
    ...(release !== undefined && { release }),
  };
}

/** What a session shows where the field itself is not told. */
const IN_PLACE_OF: Partial<Record<keyof Traits, keyof Traits>> = {
  anonymousId: 'userId',
  localIp: 'ip',
  serviceRelease: 'release',
};

/** `aspects` has a bit for each aspect that it says, in their order; `rest` the fields that are not what the session shows. */
export type EncodedSaying = readonly [atNs: string, id: string, aspects: number, rest?: Traits];

/** Which record says what, as compact JSON for `decodeEarliest`; what they say stands in the traits that are shown. */
export function encodeEarliest(earliest: Earliest): EncodedSaying[] {
  const shown = traitsOf(earliest);
  return earliest.map(({ atNs, id, traits, weights }) => {
    let aspects = 0;
    let rest: Record<string, unknown> | undefined;
    for (const aspect of ASPECT_NUMBERS) {
      if (weights[aspect] === 0) continue;
      aspects |= 1 << aspect;
      for (const field of ASPECTS[aspect]!) {
        if (traits[field] === shown[IN_PLACE_OF[field] ?? field]) continue;
        rest ??= {};
        rest[field] = traits[field];
      }
    }
    const place = [String(atNs), Buffer.from(id, 'latin1').toString('base64'), aspects] as const;
    return rest === undefined ? place : [...place, rest as Traits];
  });
}

/** The sayings that `encodeEarliest` was given; `shown` is what `traitsOf` makes of them. */
export function decodeEarliest(encoded: readonly EncodedSaying[], shown: Traits): Saying[] {
  return encoded.map(([atNs, id, aspects, rest]) => {
    const traits: Record<string, unknown> = {};
    for (const aspect of ASPECT_NUMBERS) {
      if ((aspects & (1 << aspect)) === 0) continue;
      for (const field of ASPECTS[aspect]!) {
        const value = rest?.[field] ?? shown[IN_PLACE_OF[field] ?? field];
        if (value !== undefined) traits[field] = value;
      }
    }
    return sayingOf(BigInt(atNs), Buffer.from(id, 'base64').toString('latin1'), traits as Traits);
  });
}
