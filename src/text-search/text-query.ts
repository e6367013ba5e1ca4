import { type Term, termsOf, wordsOf } from './words.js';

/** Queries of content search: `refund "out of stock" checkou* -test in:messages,tools`. */

/** The parts of telemetry that are searched. All but `resource`, unless a query names areas. */
export const AREAS = [
  'messages',
  'tools',
  'spans',
  'attributes',
  'logs',
  'errors',
  'ids',
  'resource',
] as const;
export type Area = (typeof AREAS)[number];

/** Who says a text of `messages`. */
export const SPEAKERS = ['system', 'user', 'assistant'] as const;
export type Speaker = (typeof SPEAKERS)[number];

/** Words that follow each other in one text. */
export interface Phrase {
  /** Folded, at least one. */
  readonly words: readonly string[];
  /** Whether the last word may go on. */
  readonly isPrefix: boolean;
}

/** A record meets it if it has all of `all` and none of `none`, in these areas or said by these speakers. */
export interface TextQuery {
  /** In the order of `AREAS`. */
  readonly areas: readonly Area[];
  /** In the order of `SPEAKERS`. */
  readonly speakers: readonly Speaker[];
  /** At least one. */
  readonly all: readonly Phrase[];
  readonly none: readonly Phrase[];
}

/** A query cannot be understood. The message says what to change. */
export class TextQueryError extends Error {
  override readonly name = 'TextQueryError';
}

export const MAX_QUERY_LENGTH = 512;
/** Most words, phrases and prefixes of a query. */
export const MOST_PHRASES = 16;
/** Fewest letters of a prefix: with fewer, most texts match. */
const SHORTEST_PREFIX = 2;

const DEFAULT_AREAS = AREAS.filter((area) => area !== 'resource');
const PARTS = /(-?)(?:"([^"]*)("?)|in:(\S*)|(\S+))/g;

/** @throws TextQueryError */
export function parseTextQuery(text: string): TextQuery {
  const all: Phrase[] = [];
  const none: Phrase[] = [];
  const areas = new Set<Area | Speaker>();
  for (const [part, minus, quoted, end, names, word] of text.matchAll(PARTS)) {
    if (names !== undefined) {
      if (minus !== '')
        throw new TextQueryError(`an area cannot be excluded: name the others, without "${part}"`);
      for (const name of names.split(',')) areas.add(areaOf(name));
      continue;
    }
    if (end === '') throw new TextQueryError(`a phrase begins with " and does not end: ${part}`);
    const said = quoted ?? word!;
    const isPrefix = said.endsWith('*');
    const words = wordsOf(said);
    if (words.length === 0) continue;
    if (isPrefix && words.at(-1)!.length < SHORTEST_PREFIX && isLetter(words.at(-1)!)) {
      throw new TextQueryError(`give at least ${SHORTEST_PREFIX} letters before *: ${part}`);
    }
    (minus === '' ? all : none).push({ words, isPrefix });
  }
  if (all.length === 0) {
    throw new TextQueryError(
      none.length === 0
        ? 'give at least one word: letters or digits of any script'
        : 'give at least one word to find, besides those with a - before them',
    );
  }
  if (all.length + none.length > MOST_PHRASES) {
    throw new TextQueryError(`give at most ${MOST_PHRASES} words, phrases and prefixes`);
  }
  return {
    areas: areas.size === 0 ? DEFAULT_AREAS : AREAS.filter((area) => areas.has(area)),
    speakers: SPEAKERS.filter((speaker) => areas.has(speaker)),
    all,
    none,
  };
}

function areaOf(name: string): Area | Speaker {
  const all = [...AREAS, ...SPEAKERS];
  const area = all.find((each) => each === name.toLowerCase());
  if (area === undefined)
    throw new TextQueryError(`in: takes ${all.join(', ')}, separated by commas: not "${name}"`);
  return area;
}

function isLetter(word: string): boolean {
  return word < '\u0e00';
}

/** The terms of the index that every record has that meets the query. */
export function requiredTerms({ all }: TextQuery): Term[] {
  const terms = new Map<string, Term>();
  for (const { words, isPrefix } of all) {
    for (const term of termsOf(words, isPrefix)) terms.set(`${term.isPrefix ? '*' : ''}${term.text}`, term);
  }
  return [...terms.values()];
}

/** Equal for queries that find the same. */
export function canonicalText({ areas, speakers, all, none }: TextQuery): string {
  const textsOf = (phrases: readonly Phrase[]): string[] =>
    [...new Set(phrases.map(({ words, isPrefix }) => words.join(' ') + (isPrefix ? '*' : '')))].sort();
  return JSON.stringify([areas, speakers, textsOf(all), textsOf(none)]);
}
