import type { Identity } from '../normalize/facts.js';
import { inOrderBy } from './in-order.js';
import { type ByteString, compareInTime } from './records.js';
import type { FirstSeenForm } from './stored-form.js';

/** What of a session is taken from the earliest record that says most of it (S12). */
export type Traits = Identity;

/** Some traits, with the place in time of the record that said them. */
export interface FirstSeen {
  readonly atNs: bigint;
  /** Trace id and span id, or content digest: orders records of the same time. */
  readonly id: ByteString;
  readonly traits: Traits;
  /** How much they say of each aspect. */
  readonly weights: readonly number[];
  /** A bit for each aspect that they say anything of. */
  readonly aspects: number;
}

export function firstSeenOf(atNs: bigint, id: ByteString, traits: Traits): FirstSeen {
  const weights = weightsOf(traits);
  let aspects = 0;
  for (let aspect = 0; aspect < weights.length; aspect++) if (weights[aspect]! > 0) aspects |= 1 << aspect;
  return { atNs, id, traits, weights, aspects };
}

/**
 * The winning first-seen value of each aspect, in order of (time, id): every aspect occurs once. Merging is associative, commutative and idempotent,
 * so it does not matter how records were grouped.
 */
export type Earliest = readonly FirstSeen[];

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

export function compareFirstSeen(a: FirstSeen, b: FirstSeen): number {
  return compareInTime(a.atNs, a.id, b.atNs, b.id);
}

/** Negative where the first says more of an aspect, or as much earlier. */
function compareOn(aspect: number, a: FirstSeen, b: FirstSeen): number {
  return b.weights[aspect]! - a.weights[aspect]! || compareFirstSeen(a, b);
}

/** The winning first-seen value of each aspect over all first-seen values given, in any order. At equal places the first given wins. */
export function earliestOf(values: readonly FirstSeen[]): Earliest {
  if (values.length < 2) return values;
  // The aspects that each wins, as bits.
  const won = new Array<number>(values.length).fill(0);
  for (let aspect = 0; aspect < ASPECTS.length; aspect++) {
    const winner = winnerOf(aspect, values);
    if (winner >= 0) won[winner]! |= 1 << aspect;
  }
  const winners: FirstSeen[] = [];
  for (let i = 0; i < values.length; i++) if (won[i] !== 0) winners.push(reduced(values[i]!, won[i]!));
  return inOrderBy(winners, compareFirstSeen);
}

/** The place of the winner; -1 where nothing is said of the aspect. */
function winnerOf(aspect: number, values: readonly FirstSeen[]): number {
  let winner = -1;
  for (let i = 0; i < values.length; i++) {
    if (values[i]!.weights[aspect] === 0) continue;
    if (winner < 0 || compareOn(aspect, values[i]!, values[winner]!) < 0) winner = i;
  }
  return winner;
}

/** The first-seen value with the aspects of these bits alone. */
function reduced(value: FirstSeen, aspects: number): FirstSeen {
  if (aspects === value.aspects) return value;
  const traits: Record<string, unknown> = {};
  for (const name in value.traits) {
    const aspect = WEIGHTS.get(name)?.aspect;
    if (aspect !== undefined && (aspects & (1 << aspect)) !== 0) {
      traits[name] = value.traits[name as keyof Traits];
    }
  }
  return firstSeenOf(value.atNs, value.id, traits);
}

/**
 * `all` without what `old` said in it and with what `replacement` says; undefined where that cannot be known, because
 * an aspect went whose next best record is not at hand (S18).
 */
export function exchange(all: Earliest, old: Earliest, replacement: Earliest): Earliest | undefined {
  if (addsNothing(all, old, replacement)) return all;
  const rest: FirstSeen[] = [];
  for (const value of all) {
    if (!old.some((gone) => compareFirstSeen(gone, value) === 0)) {
      rest.push(value);
      continue;
    }
    for (const aspect of ASPECT_NUMBERS) {
      if (value.weights[aspect] === 0) continue;
      const successor = replacement[winnerOf(aspect, replacement)];
      if (successor === undefined || compareOn(aspect, successor, value) > 0) return undefined;
    }
  }
  return earliestOf([...replacement, ...rest]);
}

/** Whether neither what goes nor what comes has a say: then `all` is kept as the very same object. */
function addsNothing(all: Earliest, old: Earliest, replacement: Earliest): boolean {
  for (const gone of old) {
    for (const value of all) if (compareFirstSeen(gone, value) === 0) return false;
  }
  for (const said of replacement) {
    let left = said.aspects;
    for (const value of all) left &= ~superseded(said, value, left & value.aspects);
    if (left !== 0) return false;
  }
  return true;
}

/** Those of these aspects of which `value` says more than `said`, or as much earlier. */
function superseded(said: FirstSeen, value: FirstSeen, aspects: number): number {
  if (aspects === 0) return 0;
  const isEarlier = compareFirstSeen(value, said) < 0;
  let found = 0;
  for (let aspect = 0; aspect < ASPECTS.length; aspect++) {
    const bit = 1 << aspect;
    if ((aspects & bit) === 0) continue;
    const more = value.weights[aspect]! - said.weights[aspect]!;
    if (more > 0 || (more === 0 && isEarlier)) found |= bit;
  }
  return found;
}

/**
 * The traits that a session shows: a user who is known before one who is not, a public address before a private one, the release of the page or app
 * before that of a backend.
 */
export function traitsOf(earliest: Earliest): Traits {
  const traits: Traits =
    earliest.length === 1 ? earliest[0]!.traits : Object.assign({}, ...earliest.map((value) => value.traits));
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

/** Which record says what, as it is stored; what they say stands in the traits that are shown. */
export function earliestForm(earliest: Earliest): FirstSeenForm[] {
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
    const place = { at: String(atNs), id: Buffer.from(id, 'latin1').toString('base64'), aspects };
    return rest === undefined ? place : { ...place, rest: rest as Traits };
  });
}

/** The first-seen values that `earliestForm` was given; `shown` is what `traitsOf` makes of them. */
export function earliestOfForm(form: readonly FirstSeenForm[], shown: Traits): FirstSeen[] {
  return form.map(({ at, id, aspects, rest }) => {
    const traits: Record<string, unknown> = {};
    for (const aspect of ASPECT_NUMBERS) {
      if ((aspects & (1 << aspect)) === 0) continue;
      for (const field of ASPECTS[aspect]!) {
        const value = rest?.[field] ?? shown[IN_PLACE_OF[field] ?? field];
        if (value !== undefined) traits[field] = value;
      }
    }
    return firstSeenOf(BigInt(at), Buffer.from(id, 'base64').toString('latin1'), traits as Traits);
  });
}
