import { MAX_DEPTH } from './json-value.js';

/**
 * The value of a Python literal in the form of `repr`: dicts, lists, tuples, strings, numbers, `True`,
 * `False`, `None`. Undefined for any other text.
 */
export function parsePython(text: string): unknown {
  try {
    const reader = new Reader(text);
    const value = reader.value(0);
    return reader.isAtEnd() ? value : undefined;
  } catch {
    return undefined;
  }
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };
const WORDS: ReadonlyMap<string, unknown> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#take(/\s*/y);
    return this.#at === this.#text.length;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError('too deep');
    const open = this.#take(/\s*[[({]/y)?.trim();
    if (open !== undefined) return this.#container(open, depth);
    const quote = this.#take(/\s*['"]/y)?.trim();
    if (quote !== undefined) return this.#string(quote);
    const word = this.#take(/\s*[\w.+-]+/y)?.trim() ?? '';
    if (WORDS.has(word)) return WORDS.get(word);
    const number = Number(word);
    if (word === '' || Number.isNaN(number)) throw new SyntaxError('no literal');
    return number;
  }

  #container(open: string, depth: number): unknown {
    const values: unknown[] = [];
    const fields: [string, unknown][] = [];
    while (this.#take(/\s*[\])}]/y)?.trim() !== CLOSING[open]) {
      const value = this.value(depth + 1);
      if (open === '{') {
        if (this.#take(/\s*:/y) === undefined) throw new SyntaxError('a set');
        fields.push([String(value), this.value(depth + 1)]);
      } else {
        values.push(value);
      }
      if (this.#take(/\s*,/y) === undefined && !/^\s*[\])}]/.test(this.#text.slice(this.#at, this.#at + 64)))
        throw new SyntaxError('no comma');
    }
    return open === '{' ? Object.fromEntries(fields) : values;
  }

  #string(quote: string): string {
    let text = '';
    for (;;) {
      const char = this.#text[this.#at++];
      if (char === undefined) throw new SyntaxError('no end');
      if (char === quote) return text;
      text += char === '\\' ? this.#escaped() : char;
    }
  }

  #escaped(): string {
    const code = this.#take(/x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}/y);
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    const char = this.#text[this.#at++] ?? '';
    return ESCAPES[char] ?? char;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
