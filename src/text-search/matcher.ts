import { hasInPlain } from './plain-text.js';
import type { Area, Phrase, RecordQuery, Speaker } from './text-query.js';
import {
  firstAsciiPlace,
  isAscii,
  isPlain,
  type PlacedWord,
  placedWords,
  withoutData,
  wordsOf,
} from './words.js';

/** A text of a record. */
export interface RecordText {
  readonly area: Area;
  /** What it is the value of: the key of an attribute, or the name of a field. */
  readonly field: string;
  readonly text: string;
}

/** A text of a message, and who says it. */
export interface SaidText {
  readonly speaker: Speaker;
  /** As of a `RecordText`. */
  readonly field: string;
  readonly text: string;
}

/** The texts of a record. */
export interface RecordTexts {
  readonly all: readonly RecordText[];
  /** Those of messages by who says them. Asked for if a query needs it. */
  said(): readonly SaidText[];
}

/** Where a record meets a query: a text that has one of its phrases, cut around it. */
export interface TextHit {
  readonly area: Area;
  readonly field: string;
  /** The text in pieces, by turns beside and within the query's words: every second one is of the query. */
  readonly snippet: readonly string[];
}

export interface FoundHit {
  readonly hit: TextHit;
  /** Who says it, if it is a message of somebody. Reads the messages of the record. */
  readonly speaker: () => Speaker | undefined;
}

/** Characters of a snippet before its first hit and in all, UTF-16 units. */
const BEFORE = 60;
const LONGEST_SNIPPET = 240;

/** Decides whether records meet a query about records. */
export class Matcher {
  readonly #query: RecordQuery;
  readonly #areas: ReadonlySet<Area>;
  readonly #speakers: ReadonlySet<Speaker>;

  constructor(query: RecordQuery) {
    this.#query = query;
    this.#areas = new Set(query.areas);
    this.#speakers = new Set(query.speakers);
  }

