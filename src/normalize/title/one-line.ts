/** Maximum length of a line, UTF-16 units. */
export const LONGEST_LINE = 120;

/** Number of UTF-16 units of a text that are read: enough for a line with much white space. */
const MOST_READ = 4 * LONGEST_LINE;

/** A line may end at the last whole word if that leaves this much of it. */
const LEAST_KEPT = (LONGEST_LINE * 2) / 3;

const SPACES = /[\s\p{Cc}]+/gu;
/** Words of ASCII, each after one space. */
const PLAIN = /^[!-~]+(?: [!-~]+)* ?$/;
const LONE = /\p{Surrogate}/gu;

/**
 * A text as one line: white space and control characters are single spaces, longer texts end at a whole word
 * with `…`. Undefined if nothing is left.
 */
export function oneLine(text: string): string | undefined {
  // Nearly all lines need no change but their end.
  if (PLAIN.test(text.slice(0, LONGEST_LINE + 1))) {
    return text.length <= LONGEST_LINE ? text.trimEnd() : shortened(text);
  }
  const line = text.slice(0, MOST_READ).replace(SPACES, ' ').replace(LONE, '\uFFFD').trim();
  if (line === '') return undefined;
  if (line.length <= LONGEST_LINE && text.length <= MOST_READ) return line;
  return shortened(line);
}

/** The start of a line, up to a whole word where that leaves enough of it. */
function shortened(line: string): string {
  const space = line.lastIndexOf(' ', LONGEST_LINE - 1);
  const last = line.charCodeAt(LONGEST_LINE - 2);
  const end = LONGEST_LINE - (last >= 0xd800 && last <= 0xdbff ? 2 : 1);
  return `${line.slice(0, space >= LEAST_KEPT ? space : end)}…`;
}

const ID = /\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-f]*\d)[0-9a-f]{8,}|0x[0-9a-f]+)\b/giu;
/** Numbers, except those that stand alone and may be an HTTP status. */
const NUMBER = /(?<![\w.])(?![1-5]\d\d(?![\w.]))\d[\d.,_]*(?<=\d)/gu;

/**
 * The shape of an error's message, on one line: its first line with `#` for ids and numbers. Codes of HTTP
 * statuses are kept.
 */
export function messageShape(message: string): string | undefined {
  return oneLine(withoutNumbers(firstLine(message)));
}

function firstLine(message: string): string {
  return message.slice(0, MOST_READ).trim().split('\n', 1)[0]!;
}

function withoutNumbers(text: string): string {
  return text.replace(ID, '#').replace(NUMBER, '#');
}

/** `IllegalStateException` of `java.lang.IllegalStateException`. */
const LAST_PART = /^[\w.$:*/\\]*[.$:/\\*](\w+)$/;

/** An error on one line: the last part of its type and the shape of its message, which may begin with the type. */
export function errorLine(type = '', message = ''): string | undefined {
  return withType(type, messageShape(message));
}

/** A text in quotes, up to the end of the line if it does not end before. An apostrophe within a word is no quote. */
const QUOTED =
  /(?<!\w)'[^']*(?:'(?!\w)|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|“[^”]*(?:”|$)|‘[^’]*(?:’|$)|«[^»]*(?:»|$)/gu;
/** What follows the host of an address. */
const ADDRESS_PATH = /\b([a-z][a-z\d+.-]{1,20}:\/\/[^\s/?#]*)[/?#][^\s,;)\]]*/giu;
/** An absolute path with a folder. */
const PATH = /(?<![\w:/.])(?:[a-z]:)?(?:[\\/][\w.@%+~$-]+){2,}[\\/]?/giu;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu;

/**
 * What equal errors share, on one line: as `errorLine`, with `#` also for quoted texts, paths and e-mail
 * addresses.
 */
export function errorShape(type = '', message = ''): string | undefined {
  const text = firstLine(message)
    .replace(QUOTED, '#')
    .replace(ADDRESS_PATH, '$1/#')
    .replace(PATH, '#')
    .replace(EMAIL, '#');
  return withType(type, oneLine(withoutNumbers(text)));
}

function withType(type: string, shape: string | undefined): string | undefined {
  const name = oneLine(LAST_PART.exec(type)?.[1] ?? type);
  if (name === undefined || shape === undefined) return name ?? shape;
  return shape.startsWith(name) ? shape : oneLine(`${name}: ${shape}`);
}
