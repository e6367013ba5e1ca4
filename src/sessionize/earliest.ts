import type { Identity, TitleFacts } from '../normalize/facts.js';
import { inOrderBy } from './in-order.js';
import { type ByteString, compareInTime } from './records.js';
import type { FirstSeenForm } from './stored-form.js';

/**
 * What a session shows of its user and client, and what its title and outcome are made of. Each aspect comes
 * from one record (S12).
 */
export interface Traits extends Identity, TitleFacts {
  /** The first line of an exception. */
  readonly exception?: string;
}

/** The traits of one record, with its position in time. */
export interface FirstSeen {
  readonly atNs: bigint;
  /** Trace id and span id, or content digest: orders records of the same time. */
  readonly id: ByteString;
  readonly traits: Traits;
  /** The weight of each aspect; see `weightsOf`. */
  readonly weights: readonly number[];
  /** A bit for each aspect with a value. */
  readonly aspects: number;
}

export function firstSeenOf(atNs: bigint, id: ByteString, traits: Traits): FirstSeen {
  const weights = weightsOf(traits);
  let aspects = 0;
  for (let aspect = 0; aspect < weights.length; aspect++) if (weights[aspect]! > 0) aspects |= 1 << aspect;
  return { atNs, id, traits, weights, aspects };
}

/**
 * The winning first-seen value of each aspect, ordered by (time, id). Every aspect occurs once. Merging is
 * associative, commutative and idempotent: how records are grouped does not matter.
 */
export type Earliest = readonly FirstSeen[];

export const NO_FIRST_SEEN: Earliest = [];

/**
 * Groups of traits that are taken together from one record. In order: known user, anonymous user, device,
 * public address, private address, place, previous session, release of the page or app, release of a backend,
 * network connection, message of a user, name of a span, error.
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
  ['message'],
  ['rootName', 'entryName'],
  ['exception', 'failure'],
];

/** Fields that are not shown as they are (S54, S55). */
const NOT_SHOWN: ReadonlySet<keyof Traits> = new Set(ASPECTS.slice(-3).flat());
const ASPECT_NUMBERS = ASPECTS.map((_, number) => number);
const NO_WEIGHTS = ASPECTS.map(() => 0);
const DEVICE = ASPECTS.findIndex((fields) => fields.includes('deviceType'));

/**
 * Operating system and browser count double: `mobile` and `Android` from an app say more than `bot` and the
 * user agent of an HTTP library. So do root spans and exceptions, which come before other spans that are entered and other failures.
 */
const COUNT_TWICE: ReadonlySet<keyof Traits> = new Set(['os', 'browser', 'rootName', 'exception']);

interface Weight {
  readonly aspect: number;
  readonly weight: number;
}

/**
 * The weight of a field that has a value. An ordinary field has 2, because an unknown device type is worth
 * half.
 */
const WEIGHTS: ReadonlyMap<string, Weight> = new Map(
  ASPECTS.flatMap((fields, aspect) =>
    fields.map((field): [string, Weight] => [field, { aspect, weight: COUNT_TWICE.has(field) ? 4 : 2 }]),
  ),
);

/**
 * The weight of each aspect, in their order: the sum over its fields with a value, 0 if there are none. An
 * unknown device type counts half.
 */
function weightsOf(traits: Traits): number[] {
  const weights = NO_WEIGHTS.slice();
  // Traits are plain objects, so these are own keys.
  for (const name in traits) {
    const field = WEIGHTS.get(name);
    if (field !== undefined) weights[field.aspect]! += field.weight;
  }
  if (traits.deviceType === 'unknown') weights[DEVICE]! -= 1;
  return weights;
}

export function compareFirstSeen(a: FirstSeen, b: FirstSeen): number {
  return compareInTime(a.atNs, a.id, b.atNs, b.id);
}

/** Negative if `a` has the greater weight for an aspect, or the same weight and comes earlier. */
function compareOn(aspect: number, a: FirstSeen, b: FirstSeen): number {
  return b.weights[aspect]! - a.weights[aspect]! || compareFirstSeen(a, b);
}

/**
 * The winning first-seen value of each aspect over these values, in any order. Of values with equal time and
 * id the first given wins.
 */
