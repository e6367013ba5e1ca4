/** Answers of tools: compact text within a budget of tokens, for models that read it. */

/** Characters of English text, JSON and numbers that a token has about. */
const CHARACTERS_A_TOKEN = 4;
/** Longest text of telemetry in an answer, and in a cell of a table, in characters. */
const LONGEST_TEXT = 1_500;
const LONGEST_CELL = 200;

/**
 * A search stops after some time and goes on at its cursor, with few items or none. After so many parts with so few
 * lines the answer ends too, so that no call reads a whole project.
 */
const MOST_THIN_PARTS = 5;
const THIN_LINES = 3;

/** A part of a list: its lines, and the cursor of what follows. */
export interface Part {
  readonly lines: readonly string[];
  readonly next: string | undefined;
}

/**
 * Reads parts of a list from a cursor on, as many as fit into `maxTokens`, and at least one, below the titles of
 * their columns. Ends early where parts have hardly anything. `next` is the cursor of the rest, if there is any.
 */
export async function partsWithin(
  maxTokens: number,
  cursor: string | undefined,
  read: (cursor: string | undefined) => Promise<Part>,
  ...titles: readonly string[]
): Promise<Part> {
  const lines: string[] = [];
  let next = cursor;
  let size = 0;
  let thinParts = 0;
  do {
    const part = await read(next);
    const added = part.lines.reduce((sum, line) => sum + line.length + 1, 0);
    if (lines.length > 0 && size + added > maxTokens * CHARACTERS_A_TOKEN) break;
    lines.push(...part.lines);
    size += added;
    next = part.next;
    if (part.lines.length <= THIN_LINES) thinParts++;
  } while (next !== undefined && thinParts < MOST_THIN_PARTS);
  return { lines: [...titles, ...lines], next };
}

/** Cells of a table in a line. A cell has one line and no bar. */
export function row(...cells: readonly (string | number | undefined)[]): string {
  return cells.map((cell) => (cell === undefined ? '' : oneLine(String(cell)))).join(' | ');
}

/** A fact in a line; undefined if it has no value. */
export function fact(name: string, value: string | number | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : `${name}: ${oneLine(String(value))}`;
}

/** Text of telemetry, shortened. */
export function shortened(text: string, longest = LONGEST_TEXT): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)} … (${text.length - longest} characters more)`;
}

function oneLine(text: string): string {
  return shortened(text, LONGEST_CELL)
    .replace(/[\s|]+/g, ' ')
    .trim();
}

/** What a tool answers: text, marked as data that somebody else wrote, and below it how to read on. */
export function untrusted(lines: readonly (string | undefined)[], next?: string): string {
  const text = lines.filter((line) => line !== undefined).join('\n') || '(nothing)';
  // What is in the telemetry cannot end the mark.
  const marked = `<telemetry>\n${text.replaceAll(/<(?=[\s/]*telemetry)/gi, '‹')}\n</telemetry>`;
  return next === undefined ? marked : `${marked}\nThere is more: call again with cursor ${next}`;
}