  /** Whether a record with these texts meets the query. */
  matches(texts: RecordTexts): boolean {
    const { all, none } = this.#query;
    if (!this.#hasWords(texts)) return false;
    const looked = this.#looked(texts).map(({ text }) => new LookedText(text));
    return (
      all.every((phrase) => looked.some((text) => text.has(phrase))) &&
      !none.some((phrase) => looked.some((text) => text.has(phrase)))
    );
  }

  /** Of a record that meets the query, the texts that show it best, at most `limit`. */
  hits(texts: RecordTexts, limit: number): FoundHit[] {
    const { all } = this.#query;
    const found: { readonly text: RecordText & { readonly speaker?: Speaker }; readonly count: number }[] =
      [];
    for (const text of this.#looked(texts)) {
      const looked = new LookedText(text.text);
      const count = all.filter((phrase) => looked.has(phrase)).length;
      if (count > 0) found.push({ text, count });
    }
    found.sort((a, b) => b.count - a.count);
    return found.slice(0, limit).map(({ text }) => {
      const { area, speaker } = text;
      const field = speaker === undefined ? text.field : attributeOf(text, texts.all);
      return {
        hit: { area, field, snippet: snippetOf(text.text, all) },
        speaker: () => speaker ?? (area === 'messages' ? speakerOf(text, texts) : undefined),
      };
    });
  }

  /** The texts that the query is about, each once. */
  #looked({ all, said }: RecordTexts): readonly (RecordText & { readonly speaker?: Speaker })[] {
    const inAreas = all.filter(({ area }) => this.#areas.has(area));
    if (this.#speakers.size === 0 || this.#areas.has('messages')) return inAreas;
    const bySpeakers = said().filter(({ speaker }) => this.#speakers.has(speaker));
    return [...inAreas, ...bySpeakers.map((each) => ({ area: 'messages', ...each }) as const)];
  }

  /**
   * Whether all words to find are among the texts of a record as they are indexed, before messages are read for who
   * says them.
   */
  #hasWords({ all: texts }: RecordTexts): boolean {
    if (this.#speakers.size === 0) return true;
    const looked = texts.map(({ text }) => new LookedText(text));
    return this.#query.all.every(({ words, isPrefix }) =>
      words.every((word, i) => {
        const one = { words: [word], isPrefix: isPrefix && i === words.length - 1 };
        return looked.some((text) => text.has(one));
      }),
    );
  }
}

/** Who says a text of a message, if one alone does. Of texts alike in a field that nobody says one, nobody does. */
function speakerOf({ field, text }: RecordText, { all, said: read }: RecordTexts): Speaker | undefined {
  const said = read();
  const having = said.filter(
    (each) => isWithin(field, each.field) && (each.text === text || isPart(text, each, all)),
  );
  const [first, ...others] = having;
  if (first === undefined || others.some(({ speaker }) => speaker !== first.speaker)) return undefined;
  const alike = all.filter((each) => each.text === text && isWithin(each.field, first.field));
  return alike.length > having.length ? undefined : first.speaker;
}

/** Whether a text is one of the parts that a message is put together from, which are lines of it. */
function isPart(text: string, message: SaidText, all: readonly RecordText[]): boolean {
  if (!`\n${message.text}\n`.includes(`\n${text}\n`)) return false;
  return !all.some((each) => each.text === message.text && isWithin(each.field, message.field));
}

/** The attribute that has what is said; if that is several together, what their keys begin with. */
function attributeOf({ field, text }: RecordText, texts: readonly RecordText[]): string {
  return texts.find((each) => isWithin(each.field, field) && each.text === text)?.field ?? field;
}

function isWithin(field: string, whole: string): boolean {
  return field === whole || field.startsWith(`${whole}.`);
}

/** A text in which phrases are looked for. Its words are only found where letters beyond ASCII need it. */
class LookedText {
  readonly #text: string;
  /** Undefined until it is needed; empty if the text is not plain. */
  #plain: string | undefined;
  #words: readonly string[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  has({ words, isPrefix }: Phrase): boolean {
    this.#plain ??= isPlain(this.#text) ? withoutData(this.#text).toLowerCase() : '';
    if (this.#plain !== '') return hasInPlain(this.#plain, words, isPrefix);
    this.#words ??= wordsOf(this.#text);
    return hasPhrase(this.#words, words, isPrefix);
  }
}

/** Whether the words of a phrase follow each other. */
function hasPhrase(words: readonly string[], phrase: readonly string[], isPrefix: boolean): boolean {
  const last = phrase.length - 1;
  for (let at = 0; at + last < words.length; at++) {
    let i = 0;
    while (i < last && words[at + i] === phrase[i]) i++;
    if (i < last) continue;
    const word = words[at + last]!;
    if (isPrefix ? word.startsWith(phrase[last]!) : word === phrase[last]) return true;
  }
  return false;
}

function snippetOf(whole: string, phrases: readonly Phrase[]): string[] {
  const text = whole.normalize('NFC');
  const marks = marksOf(text, phrases);
  const first = marks[0]?.start ?? 0;
  const from = cutBefore(text, first - BEFORE, first);
  const to = Math.max(marks[0]?.end ?? 0, cutAfter(text, from + LONGEST_SNIPPET));
  const pieces: string[] = [];
  let at = from;
  for (const { start, end } of marks) {
    if (end > to) break;
    pieces.push(shown(text.slice(at, start)), shown(text.slice(start, end)));
    at = end;
  }
  pieces.push(shown(text.slice(at, to)));
  if (from > 0) pieces[0] = `…${pieces[0]}`;
  if (to < text.length) pieces[pieces.length - 1] += '…';
  return pieces;
}

/** The first places of phrases in a text, as many as a snippet shows, in order and without overlaps. */
function marksOf(text: string, phrases: readonly Phrase[]): { start: number; end: number }[] {
  const longest = Math.max(...phrases.map(({ words }) => words.length));
  const recent: PlacedWord[] = [];
  const marks: { start: number; end: number }[] = [];
  const firstWords = phrases.map(({ words }) => words[0]!);
  const from = isAscii(text) ? firstAsciiPlace(text.toLowerCase(), firstWords) : 0;
  for (const placed of placedWords(text, from)) {
    if (marks.length > 0 && placed.end > marks[0]!.start + LONGEST_SNIPPET) break;
    recent.push(placed);
    if (recent.length > longest) recent.shift();
    for (const { words, isPrefix } of phrases) {
      const at = recent.length - words.length;
      if (at < 0 || !isAt(recent, at, words, isPrefix)) continue;
      const start = recent[at]!.start;
      const last = marks.at(-1);
      if (last === undefined || start >= last.end) marks.push({ start, end: placed.end });
      else last.end = placed.end;
    }
  }
  return marks;
}

function isAt(
  placed: readonly PlacedWord[],
  at: number,
  words: readonly string[],
  isPrefix: boolean,
): boolean {
  return words.every((word, i) => {
    const other = placed[at + i]!.word;
    return isPrefix && i === words.length - 1 ? other.startsWith(word) : other === word;
  });
}

/** Space between words is one space. */
function shown(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** The start of a word at or after `at`, if there is one before `limit`. */
function cutBefore(text: string, at: number, limit: number): number {
  if (at <= 0) return 0;
  const space = text.slice(at, limit).search(/\s\S/);
  return space < 0 ? charStart(text, at) : at + space + 1;
}

function cutAfter(text: string, at: number): number {
  return at >= text.length ? text.length : charStart(text, at);
}

/** Not within a surrogate pair. */
function charStart(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