export function earliestOf(values: readonly FirstSeen[]): Earliest {
  if (values.length < 2) return values;
  // For each value the aspects that it wins, as bits.
  const won = new Array<number>(values.length).fill(0);
  for (let aspect = 0; aspect < ASPECTS.length; aspect++) {
    const winner = winnerOf(aspect, values);
    if (winner >= 0) won[winner]! |= 1 << aspect;
  }
  const winners: FirstSeen[] = [];
  for (let i = 0; i < values.length; i++) if (won[i] !== 0) winners.push(reduced(values[i]!, won[i]!));
  return inOrderBy(winners, compareFirstSeen);
}

/** The index of the winner; -1 if no value has this aspect. */
function winnerOf(aspect: number, values: readonly FirstSeen[]): number {
  let winner = -1;
  for (let i = 0; i < values.length; i++) {
    if (values[i]!.weights[aspect] === 0) continue;
    if (winner < 0 || compareOn(aspect, values[i]!, values[winner]!) < 0) winner = i;
  }
  return winner;
}

/** The first-seen value with only these aspects, given as bits. */
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
 * `all` with the values of `old` replaced by those of `replacement`. Undefined if the result is unknown,
 * because a winning value is removed and the next best record is not at hand (S18).
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

/**
 * Whether exchanging `old` for `replacement` leaves the result as it is; then `all` is returned as the same object.
 * Values that are in both count already.
 */
function addsNothing(all: Earliest, old: Earliest, replacement: Earliest): boolean {
  for (const gone of old) {
    if (replacement.some((value) => isSame(value, gone))) continue;
    for (const value of all) if (compareFirstSeen(gone, value) === 0) return false;
  }
  for (const candidate of replacement) {
    if (old.some((value) => isSame(value, candidate))) continue;
    let left = candidate.aspects;
    for (const value of all) left &= ~superseded(candidate, value, left & value.aspects);
    if (left !== 0) return false;
  }
  return true;
}

function isSame(a: FirstSeen, b: FirstSeen): boolean {
  if (a.aspects !== b.aspects || compareFirstSeen(a, b) !== 0) return false;
  // Equal aspects may have different fields.
  for (const name in a.traits)
    if (a.traits[name as keyof Traits] !== b.traits[name as keyof Traits]) return false;
  for (const name in b.traits) if (!(name in a.traits)) return false;
  return true;
}

/** Those of `aspects` in which `value` wins over `candidate`. */
function superseded(candidate: FirstSeen, value: FirstSeen, aspects: number): number {
  if (aspects === 0) return 0;
  const isEarlier = compareFirstSeen(value, candidate) < 0;
  let found = 0;
  for (let aspect = 0; aspect < ASPECTS.length; aspect++) {
    const bit = 1 << aspect;
    if ((aspects & bit) === 0) continue;
    const more = value.weights[aspect]! - candidate.weights[aspect]!;
    if (more > 0 || (more === 0 && isEarlier)) found |= bit;
  }
  return found;
}

/**
 * The traits that a session shows: the known user before the anonymous one, a public address before a private
 * one, the release of the page or app before that of a backend.
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

/** The field in which a session shows the value of a fallback field. */
const IN_PLACE_OF: Partial<Record<keyof Traits, keyof Traits>> = {
  anonymousId: 'userId',
  localIp: 'ip',
  serviceRelease: 'release',
};

/**
 * The stored form: which record supplies which aspects. Values that equal the shown traits are not repeated.
 */
export function earliestForm(earliest: Earliest): FirstSeenForm[] {
  const shown = traitsOf(earliest);
  return earliest.map(({ atNs, id, traits, weights }) => {
    let aspects = 0;
    let rest: Record<string, unknown> | undefined;
    for (const aspect of ASPECT_NUMBERS) {
      if (weights[aspect] === 0) continue;
      aspects |= 1 << aspect;
      for (const field of ASPECTS[aspect]!) {
        const isShown = !NOT_SHOWN.has(field) && traits[field] === shown[IN_PLACE_OF[field] ?? field];
        if (isShown || traits[field] === undefined) continue;
        rest ??= {};
        rest[field] = traits[field];
      }
    }
    const place = { at: String(atNs), id: Buffer.from(id, 'latin1').toString('base64'), aspects };
    return rest === undefined ? place : { ...place, rest: rest as Traits };
  });
}

/** The inverse of `earliestForm`. `shown` is what `traitsOf` returned for the same values. */
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
