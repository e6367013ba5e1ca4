import type { ConversationTurn, Session, SessionException, VisitPage } from '../../../client/src/index.js';
import { formatDuration } from '../../../client/src/text/duration.js';
import { failureCount, failureText } from '../../../client/src/text/failures.js';
import { formatCost, formatTokens, missingInCost } from '../../../client/src/text/gaps.js';
import { exactMoney } from '../../../client/src/text/money.js';
import { formatCount, formatCounted } from '../../../client/src/text/number.js';
import { outcomeText } from '../../../client/src/text/outcome.js';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { type Cell, type Column, factLines, type Style, tableLines } from './table.js';

/** Sessions as text for people. Times are in UTC. */

const COLUMNS: readonly Column[] = [
  { title: 'STARTED', width: 20 },
  { title: 'STATE', width: 'invalidated'.length, dropped: 4 },
  { title: 'TOOK', width: 7, isNumber: true, dropped: 6 },
  { title: 'USER', width: 14, isCut: true, dropped: 5 },
  { title: 'SPANS', isNumber: true, dropped: 1 },
  { title: 'ERRORS', isNumber: true },
  { title: 'CALLS', isNumber: true, dropped: 2 },
  { title: 'TOKENS', isNumber: true, dropped: 3 },
  { title: 'COST', width: 7, isNumber: true, dropped: 7 },
  { title: 'SESSION', isCut: true },
  { title: 'TITLE', isCut: true, dropped: 0 },
];

/** Lines of a table of sessions, the titles first. Columns of different tables stand below each other mostly. */
export function sessionLines(sessions: readonly Session[], style: Style): string[] {
  return tableLines(COLUMNS, sessions.map(cellsOf), style);
}

function cellsOf(session: Session): Cell[] {
  const { genai_usage: usage, duration_ms: durationMs } = session;
  const errors = failureCount(session);
  return [
    { text: timeText(session.start_time) },
    { text: session.state },
    { text: durationMs === undefined ? '' : formatDuration(durationMs) },
    { text: session['user.id'] ?? '' },
    { text: formatCount(session.span_count) },
    errors === 0 ? { text: '' } : { text: formatCount(errors), style: 'trouble' },
    { text: usage === undefined ? '' : formatCount(usage.request_count) },
    { text: usage === undefined ? '' : formatTokens(tokensOf(usage), usage) },
    { text: usage?.estimated_cost_usd === undefined ? '' : formatCost(usage.estimated_cost_usd, usage) },
    { text: session['session.id'] },
    { text: shortTitle(session.title ?? '') },
  ];
}

/** Longest title in a table, in characters. */
const TITLE_LENGTH = 60;

function shortTitle(title: string): string {
  const characters = [...title];
  return characters.length <= TITLE_LENGTH ? title : `${characters.slice(0, TITLE_LENGTH - 1).join('')}…`;
}

/** What is known of a session, a line each. */
export function sessionFacts(session: Session, style: Style): string[] {
  const { client, geo, visit, genai_usage: usage } = session;
  return factLines(
    [
      ['session', session['session.id']],
      ['title', session.title],
      ['user', session['user.id']],
      ['state', session.state],
      ['outcome', session.outcome && outcomeText(session.outcome)],
      ['started', timeText(session.start_time)],
      ['took', session.duration_ms === undefined ? undefined : formatDuration(session.duration_ms)],
      ['services', session.services.join(', ')],
      ['release', session.release],
      [
        'device',
        joined(
          ' ',
          client?.browser,
          client?.browser_version,
          bracketed(joined(', ', client?.os, client?.device_type)),
        ),
      ],
      ['place', joined(', ', geo?.city, geo?.country_name ?? geo?.country_code)],
      [
        'pages',
        visit === undefined
          ? undefined
          : joined(' → ', counted(visit.page_views, 'view'), visit.entry_page, visit.exit_page),
      ],
      [
        'spans',
        `${formatCounted(session.span_count, 'span')} in ${formatCounted(session.trace_count, 'trace')}`,
      ],
      ['failures', failureText(session)],
      ['models', usage?.models_used.join(', ')],
      ['usage', usage === undefined ? undefined : usageText(usage)],
      ['scores', session.scores?.map(scoreText).join('; ')],
      ['before', session['session.previous_id']],
      ['after', session.next_ids?.join(', ')],
    ],
    style,
  );
}

