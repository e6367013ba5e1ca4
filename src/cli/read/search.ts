import type { Session, SessionQuery } from '../../../client/src/index.js';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { timeText } from './session-text.js';
import type { Style } from './table.js';

/** Options of `sessions search`. */
export interface SearchOptions {
  /** With `q`. */
  readonly query: SessionQuery;
  /** Most sessions. */
  readonly limit: number;
  readonly json: boolean;
}

type Match = NonNullable<Session['matches']>[number];

/** A session of a search with the places where it has the text, a line each. */
export function foundLines(session: Session, style: Style): string[] {
  const { start_time: start, matches = [] } = session;
  const user = session['user.id'];
  return [
    `${timeText(start)}  ${style.heading(visibleText(session['session.id']))}${user === undefined ? '' : `  ${visibleText(user)}`}\n`,
    ...matches.map((match) => `  ${style.quiet(placeOf(match))}  ${snippetOf(match, style)}\n`),
  ];
}

function placeOf({ in: area, role, field, trace_id: trace, span_id: span }: Match): string {
  const record = span === undefined ? (trace === undefined ? '' : ` trace ${trace}`) : ` span ${span}`;
  return visibleText(`${role ?? area} ${field}${record}`);
}

function snippetOf({ snippet }: Match, style: Style): string {
  return snippet
    .map((piece, i) => (i % 2 === 0 ? visibleText(piece) : style.trouble(visibleText(piece))))
    .join('');
}

/** What to say of a search that did not reach all telemetry; undefined if it did. */
export function unfinishedText({
  is_complete: isComplete,
  indexed_until: until,
}: {
  readonly is_complete: boolean;
  readonly indexed_until?: string;
}): string | undefined {
  if (isComplete) return undefined;
  const upTo = until === undefined ? '' : `, up to about ${timeText(until)}`;
  return `Not all telemetry is indexed yet${upTo}: there may be more sessions.\n`;
}
