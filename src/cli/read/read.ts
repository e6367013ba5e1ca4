import {
  ApiError,
  ConnectionError,
  type Session,
  type SessionQuery,
  type SojournClient,
} from '../../../client/src/index.js';
import { visibleText } from '../../../client/src/text/visible-text.js';
import type { TypedCommand } from '../invocation.js';
import { type ExportOptions, ExportRefusedError, exportSessions } from './export.js';
import { UnfinishedFileError } from './export-file.js';
import { retentionLines, type WentItem, wentItem } from './retention-text.js';
import { foundLines, type SearchOptions, unfinishedText } from './search.js';
import {
  exceptionLines,
  pageLines,
  sessionFacts,
  sessionLines,
  turnLines,
  usageText,
} from './session-text.js';
import { type Style, styleOf } from './table.js';
import { usageLines } from './usage-text.js';

/** A command that reads, with valid options. */
export type ReadCommand =
  | {
      readonly kind: 'list';
      readonly query: SessionQuery;
      /** Most sessions. */
      readonly limit: number;
      /** Started within this time before now, ms. */
      readonly lastMs: number | undefined;
      readonly json: boolean;
    }
  | (SearchOptions & { readonly kind: 'search' })
  | {
      readonly kind: 'top';
      readonly query: SessionQuery;
      readonly by: 'cost' | 'duration';
      readonly limit: number;
      readonly json: boolean;
    }
  | { readonly kind: 'show'; readonly id: string; readonly json: boolean }
  | { readonly kind: 'tail'; readonly query: SessionQuery; readonly json: boolean }
  | { readonly kind: 'why'; readonly id: string; readonly json: boolean }
  | (ExportOptions & { readonly kind: 'export' })
  | {
      readonly kind: 'retention';
      /** In place of the settings of the server. */
      readonly query: { readonly keepSessions?: string; readonly keepSize?: string };
      /** Most entries of what went. */
      readonly limit: number;
      readonly json: boolean;
    };

export interface ReadContext {
  readonly client: SojournClient;
  /** Aborted to end `tail`. */
  readonly signal: AbortSignal;
  /** Whether the output shows colours. */
  readonly isColored: boolean;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  /** Where bytes go that are no text for people. */
  readonly stdout: NodeJS.WritableStream;
  readonly typed: TypedCommand;
  /** Ms since 1970. */
  nowMs(): number;
  print(text: string): void;
  printError(text: string): void;
}

/** Most sessions that a request asks for. */
const PAGE = 100;
/** Entries of the audit log that a request asks for, and most that are looked at. */
const MOST_ENTRIES = 1_000;
const MOST_EXAMINED = 20_000;
/** Most items of each list that `show` shows. */
const MOST_SHOWN = 50;

/** Runs a command and resolves to the exit code. */
export async function read(command: ReadCommand, context: ReadContext): Promise<number> {
  try {
    await perform(command, context);
    return 0;
  } catch (error) {
    if (error instanceof ExportRefusedError || error instanceof UnfinishedFileError) {
      context.printError(`sojourn: ${error.message}\n`);
      return 1;
    }
    if (context.signal.aborted) return command.kind === 'export' ? 1 : 0;
    if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
    context.printError(`sojourn: ${visibleText(error.message)}${remedyOf(error, context.typed)}\n`);
    return 1;
  }
}

function perform(command: ReadCommand, context: ReadContext): Promise<void> {
  switch (command.kind) {
    case 'list':
      return list(command, context);
    case 'search':
      return search(command, context);
    case 'top':
      return top(command, context);
    case 'show':
      return show(command.id, command.json, context);
    case 'tail':
      return tail(command.query, command.json, context);
    case 'export':
      return exportSessions(command, context);
    case 'why':
      return why(command.id, command.json, context);
    case 'retention':
      return retention(command, context);
  }
}

async function list(
  { query, limit, lastMs, json }: ReadCommand & { readonly kind: 'list' },
  context: ReadContext,
): Promise<void> {
  const { client, print, printError, isColored } = context;
  const sessions: Session[] = [];
  let printed = 0;
  let hasMore = false;
  const pages = { limit: Math.min(limit + 1, PAGE) };
  for await (const session of client.sessions({ ...query, ...since(lastMs, context), ...pages })) {
    if (printed === limit) {
      hasMore = true;
      break;
    }
    printed += 1;
    if (json) print(`${jsonText(session)}\n`);
    else sessions.push(session);
  }
  if (printed === 0) printError('There are no such sessions.\n');
  else if (!json) print(sessionLines(sessions, styleOf(isColored)).join(''));
  if (hasMore) printError(`There are more: --limit shows more than ${limit}.\n`);
}

/** The filter of sessions that started within this time before now. */
function since(lastMs: number | undefined, { nowMs }: ReadContext): { startTime?: string } {
  return lastMs === undefined ? {} : { startTime: new Date(nowMs() - lastMs).toISOString() };
}

