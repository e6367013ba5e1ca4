import { type Term, termsOf, wordsOf } from './words.js';

/** Queries of content search: `refund "out of stock" checkou* -test in:messages,tools assistant:sorry -user:angry`. */

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

/** What may be called otherwise in queries. */
const ALIASES: ReadonlyMap<string, Speaker> = new Map([['agent', 'assistant']]);

/** A record meets it if it has all of `all` and none of `none`, in these areas or said by these speakers. */
export interface RecordQuery {
  /** In the order of `AREAS`. */
  readonly areas: readonly Area[];
  /** In the order of `SPEAKERS`. */
  readonly speakers: readonly Speaker[];
  /** At least one. */
  readonly all: readonly Phrase[];
  readonly none: readonly Phrase[];
}

/** A session meets it if it has, for each of `has`, a record that meets that one, and no record that meets any of `hasNot`. */
export interface TextQuery {
  /** At least one. */
  readonly has: readonly RecordQuery[];
  readonly hasNot: readonly RecordQuery[];
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

/** The query language, for those who ask. */
export const QUERY_LANGUAGE = [
  'Words that one record has (a span with its events, or a log record): all words, `"phrases"` and `prefixes*`, and nothing that follows a `-`.',
  '`in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where these are, and `-in:logs` leaves an area out; `in:user`, `in:assistant` (also `in:agent`) and `in:system` narrow to what these say in messages.',
  '`assistant:refund` or `errors:"timed out"`, with any of these names, is about the whole session: some record of it has the word there. `-user:refund`: no record of it has the word there.',
].join(' ');

const DEFAULT_AREAS = AREAS.filter((area) => area !== 'resource');
const NAMES = [...AREAS, ...SPEAKERS, ...ALIASES.keys()];
/** `-`, then `in:NAMES`, or a word or phrase that may follow `NAME:`. Other names before a colon are words. */
const PARTS = new RegExp(`(-?)(?:in:(\\S*)|(?:(${NAMES.join('|')}):)?(?:"([^"]*)("?)|(\\S+)))`, 'gi');

/** @throws TextQueryError */
export function parseTextQuery(text: string): TextQuery {
  const all: Phrase[] = [];
  const none: Phrase[] = [];
  const has: RecordQuery[] = [];
  const hasNot: RecordQuery[] = [];
  const areas = new Set<Area | Speaker>();
  const withoutAreas = new Set<Area>();
  let phrases = 0;
  for (const [part, minus, names, own, quoted, end, word] of text.matchAll(PARTS)) {
    if (names !== undefined) {
      for (const name of names.split(',')) {
        if (minus === '') areas.add(areaOf(name));
        else withoutAreas.add(excludedAreaOf(name));
      }
      continue;
    }
    if (end === '') throw new TextQueryError(`a phrase begins with " and does not end: ${part}`);
    const phrase = phraseOf(quoted ?? word!, part);
    if (phrase === undefined) continue;
    phrases++;
    if (own === undefined) (minus === '' ? all : none).push(phrase);
    else (minus === '' ? has : hasNot).push(recordQuery(new Set([areaOf(own)]), [phrase], []));
  }
  if (phrases > MOST_PHRASES)
    throw new TextQueryError(`give at most ${MOST_PHRASES} words, phrases and prefixes`);
  if (all.length > 0) {
    const wanted = areas.size === 0 ? new Set<Area | Speaker>(DEFAULT_AREAS) : areas;
    for (const area of withoutAreas) wanted.delete(area);
    if (wanted.size === 0) throw new TextQueryError('-in: leaves out all areas that are searched');
    has.unshift(recordQuery(wanted, all, none));
  } else if (has.length === 0) {
    throw new TextQueryError(
      none.length + hasNot.length === 0
        ? 'give at least one word: letters or digits of any script'
        : 'give at least one word to find, besides those with a - before them',
    );
  } else if (none.length > 0) {
    throw new TextQueryError(
      `a word after - is left out from where the other words are, and all of these name an area: name one for it too, such as -messages:${none[0]!.words[0]}`,
    );
  } else if (areas.size + withoutAreas.size > 0) {
    throw new TextQueryError(
      'in: is for words that name no area of their own, and there is none: leave it out',
    );
  }
  return { has, hasNot };
}

/** Undefined if it has no words. `part`: as it is in the query. */
function phraseOf(said: string, part: string): Phrase | undefined {
  const isPrefix = said.endsWith('*');
  const words = wordsOf(said);
  const last = words.at(-1);
  if (last === undefined) return undefined;
  if (isPrefix && last.length < SHORTEST_PREFIX && isLetter(last)) {
    throw new TextQueryError(`give at least ${SHORTEST_PREFIX} letters before *: ${part}`);
  }
  return { words, isPrefix };
}

function recordQuery(
  names: ReadonlySet<Area | Speaker>,
  all: readonly Phrase[],
  none: readonly Phrase[],
): RecordQuery {
  return {
    areas: AREAS.filter((area) => names.has(area)),
    speakers: SPEAKERS.filter((speaker) => names.has(speaker)),
    all,
    none,
  };
}

function areaOf(name: string): Area | Speaker {
  const lower = name.toLowerCase();
  const all = [...AREAS, ...SPEAKERS];
  const area = all.find((each) => each === lower) ?? ALIASES.get(lower);
  if (area === undefined)
    throw new TextQueryError(`in: takes ${all.join(', ')}, separated by commas: not "${name}"`);
  return area;
}

/** What somebody says is part of `messages`, so that it cannot be left out by itself. */
function excludedAreaOf(name: string): Area {
  const area = areaOf(name);
  if (!isArea(area)) {
    throw new TextQueryError(
      `-in: takes ${AREAS.join(', ')}, not "${name}": for sessions in which the ${area} does not say a word, write -${area}:word`,
    );
  }
  return area;
}

function isArea(name: Area | Speaker): name is Area {
  return AREAS.some((area) => area === name);
}

function isLetter(word: string): boolean {
  return word < '\u0e00';
}

/** The terms of the index that every record has that meets the query. */
export function requiredTerms({ all }: RecordQuery): Term[] {
  const terms = new Map<string, Term>();
  for (const { words, isPrefix } of all) {
    for (const term of termsOf(words, isPrefix)) terms.set(`${term.isPrefix ? '*' : ''}${term.text}`, term);
  }
  return [...terms.values()];
}

/** Equal for queries that find the same. */
export function canonicalText({ has, hasNot }: TextQuery): string {
  return JSON.stringify([has, hasNot].map((some) => [...new Set(some.map(canonicalRecordQuery))].sort()));
}

function canonicalRecordQuery({ areas, speakers, all, none }: RecordQuery): string {
  const textsOf = (phrases: readonly Phrase[]): string[] =>
    [...new Set(phrases.map(({ words, isPrefix }) => words.join(' ') + (isPrefix ? '*' : '')))].sort();
  return JSON.stringify([areas, speakers, textsOf(all), textsOf(none)]);
}
