import type { AttributeKey } from '../attributes.js';
import { boundedText } from '../bounded-text.js';
import type { ByRank } from '../dialects/by-rank.js';
import { fromAll } from '../dialects/registry.js';
import type { VitalTerms } from '../dialects/terms.js';
import { VITAL_NAMES, type VitalName, type WebVital } from '../facts.js';
import { firstNumber, firstText, markKey, type Place, placeOf, type Reported, valueKey } from './reported.js';

/** Maximum value of a vital: an hour; a page whose layout shifted a thousand times over. */
const MOST: Readonly<Record<VitalName, number>> = {
  lcp: 3_600_000,
  inp: 3_600_000,
  ttfb: 3_600_000,
  cls: 1000,
};

const MAX_ID = 64;
const vitalTerms = <T>(of: (vitals: VitalTerms) => ByRank<T> | undefined): readonly T[] =>
  fromAll(({ visits }) => visits?.vitals && of(visits.vitals));

/** Keys of the id of a measurement, or of its page load. */
const IDS: readonly Place[] = vitalTerms(({ ids }) => ids).map(placeOf);

/** A vital by name and value, in attributes that identify it by themselves. */
interface NamedVital {
  readonly name: AttributeKey;
  readonly value: AttributeKey;
  /** The required type of the measurement. */
  readonly type?: { readonly key: AttributeKey; readonly value: string };
}

const NAMED: readonly NamedVital[] = vitalTerms(({ named }) => named).map(({ name, value, type }) => ({
  name: markKey(name),
  value: markKey(value),
  ...(type && { type: { key: markKey(type.key), value: type.value } }),
}));

/** Events whose fields are just `name` and `value`. */
const EVENTS: ReadonlySet<string> = new Set(vitalTerms(({ events }) => events));
const PLAIN: NamedVital = { name: valueKey('name'), value: valueKey('value') };

/** Spans with an attribute named like the vital. */
const SPANS: ReadonlySet<string> = new Set(vitalTerms(({ spans }) => spans));
/** The same for spans with one of these values. */
const SPAN_MARKS = vitalTerms(({ markedSpans }) => markedSpans && [markedSpans]).map(({ key, value }) => ({
  key: markKey(key),
  value,
}));

/** Attributes of a single vital each. */
const OWN = VITAL_NAMES.map((vital) => {
  const keys = vitalTerms(({ own }) => own).map((nameOf) => markKey(nameOf(vital)));
  return { vital, keys, withBare: [...keys, valueKey(vital)] };
});

/** Names of spans that report vitals, whatever their attributes are. */
export const VITAL_SPANS: readonly string[] = [...SPANS];

/** Whether spans of this name report vitals. */
export function isVitalSpan(name: string): boolean {
  return SPANS.has(name);
}

/** Whether events of this name may report vitals. */
export function isVitalEvent(name: string): boolean {
  return EVENTS.has(name);
}

/** Reads the vitals of a record; undefined if there are none. Impossible values are ignored. */
export function readVitals(reported: Reported, signal: 'span' | 'event'): readonly WebVital[] | undefined {
  const vitals = valuesOf(reported, signal);
  if (vitals === undefined) return undefined;
  const id = boundedText(firstText(reported, IDS), MAX_ID);
  return id === undefined ? vitals : vitals.map((vital) => ({ ...vital, id }));
}

function valuesOf(reported: Reported, signal: 'span' | 'event'): readonly WebVital[] | undefined {
  for (const each of NAMED) {
    const vital = readNamed(reported, each);
    if (vital !== undefined) return [vital];
  }
  if (signal === 'event' && EVENTS.has(reported.name)) {
    const plain = readNamed(reported, PLAIN);
    if (plain !== undefined) return [plain];
  }
  const hasBare = signal === 'span' && (SPANS.has(reported.name) || isMarked(reported));
  let vitals: WebVital[] | undefined;
  for (const { vital, keys, withBare } of OWN) {
    const value = firstNumber(reported, hasBare ? withBare : keys);
    if (value === undefined) continue;
    const found = vitalOf(vital, value);
    if (found.length > 0) vitals = [...(vitals ?? []), ...found];
  }
  return vitals;
}

function readNamed(reported: Reported, { name, value, type }: NamedVital): WebVital | undefined {
  if (!reported.attributes.has(name) && reported.body?.has(name) !== true) return undefined;
  if (type !== undefined && firstText(reported, [type.key]) !== type.value) return undefined;
  const vital = firstText(reported, [name])?.toLowerCase();
  const number = firstNumber(reported, [value]);
  return isVital(vital) && number !== undefined ? vitalOf(vital, number)[0] : undefined;
}

function isVital(name: string | undefined): name is VitalName {
  return VITAL_NAMES.some((vital) => vital === name);
}

function vitalOf(name: VitalName, value: number): WebVital[] {
  // Math.abs turns -0 into 0.
  return value >= 0 && value <= MOST[name] ? [{ name, value: Math.abs(value) }] : [];
}

function isMarked({ attributes }: Reported): boolean {
  return SPAN_MARKS.some(({ key, value }) => attributes.has(key) && value.test(attributes.text(key) ?? ''));
}
