import stringWidth from 'string-width';
import { visibleText } from '../../../client/src/text/visible-text.js';

/** How text is written: in colours on a terminal, else plainly. */
export interface Style {
  heading(text: string): string;
  trouble(text: string): string;
  quiet(text: string): string;
  /** Columns of the terminal. Undefined elsewhere: lines have any length. */
  readonly width?: number | undefined;
}

export interface Cell {
  readonly text: string;
  readonly style?: Exclude<keyof Style, 'width'>;
}

export interface Column {
  readonly title: string;
  /** Numbers end at the right edge of their column. */
  readonly isNumber?: true;
  /** Least width, in columns of the terminal. */
  readonly width?: number;
  /** Whether its text may lose its end where the terminal is too narrow. */
  readonly isCut?: true;
  /** Where the terminal is still too narrow, columns are left out in this order. Undefined: never. */
  readonly dropped?: number;
  /** The last column may have a line of its own, where the terminal is too narrow. */
  readonly isBelow?: true;
}

/** Least width of a column whose text is cut. */
const LEAST_CUT = 10;
const GAP = 2;

const PLAIN = (text: string): string => text;

/** `isColored`: whether the output is a terminal that shows colours. */
export function styleOf(isColored: boolean, width?: number): Style {
  if (!isColored) return { heading: PLAIN, trouble: PLAIN, quiet: PLAIN, width };
  // Select Graphic Rendition (ECMA-48, section 8.3.117).
  const sgr = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;
  return { heading: sgr(1, 22), trouble: sgr(31, 39), quiet: sgr(2, 22), width };
}

/**
 * Lines of a table, each with its end; the first has the titles. Texts of telemetry are made visible: no character of
 * theirs controls the terminal. Where the terminal is too narrow, text is cut and columns are left out, which a last
 * line says.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  style: Style,
): string[] {
  const titles = columns.map(({ title }): Cell => ({ text: title, style: 'heading' }));
  const cells = [titles, ...rows].map((row) =>
    row.map((cell) => ({ ...cell, text: visibleText(cell.text) })),
  );
  const { widths, below } = layout(columns, cells, style.width);
  const lines = cells.map((row, line) => {
    const padded = row.flatMap((cell, at) => {
      const width = widths[at];
      if (width === undefined || at === below) return [];
      const text = cut(cell.text, width);
      const blanks = ' '.repeat(Math.max(0, width - stringWidth(text)));
      const styled = styledText(text, cell, style);
      return [columns[at]!.isNumber ? `${blanks}${styled}` : `${styled}${blanks}`];
    });
    const last = below === undefined || line === 0 ? undefined : row[below];
    const own = last === undefined || last.text === '' ? '' : `  ${styledText(last.text, last, style)}\n`;
    return `${padded.join(' '.repeat(GAP)).trimEnd()}\n${own}`;
  });
  const missing = columns.filter((_, at) => widths[at] === undefined).map(({ title }) => title);
  if (missing.length > 0 && rows.length > 0) {
    lines.push(`${style.quiet(`Too narrow for ${missing.join(', ')}; --json has all.`)}\n`);
  }
  return lines;
}

interface Layout {
  /** Undefined for a column that is left out. */
  readonly widths: readonly (number | undefined)[];
  /** The column whose cells have lines of their own. */
  readonly below: number | undefined;
}

/** How columns fit into the terminal. */
function layout(
  columns: readonly Column[],
  cells: readonly (readonly { readonly text: string }[])[],
  most = Number.POSITIVE_INFINITY,
): Layout {
  const natural = columns.map(({ width = 0 }, at) =>
    Math.max(width, ...cells.map((row) => stringWidth(row[at]!.text))),
  );
  const widths: (number | undefined)[] = [...natural];
  const total = (): number => {
    const shown = widths.filter((width, at) => width !== undefined && at !== below) as number[];
    return shown.reduce((sum, width) => sum + width, GAP * (shown.length - 1));
  };
  let below: number | undefined;
  if (total() > most && columns.at(-1)?.isBelow) below = columns.length - 1;
  const order = columns
    .flatMap(({ dropped }, at) => (dropped === undefined ? [] : [{ at, dropped }]))
    .sort((a, b) => a.dropped - b.dropped);
  for (;;) {
    for (const at of columns.keys()) if (widths[at] !== undefined) widths[at] = natural[at];
    cutWidest(columns, widths, () => total() - most);
    const next = total() > most ? order.shift() : undefined;
    if (next === undefined) return { widths, below };
    widths[next.at] = undefined;
  }
}

/** Takes from the widest columns that may be cut until nothing is over, or nothing more can be cut. */
function cutWidest(columns: readonly Column[], widths: (number | undefined)[], over: () => number): void {
  while (over() > 0) {
    let widest: number | undefined;
    for (const [at, { isCut }] of columns.entries()) {
      const width = widths[at] ?? 0;
      if (isCut && width > LEAST_CUT && (widest === undefined || width > widths[widest]!)) widest = at;
    }
    if (widest === undefined) return;
    widths[widest] = widths[widest]! - 1;
  }
}

function styledText(text: string, { style: of }: Cell, style: Style): string {
  return of === undefined ? text : style[of](text);
}

/** The beginning of a text, if it is wider than this. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A line for each name and value; those without a value are left out. */
export function factLines(
  facts: readonly (readonly [name: string, value: string | undefined])[],
  style: Style,
): string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${style.quiet(name.padEnd(width))}  ${visibleText(value!)}\n`);
}
