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
import { groupLines } from './groups-text.js';
import { type AskedRange, periodText, startBounds } from './range.js';
import {
  type ErrorOptions,
  EXPORT_SETTINGS,
  FILTER_SETTINGS,
  SELECTION_SETTINGS,
  type ToolOptions,
} from './read-options.js';
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
import { errorLines, toolLines } from './tool-text.js';
import { topCallLines } from './top-calls-text.js';
import { usageLines } from './usage-text.js';

/** A command that reads, with valid options. */
export type ReadCommand =
  | {
      readonly kind: 'list';
      readonly query: SessionQuery;
      readonly range: AskedRange;
      /** Most sessions. */
      readonly limit: number;
      readonly json: boolean;
    }
  | (SearchOptions & { readonly kind: 'search'; readonly range: AskedRange })
  | {
      readonly kind: 'top';
      /** Model calls instead of sessions. */
      readonly calls: boolean;
      readonly query: SessionQuery;
      readonly range: AskedRange;
      readonly by: 'cost' | 'duration';
      readonly limit: number;
      readonly json: boolean;
    }
  | {
      readonly kind: 'groups';
      readonly query: SessionQuery;
      readonly range: AskedRange;
      readonly by: string;
      readonly sort: 'sessions' | 'errors' | 'tokens' | 'cost';
      readonly limit: number;
      readonly json: boolean;
    }
  | (ToolOptions & { readonly kind: 'tools'; readonly query: SessionQuery; readonly range: AskedRange })
  | (ErrorOptions & { readonly kind: 'errors'; readonly query: SessionQuery; readonly range: AskedRange })
  | { readonly kind: 'show'; readonly id: string; readonly json: boolean }
  | { readonly kind: 'tail'; readonly query: SessionQuery; readonly json: boolean }
  | { readonly kind: 'why'; readonly id: string; readonly json: boolean }
  | (ExportOptions & { readonly kind: 'export' })
  | {
      readonly kind: 'retention';
      /** In place of the settings of the server. */
      readonly query: {
        readonly keepSessions?: string;
        readonly keepContent?: string;
        readonly keepSize?: string;
      };
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
  /** Columns of the terminal of the output; undefined if it is none. */
  readonly width: number | undefined;
  /** The project that was asked for; undefined for that of the key. */
  readonly project: string | undefined;
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

/** Exit code for an invalid command line. */
const EXIT_USAGE = 2;

/** What is wrong with flags and arguments, if the server refused nothing else. */
function usageErrors({ fields }: ApiError, command: ReadCommand): string[] {
  const names = fields.map(({ field }) => typedName(field, command));
  if (names.includes(undefined)) return [];
  return fields.map(({ message }, at) => `${names[at]}: ${message}`);
}

/** How a parameter of the API is given on the command line: `attr.KEY=VALUE` is `--attr KEY=VALUE`. */
function typedName(field: string, { kind }: ReadCommand): string | undefined {
  if (field === 'by' && kind === 'groups') return 'BY';
  if (field === 'q' && kind === 'search') return 'QUERY';
  const settings = Object.entries({
    ...FILTER_SETTINGS,
    ...SELECTION_SETTINGS,
    ...(kind === 'export' && EXPORT_SETTINGS),
  });
  const own = settings.find(([name]) => name === field);
  if (own !== undefined) return `--${own[1].flag}`;
  const byKey = settings.find(([name]) => field.startsWith(`${name}.`));
  return byKey && `--${byKey[1].flag} ${field.slice(byKey[0].length + 1)}`;
}

/** Runs a command and resolves to the exit code. */
export async function read(command: ReadCommand, context: ReadContext): Promise<number> {
  try {
    await perform(command, context);
    return 0;
  } catch (error) {
    if (
      error instanceof ExportRefusedError ||
      error instanceof UnfinishedFileError ||
      error instanceof AmbiguousIdError
    ) {
      context.printError(`sojourn: ${visibleText(error.message)}\n`);
      return 1;
    }
    if (context.signal.aborted) return command.kind === 'export' ? 1 : 0;
    if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
    const wrong = error instanceof ApiError ? usageErrors(error, command) : [];
    for (const line of wrong) context.printError(`sojourn: ${visibleText(line)}\n`);
    if (wrong.length > 0) return EXIT_USAGE;
    context.printError(`sojourn: ${visibleText(error.message)}${remedyOf(error, context.typed)}\n`);
    const isMissing = error instanceof ApiError && error.code === 'session.not_found';
    if (isMissing) await tellProject(context).catch(() => {});
    return 1;
  }
}

function perform(command: ReadCommand, context: ReadContext): Promise<void> {
  switch (command.kind) {
    case 'list':
      return list(within(command, context), context);
    case 'search':
      return search(within(command, context), context);
    case 'top':
      return top(within(command, context), context);
    case 'groups':
      return groups(within(command, context), context);
    case 'tools':
      return tools(within(command, context), context);
    case 'errors':
      return errors(within(command, context), context);
    case 'show':
      return show(command.id, command.json, context);
    case 'tail':
      return tail(command.query, command.json, context);
    case 'export':
      return exportOne(command, context);
    case 'why':
      return why(command.id, command.json, context);
    case 'retention':
      return retention(command, context);
  }
}

async function list(
  { query, limit, json }: ReadCommand & { readonly kind: 'list' },
  context: ReadContext,
): Promise<void> {
  const { client, print, printError, isColored, width } = context;
  const sessions: Session[] = [];
  let printed = 0;
  let hasMore = false;
  const pages = { limit: Math.min(limit + 1, PAGE) };
  for await (const session of client.sessions({ ...query, ...pages })) {
    if (printed === limit) {
      hasMore = true;
      break;
    }
    printed += 1;
    if (json) print(`${jsonText(session)}\n`);
    else sessions.push(session);
  }
  if (printed === 0) printError('There are no such sessions.\n');
  else if (!json) print(sessionLines(sessions, styleOf(isColored, width)).join(''));
  if (hasMore) printError(`There are more: --limit shows more than ${limit}.\n`);
  if (!json) await tellProject(context);
}

/** A command with its range of time among its filters. Says what a period of the calendar is. */
function within<Command extends { readonly query: SessionQuery; readonly range: AskedRange }>(
  command: Command,
  { nowMs, printError }: ReadContext,
): Command {
  const bounds = startBounds(command.range, nowMs());
  const period = periodText(command.range, bounds);
  if (period !== undefined) printError(`${period}\n`);
  return { ...command, query: { ...command.query, ...bounds } };
}

async function search({ query, limit, json }: SearchOptions, context: ReadContext): Promise<void> {
  const { client, print, printError, isColored, width } = context;
  const style = styleOf(isColored, width);
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
  { query, calls, by, limit, json }: ReadCommand & { readonly kind: 'top' },
  context: ReadContext,
): Promise<void> {
  const { client, print, printError, isColored, width } = context;
  const style = styleOf(isColored, width);
  const table = <Item extends object>(
    items: readonly Item[],
    linesOf: (items: readonly Item[], style: Style) => string[],
  ) => {
    if (items.length === 0) printError(`There are no such ${calls ? 'model calls' : 'sessions'}.\n`);
    else if (json) for (const item of items) print(`${jsonText(item)}\n`);
    else print(linesOf(items, style).join(''));
  };
  if (calls) table((await client.topCalls({ ...query, by, limit })).items, topCallLines);
  else table((await client.top({ ...query, by, limit })).items, sessionLines);
  if (!json) await tellProject(context);
}

async function groups(
  { query, by, sort, limit, json }: ReadCommand & { readonly kind: 'groups' },
  context: ReadContext,
): Promise<void> {
  const { client, print, printError, isColored, width } = context;
  const found = await client.groups({ ...query, by, sort, limit });
  if (json) for (const group of found.groups) print(`${jsonText(group)}\n`);
  else if (found.groups.length === 0) printError('There are no such sessions.\n');
  else {
    const total = { ...found.total, value: `all ${found.group_count}` };
    const none = { ...found.without, value: 'without one' };
    const rest = found.without.session_count === 0 ? [total] : [none, total];
    print(groupLines(by, [...found.groups, ...rest], styleOf(isColored, width)).join(''));
  }
  if (!json) await tellProject(context);
}

async function tools(
  { query, sort, limit, json }: ReadCommand & { readonly kind: 'tools' },
  context: ReadContext,
): Promise<void> {
  const { client, print, printError, isColored, width } = context;
  const {
    items,
    tool_count: count,
    incomplete_sessions: cut,
  } = await client.tools({ ...query, sort, limit });
  if (items.length === 0) printError('No such session called a tool.\n');
  else if (json) for (const item of items) print(`${jsonText(item)}\n`);
  else print(toolLines(items, styleOf(isColored, width)).join(''));
  tellLeftOut(context, 'tools', count - items.length, cut);
  if (!json) await tellProject(context);
}

async function errors(
  { query, sort, limit, json }: ReadCommand & { readonly kind: 'errors' },
  context: ReadContext,
): Promise<void> {
  const { client, print, printError, isColored, width } = context;
  const {
    items,
    shape_count: count,
    incomplete_sessions: cut,
  } = await client.errors({ ...query, sort, limit });
  if (items.length === 0) printError('In no such session did anything fail.\n');
  else if (json) for (const item of items) print(`${jsonText(item)}\n`);
  else print(errorLines(items, styleOf(isColored, width)).join(''));
  tellLeftOut(context, 'errors', count - items.length, cut);
  if (!json) await tellProject(context);
}

/** Says how many different ones are not listed, and in how many sessions some do not count. */
function tellLeftOut({ printError }: ReadContext, what: string, left: number, cut: number): void {
  if (left > 0) printError(`${left} more ${what}: --limit shows more.\n`);
  if (cut > 0)
    printError(`${cut} ${cut === 1 ? 'session has' : 'sessions have'} too many ${what} to count all.\n`);
}

async function show(asked: string, json: boolean, context: ReadContext): Promise<void> {
  const { client, print, isColored, width } = context;
  const session = await sessionOf(asked, context);
  const id = session['session.id'];
  if (json) return print(`${jsonText(session, 2)}\n`);
  const style = styleOf(isColored, width);
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
  const { client, print, printError, signal, isColored, width } = context;
  const style = styleOf(isColored, width);
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

async function why(asked: string, json: boolean, context: ReadContext): Promise<void> {
  const { client, print, isColored, width } = context;
  const style = styleOf(isColored, width);
  const session = await sessionOf(asked, context);
  const id = session['session.id'];
  const records = [];
  for await (const record of client.usage(id)) {
    if (json) print(`${jsonText(record)}\n`);
    else records.push(record);
  }
  if (json) return;
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

async function exportOne(options: ExportOptions, context: ReadContext): Promise<void> {
  const { id } = options;
  if (id === undefined) return exportSessions(options, context);
  const { 'session.id': whole } = await sessionOf(id, context);
  return exportSessions({ ...options, id: whole }, context);
}

/**
 * The session with this id, or else the only one whose id begins so.
 * @throws AmbiguousIdError
 */
async function sessionOf(asked: string, { client }: ReadContext): Promise<Session> {
  try {
    return await client.session(asked);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'session.not_found') throw error;
    const found: string[] = [];
    for await (const { 'session.id': id } of client.sessions({
      sessionIdPrefix: asked,
      limit: MOST_NAMED + 1,
    })) {
      found.push(id);
      if (found.length > MOST_NAMED) break;
    }
    if (found.length === 0) throw error;
    if (found.length > 1) throw new AmbiguousIdError(asked, found);
    return client.session(found[0]!);
  }
}

/** Ids that an error names. */
const MOST_NAMED = 3;

/** Several ids begin so. */
class AmbiguousIdError extends Error {
  override readonly name = 'AmbiguousIdError';

  constructor(asked: string, ids: readonly string[]) {
    const more = ids.length > MOST_NAMED ? ', …' : '';
    super(`several ids begin with ${asked}: ${ids.slice(0, MOST_NAMED).join(', ')}${more}`);
  }
}

/** Says which project was read, where there are others that the key may read. */
async function tellProject({ client, project, printError }: ReadContext): Promise<void> {
  if (project !== undefined) return;
  const { data } = await client.api.GET('/api/v1/projects');
  const names = data?.items.map(({ name }) => name) ?? [];
  if (names.length < 2) return;
  const others = names.filter((name) => name !== DEFAULT_PROJECT).map((name) => visibleText(name));
  printError(`This is the project ${DEFAULT_PROJECT}; --project reads another: ${others.join(', ')}.\n`);
}

/** The project of a key of all projects, where none is asked for. */
const DEFAULT_PROJECT = 'default';

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