async function search({ query, limit, json }: SearchOptions, context: ReadContext): Promise<void> {
  const { client, print, printError, isColored } = context;
  const style = styleOf(isColored);
  let found = 0;
  let unfinished: string | undefined;
  let hasMore = false;
  for await (const page of client.sessions({ ...query, limit: Math.min(limit, PAGE) }).pages()) {
    for (const session of page.items.slice(0, limit - found)) {
      found += 1;
      print(json ? `${jsonText(session)}\n` : foundLines(session, style).join(''));
    }
    unfinished ??= page.search && unfinishedText(page.search);
    hasMore = page.has_more;
    if (found === limit) break;
  }
  if (found === 0) printError('There are no such sessions.\n');
  if (unfinished !== undefined) printError(unfinished);
  if (hasMore && found === limit) printError(`There may be more: --limit shows more than ${limit}.\n`);
}

async function top(
  { query, by, limit, json }: ReadCommand & { readonly kind: 'top' },
  { client, print, printError, isColored }: ReadContext,
): Promise<void> {
  const { items } = await client.top({ ...query, by, limit });
  if (items.length === 0) printError('There are no such sessions.\n');
  else if (json) for (const session of items) print(`${jsonText(session)}\n`);
  else print(sessionLines(items, styleOf(isColored)).join(''));
}

async function show(id: string, json: boolean, context: ReadContext): Promise<void> {
  const { client, print, isColored } = context;
  const session = await client.session(id);
  if (json) return print(`${jsonText(session, 2)}\n`);
  const style = styleOf(isColored);
  print(sessionFacts(session, style).join(''));
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) print(`\n${style.heading(title)}\n${lines.join('')}`);
  };
  if (session.visit !== undefined) {
    const pages = await client.visitPages(id, { limit: MOST_SHOWN }).page();
    section('Pages', [...pageLines(pages.items, style), ...more(pages, style)]);
  }
  if ((session.exception_count ?? 0) > 0) {
    const exceptions = await client.exceptions(id, { limit: MOST_SHOWN }).page();
    section('Exceptions', [...exceptionLines(exceptions.items, style), ...more(exceptions, style)]);
  }
  if (session.genai_usage !== undefined) {
    const turns = await client.conversation(id, { limit: MOST_SHOWN }).page();
    section('Conversation', [...turnLines(turns.items, style), ...more(turns, style)]);
  }
}

async function tail(query: SessionQuery, json: boolean, context: ReadContext): Promise<void> {
  const { client, print, printError, signal, isColored } = context;
  const style = styleOf(isColored);
  let titles = json ? '' : sessionLines([], style)[0]!;
  for await (const event of client.changes(query, { signal })) {
    switch (event.type) {
      case 'session':
        print(json ? `${jsonText(event.session)}\n` : `${titles}${sessionLines([event.session], style)[1]!}`);
        titles = '';
        break;
      case 'skipped':
        printError(`${event.count} changes were too many to be sent one by one.\n`);
        break;
      case 'reset':
        printError('Some changes were missed: the server was away, or this connection was.\n');
        break;
      case 'disconnected':
        printError('The connection is lost. It is tried again until Ctrl+C.\n');
    }
  }
}

async function why(id: string, json: boolean, { client, print, isColored }: ReadContext): Promise<void> {
  const style = styleOf(isColored);
  const session = json ? undefined : await client.session(id);
  const records = [];
  for await (const record of client.usage(id)) {
    if (json) print(`${jsonText(record)}\n`);
    else records.push(record);
  }
  if (session === undefined) return;
  const { genai_usage: usage } = session;
  print(usage === undefined ? 'No call of a model counts in this session.\n' : `${usageText(usage)}\n`);
  if (records.length > 0) print(`\n${usageLines(records, style).join('')}`);
}

async function retention(
  { query, limit, json }: ReadCommand & { readonly kind: 'retention' },
  { client, print, isColored }: ReadContext,
): Promise<void> {
  const plan = await client.retentionPlan(query);
  const went: WentItem[] = [];
  let examined = 0;
  for await (const entry of limit === 0 ? [] : client.audit({ limit: MOST_ENTRIES })) {
    const item = wentItem(entry);
    if (item !== undefined) went.push(item);
    if (went.length === limit || ++examined === MOST_EXAMINED) break;
  }
  if (json) print(`${jsonText({ ...plan, went }, 2)}\n`);
  else print(retentionLines(plan, went, styleOf(isColored)).join(''));
}

function more({ has_more: hasMore }: { readonly has_more: boolean }, style: Style): string[] {
  return hasMore ? [`${style.quiet('and more: --json, the API and the page have all')}\n`] : [];
}

/** JSON in which no character controls a terminal. */
export function jsonText(value: object, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What to do about an error, if that is known. */
function remedyOf(error: ApiError | ConnectionError, typed: TypedCommand): string {
  if (error instanceof ConnectionError)
    return `; is it running? ${typed('serve')} starts one, --server names another`;
  switch (error.code) {
    case 'access.unauthenticated':
      return ' Give a key by SOJOURN_KEY, --key or --profile.';
    case 'session.not_found':
      return ` ${typed('sessions', 'list')} shows ids.`;
    default:
      return '';
  }
}