/** `helpful 0.75 (4: pass 3, fail 1)`. */
function scoreText({ name, count, average, labels = [] }: NonNullable<Session['scores']>[number]): string {
  const byLabel = labels.map((each) => `${each.label} ${formatCount(each.count)}`).join(', ');
  const counted = joined(': ', formatCount(count), byLabel === '' ? undefined : byLabel);
  return joined(' ', name, average === undefined ? undefined : String(average), bracketed(counted))!;
}

/** `3 calls, 5,120 tokens in, 640 out, US$ 0.0123 (1 call without a price)`. */
export function usageText(usage: NonNullable<Session['genai_usage']>): string {
  const { estimated_cost_usd: cost } = usage;
  const numbers = [
    formatCounted(usage.request_count, 'call'),
    `${formatCount(Number(usage.total_input_tokens))} tokens in`,
    `${formatCount(Number(usage.total_output_tokens))} out`,
    ...(cost === undefined ? [] : [exactMoney(cost)]),
  ];
  return joined(' ', numbers.join(', '), bracketed(missingInCost(usage)))!;
}

/** The pages of a visit, in order. */
export function pageLines(pages: readonly VisitPage[], style: Style): string[] {
  const columns: readonly Column[] = [
    { title: 'ENTERED' },
    { title: 'STAYED', isNumber: true },
    { title: 'REQUESTS', isNumber: true, dropped: 1 },
    { title: 'FAILED', isNumber: true, dropped: 2 },
    { title: 'EXCEPTIONS', isNumber: true, dropped: 3 },
    { title: 'PAGE', isCut: true },
  ];
  const rows = pages.map((page): Cell[] => [
    { text: timeText(page.entered_at) },
    { text: formatDuration(page.duration_ms) },
    { text: formatCount(page.request_count) },
    troubleCount(page.failed_request_count),
    troubleCount(page.exception_count),
    { text: page.name ?? page.url ?? '' },
  ]);
  return tableLines(columns, rows, style);
}

/** What was thrown, a line each. */
export function exceptionLines(exceptions: readonly SessionException[], style: Style): string[] {
  return exceptions.map(({ first_time: first, count, type, name, message, service }) => {
    const text = joined(': ', type ?? name, message?.split('\n')[0]) ?? 'exception';
    const times = count === 1 ? '' : ` (${formatCount(count)} times)`;
    const where = service === undefined ? '' : style.quiet(`  ${visibleText(service)}`);
    return `${timeText(first)}  ${style.trouble(visibleText(text))}${times}${where}\n`;
  });
}

/** Longest text of a turn that is shown, in characters. */
const TURN_LENGTH = 500;

/** The turns of conversations, shortened; the page and --json have them whole. */
export function turnLines(turns: readonly ConversationTurn[], style: Style): string[] {
  return turns.map(({ role, text, tool, error, time }) => {
    const said =
      text ??
      (tool === undefined ? undefined : joined(' ', tool.name, tool.result ?? tool.arguments)) ??
      joined(': ', error?.type, error?.message) ??
      '';
    const shown = said.length > TURN_LENGTH ? `${said.slice(0, TURN_LENGTH)} …` : said;
    const lines = shown.split(/\r?\n/).map((line) => visibleText(line));
    return `${style.quiet(timeText(time))} ${style.heading(role)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  });
}

/** A time of the API, in UTC to the second: `2026-03-01 09:30:00Z`. */
export function timeText(time: string): string {
  return `${time.slice(0, 19).replace('T', ' ')}Z`;
}

function tokensOf(usage: NonNullable<Session['genai_usage']>): number {
  return Number(usage.total_input_tokens) + Number(usage.total_output_tokens);
}

function counted(value: number, thing: string): string | undefined {
  return value === 0 ? undefined : formatCounted(value, thing);
}

function troubleCount(value: number): Cell {
  return value === 0 ? { text: '' } : { text: formatCount(value), style: 'trouble' };
}

function bracketed(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `(${text})`;
}

/** Undefined if there is nothing to join. */
function joined(separator: string, ...parts: readonly (string | undefined)[]): string | undefined {
  const known = parts.filter((part) => part !== undefined && part !== '');
  return known.length === 0 ? undefined : known.join(separator);
}
