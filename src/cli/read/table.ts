import stringWidth from 'string-width';
import { visibleText } from '../../../client/src/text/visible-text.js';

/** How text is written: in colours on a terminal, else plainly. */
export interface Style {
  heading(text: string): string;
  trouble(text: string): string;
  quiet(text: string): string;
}

export interface Cell {
  readonly text: string;
  readonly style?: keyof Style;
}

export interface Column {
  readonly title: string;
  /** Numbers end at the right edge of their column. */
  readonly isNumber?: true;
  /** Least width, in columns of the terminal. */
  readonly width?: number;
}

const PLAIN = (text: string): string => text;

/** `isColored`: whether the output is a terminal that shows colours. */
export function styleOf(isColored: boolean): Style {
  if (!isColored) return { heading: PLAIN, trouble: PLAIN, quiet: PLAIN };
  // Select Graphic Rendition (ECMA-48, section 8.3.117).
  const sgr = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;
  return { heading: sgr(1, 22), trouble: sgr(31, 39), quiet: sgr(2, 22) };
}

/**
 * Lines of a table, each with its end; the first has the titles. Texts of telemetry are made visible: no character of
 * theirs controls the terminal.
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
  const widths = columns.map(({ width = 0 }, at) =>
    Math.max(width, ...cells.map((row) => stringWidth(row[at]!.text))),
  );
  return cells.map((row) => {
    const padded = row.map(({ text, style: of }, at) => {
      const blanks = ' '.repeat(widths[at]! - stringWidth(text));
      const styled = of === undefined ? text : style[of](text);
      return columns[at]!.isNumber ? `${blanks}${styled}` : `${styled}${blanks}`;
    });
    return `${padded.join('  ').trimEnd()}\n`;
  });
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
