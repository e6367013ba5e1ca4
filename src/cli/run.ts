import type { SessionQuery } from '../../client/src/index.js';
import {
  CONFIG_FILE_FLAG,
  CONFIG_SETTINGS,
  type Config,
  loadConfig,
  loadPart,
  loadPlace,
  loadServerAddress,
  loadStore,
  PLACE_SETTINGS,
  SERVER_ADDRESS_SETTINGS,
  STORE_SETTINGS,
} from '../config.js';
import {
  EXPORT_ENDINGS,
  EXPORT_FORMATS,
  type ExportFormat,
  SESSION_EXPORT_FORMATS,
} from '../contract/export-format.js';
import { DEMO_KEY_SETTINGS, DEMO_SETTINGS, type DemoOptions } from '../demo/options.js';
import { nearest } from '../nearest.js';
import {
  misspelledVariables,
  readSettings,
  type SettingsResult,
  type SettingTable,
  settingsOf,
  shown,
} from '../settings.js';
import type { AccessCommand } from './access-commands.js';
import { AUDIT_SETTINGS, CREATE_KEY_SETTINGS, keyProblems, LIST_SETTINGS } from './access-options.js';
import { type FlagDefinition, type ParsedArguments, parseArguments } from './arguments.js';
import {
  BACKUP_SETTINGS,
  type BackupCommandOptions,
  CHECK_SETTINGS,
  RESTORE_SETTINGS,
  type RestoreCommandOptions,
} from './backup-options.js';
import { completionScript, SHELLS } from './completion.js';
import { COPY_SETTINGS, type CopyOptions } from './copy-options.js';
import { COMMANDS, type Command, commandHelp, configurationMarkdown, overviewHelp } from './help.js';
import { IMPORT_SETTINGS, type ImportOptions } from './import-options.js';
import type { TypedCommand } from './invocation.js';
import { profilesFile, readProfile } from './read/profiles.js';
import type { AskedRange } from './read/range.js';
import type { ReadCommand } from './read/read.js';
import {
  CONNECTION_SETTINGS,
  type ConnectionOptions,
  ERROR_SETTINGS,
  EXPORT_SETTINGS,
  type ExportSessionsOptions,
  FILTER_SETTINGS,
  GROUP_SETTINGS,
  LIST_SESSIONS_SETTINGS,
  type ListSessionsOptions,
  PROFILE_SETTINGS,
  queryOf,
  SELECTION_SETTINGS,
  SHOW_SETTINGS,
  TAIL_SETTINGS,
  TOOL_SETTINGS,
  TOP_SETTINGS,
} from './read/read-options.js';
import { REDACTION_SETTINGS, type RedactOptions, TRY_SETTINGS } from './redact-options.js';
import {
  KEEP_SETTINGS,
  type KeepSettings,
  RETENTION_SETTINGS,
  type RetentionOptions,
} from './retention-options.js';

/** Exit code for an invalid command line or setting. */
const EXIT_USAGE = 2;

/** The environment of a command line. */
export interface Program {
  readonly version: string;
  /** How to type commands here. */
  readonly typed: TypedCommand;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file; throws if it cannot. */
  readFile(path: string): string;
  /** Standard output. */
  print(text: string): void;
  /** Standard error. */
  printError(text: string): void;
  /** Each resolves to the exit code. */
  serve(config: Config): Promise<number>;
  demo(options: DemoOptions): Promise<number>;
  copy(options: CopyOptions): Promise<number>;
  backup(options: BackupCommandOptions): Promise<number>;
  restore(options: RestoreCommandOptions): Promise<number>;
  /** With `isFull`, sessions are made again and compared. */
  check(config: Config, isFull: boolean): Promise<number>;
  repair(config: Config): Promise<number>;
  /** `url`: of the database. */
  migrate(url: string): Promise<number>;
  /** `place`: where keys and the audit log are. */
  access(command: AccessCommand, place: Pick<Config, 'data' | 'store'>): Promise<number>;
  redact(options: RedactOptions): Promise<number>;
  /** Without a server: `place` has the data. */
  retention(
    keep: KeepSettings,
    options: RetentionOptions,
    place: Pick<Config, 'data' | 'store'>,
  ): Promise<number>;
  read(command: ReadCommand, connection: Connection): Promise<number>;
  import(options: ImportOptions, connection: Connection): Promise<number>;
  /** Serves the Model Context Protocol on standard input and output until the input ends. */
  mcp(connection: Connection): Promise<number>;
}

/** Where to read, and as whom. */
export type Connection = ConnectionOptions & { readonly server: string };

const CONFIG_FLAG: FlagDefinition = { name: CONFIG_FILE_FLAG, isSwitch: false };
const HELP_FLAG: FlagDefinition = { name: 'help', short: 'h', isSwitch: true };

/** Runs one command line (without the interpreter and script) and resolves to the exit code. */
export async function run(args: readonly string[], program: Program): Promise<number> {
  const [first, ...rest] = args;
  switch (first) {
    case undefined:
    case '--help':
    case '-h':
      program.print(overviewHelp(program.typed));
      return 0;
    case '--version':
    case '-v':
      return runVersion([], program);
    case 'serve':
      return runServe(rest, program);
    case 'demo':
      return runDemo(rest, program);
    case 'copy':
      return runCopy(rest, program);
    case 'backup':
      return runBackup(rest, program);
    case 'restore':
      return runRestore(rest, program);
    case 'check':
      return runCheck(rest, program);
    case 'repair':
      return runRepair(rest, program);
    case 'migrate':
      return runMigrate(rest, program);
    case 'keys':
      return runKeys(rest, program);
    case 'sign-ins':
      return runSignIns(rest, program);
    case 'audit':
      return runAudit(rest, program);
    case 'retention':
      return runRetention(rest, program);
    case 'redact':
      return runRedact(rest, program);
    case 'sessions':
      return runSessions(rest, program);
    case 'why':
      return runWhy(rest, program);
    case 'import':
      return runImport(rest, program);
    case 'mcp':
      return runMcp(rest, program);
    case 'completion':
      return runCompletion(rest, program);
    case 'help':
      return runHelp(rest, program);
    case 'version':
      return runVersion(rest, program);
    default:
      return refuse([unknownCommand(first, program.typed)], program);
  }
}

async function runServe(args: readonly string[], program: Program): Promise<number> {
  const definitions = [...flagsOf(CONFIG_SETTINGS), CONFIG_FLAG];
  const parsed = parseArguments(args, [...definitions, HELP_FLAG]);
  const answer = answerBeforeRunning('serve', parsed, [], program);
  if (answer !== undefined) return answer;
  warnOfVariables(program);
  const result = loadConfig({ flags: parsed.flags, env: program.env, readFile: program.readFile });
  return result.ok ? program.serve(result.value) : refuse(result.errors, program);
}

async function runDemo(args: readonly string[], program: Program): Promise<number> {
  const definitions = [
    ...flagsOf(DEMO_SETTINGS),
    ...flagsOf(DEMO_KEY_SETTINGS),
    ...flagsOf(SERVER_ADDRESS_SETTINGS),
    CONFIG_FLAG,
    HELP_FLAG,
  ];
  const parsed = parseArguments(args, definitions);
  const answer = answerBeforeRunning('demo', parsed, [], program);
  if (answer !== undefined) return answer;
  warnOfVariables(program);
  const result = readSettings(DEMO_SETTINGS, { flags: parsed.flags });
  if (!result.ok) return refuse(result.errors, program);
  const key = readSettings(DEMO_KEY_SETTINGS, { flags: parsed.flags, env: program.env });
  if (!key.ok) return refuse(key.errors, program);
  const options = { ...result.value, ...key.value };
  const { endpoint } = options;
  if (endpoint !== undefined) return program.demo({ ...options, endpoint });
  const address = loadServerAddress({ flags: parsed.flags, env: program.env, readFile: program.readFile });
  if (!address.ok) return refuse(address.errors, program);
  return program.demo({ ...options, endpoint: address.value });
}

async function runCopy(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, [...flagsOf(COPY_SETTINGS), HELP_FLAG]);
  const answer = answerBeforeRunning('copy', parsed, [], program);
  if (answer !== undefined) return answer;
  const result = readSettings(COPY_SETTINGS, { flags: parsed.flags, env: program.env });
  if (!result.ok) return refuse(result.errors, program);
  const { from, to } = result.value;
  if (from === undefined || to === undefined)
    return refuse(['copy needs --from and --to: a data directory or the URL of a database each'], program);
  if (from === to) return refuse(['--from and --to are the same'], program);
  return program.copy({ from, to });
}

async function runBackup(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, [...flagsOf(BACKUP_SETTINGS), HELP_FLAG]);
  const answer = answerBeforeRunning('backup', parsed, [], program);
  if (answer !== undefined) return answer;
  const result = readSettings(BACKUP_SETTINGS, { flags: parsed.flags, env: program.env });
  if (!result.ok) return refuse(result.errors, program);
  const { data, to } = result.value;
  if (to === undefined) return refuse(['backup needs --to: the directory of the backup'], program);
  return program.backup({ data, to });
}

async function runRestore(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, [...flagsOf(RESTORE_SETTINGS), HELP_FLAG]);
  const answer = answerBeforeRunning('restore', parsed, [], program);
  if (answer !== undefined) return answer;
  const result = readSettings(RESTORE_SETTINGS, { flags: parsed.flags, env: program.env });
  if (!result.ok) return refuse(result.errors, program);
  const { from, ...options } = result.value;
  if (from === undefined) return refuse(['restore needs --from: the directory of a backup'], program);
  return program.restore({ ...options, from });
}

async function runCheck(args: readonly string[], program: Program): Promise<number> {
  const definitions = [...flagsOf(CONFIG_SETTINGS), ...flagsOf(CHECK_SETTINGS), CONFIG_FLAG, HELP_FLAG];
  const parsed = parseArguments(args, definitions);
  const answer = answerBeforeRunning('check', parsed, [], program);
  if (answer !== undefined) return answer;
  warnOfVariables(program);
  const own = readSettings(CHECK_SETTINGS, { flags: parsed.flags });
  const config = loadConfig({ flags: parsed.flags, env: program.env, readFile: program.readFile });
  if (!own.ok) return refuse(own.errors, program);
  if (!config.ok) return refuse(config.errors, program);
  return program.check(config.value, own.value.full);
}

async function runRepair(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, [...flagsOf(CONFIG_SETTINGS), CONFIG_FLAG, HELP_FLAG]);
  const answer = answerBeforeRunning('repair', parsed, [], program);
  if (answer !== undefined) return answer;
  warnOfVariables(program);
  const config = loadConfig({ flags: parsed.flags, env: program.env, readFile: program.readFile });
  return config.ok ? program.repair(config.value) : refuse(config.errors, program);
}

async function runMigrate(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, [...flagsOf(STORE_SETTINGS), CONFIG_FLAG, HELP_FLAG]);
  const answer = answerBeforeRunning('migrate', parsed, [], program);
  if (answer !== undefined) return answer;
  warnOfVariables(program);
  const result = loadStore({ flags: parsed.flags, env: program.env, readFile: program.readFile });
  return result.ok ? program.migrate(result.value) : refuse(result.errors, program);
}

const KEY_COMMANDS = ['create', 'list', 'revoke'] as const;
const PLACE_FLAGS = [...flagsOf(PLACE_SETTINGS), CONFIG_FLAG, HELP_FLAG];

async function runKeys(args: readonly string[], program: Program): Promise<number> {
  const [first = '--help', ...rest] = args;
  const subcommand = KEY_COMMANDS.find((each) => each === first);
  switch (subcommand) {
    case 'create': {
      const parsed = parseArguments(rest, [...flagsOf(CREATE_KEY_SETTINGS), ...PLACE_FLAGS]);
      const answer = answerBeforeRunning('keys', parsed, [], program);
      if (answer !== undefined) return answer;
      const result = readSettings(CREATE_KEY_SETTINGS, { flags: parsed.flags });
      if (!result.ok) return refuse(result.errors, program);
      const problems = keyProblems(result.value);
      if (problems.length > 0) return refuse(problems, program);
      return runAccess({ kind: 'create', options: result.value }, parsed, program);
    }
    case 'list': {
      const parsed = parseArguments(rest, [...flagsOf(LIST_SETTINGS), ...PLACE_FLAGS]);
      const answer = answerBeforeRunning('keys', parsed, [], program);
      if (answer !== undefined) return answer;
      const result = readSettings(LIST_SETTINGS, { flags: parsed.flags });
      if (!result.ok) return refuse(result.errors, program);
      return runAccess({ kind: 'list', options: result.value }, parsed, program);
    }
    case 'revoke': {
      const parsed = parseArguments(rest, PLACE_FLAGS);
      const answer = answerBeforeRunning('keys', parsed, parsed.positionals.slice(0, 1), program);
      if (answer !== undefined) return answer;
      const [id] = parsed.positionals;
      if (id === undefined)
        return refuse(['keys revoke needs the id of a key, which keys list shows'], program);
      return runAccess({ kind: 'revoke', id }, parsed, program);
    }
    case undefined:
      return noSubcommand('keys', KEY_COMMANDS, args, program);
  }
}

const SIGN_IN_COMMANDS = ['list', 'revoke'] as const;

async function runSignIns(args: readonly string[], program: Program): Promise<number> {
  const [first = '--help', ...rest] = args;
  const subcommand = SIGN_IN_COMMANDS.find((each) => each === first);
  switch (subcommand) {
    case 'list': {
      const parsed = parseArguments(rest, [...flagsOf(LIST_SETTINGS), ...PLACE_FLAGS]);
      const answer = answerBeforeRunning('sign-ins', parsed, [], program);
      if (answer !== undefined) return answer;
      const result = readSettings(LIST_SETTINGS, { flags: parsed.flags });
      if (!result.ok) return refuse(result.errors, program);
      return runAccess({ kind: 'list sign-ins', options: result.value }, parsed, program);
    }
    case 'revoke': {
      const parsed = parseArguments(rest, PLACE_FLAGS);
      const answer = answerBeforeRunning('sign-ins', parsed, parsed.positionals.slice(0, 1), program);
      if (answer !== undefined) return answer;
      const [idOrActor] = parsed.positionals;
      if (idOrActor === undefined)
        return refuse(['sign-ins revoke needs an id, or who signed in, which sign-ins list shows'], program);
      return runAccess({ kind: 'end sign-ins', idOrActor }, parsed, program);
    }
    case undefined:
      return noSubcommand('sign-ins', SIGN_IN_COMMANDS, args, program);
  }
}

/** Answers a command whose subcommand is missing or unknown. */
function noSubcommand(
  command: 'keys' | 'sign-ins',
  subcommands: readonly string[],
  args: readonly string[],
  program: Program,
): number {
  const [first = '--help'] = args;
  const usage = `${command} is followed by ${subcommands.join(', ')}`;
  if (first.startsWith('-')) {
    const parsed = parseArguments(args.length === 0 ? ['--help'] : args, PLACE_FLAGS);
    return answerBeforeRunning(command, parsed, [], program) ?? refuse([usage], program);
  }
  const meant = nearest(first, subcommands);
  const hint = meant === undefined ? usage : `did you mean ${command} ${meant}?`;
  return refuse([`unknown command ${command} ${shown(first)}; ${hint}`], program);
}

async function runAudit(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, [...flagsOf(AUDIT_SETTINGS), ...PLACE_FLAGS]);
  const answer = answerBeforeRunning('audit', parsed, [], program);
  if (answer !== undefined) return answer;
  const result = readSettings(AUDIT_SETTINGS, { flags: parsed.flags });
  if (!result.ok) return refuse(result.errors, program);
  return runAccess({ kind: 'audit', options: result.value }, parsed, program);
}

function runAccess(
  command: AccessCommand,
  { flags }: ParsedArguments,
  program: Program,
): Promise<number> | number {
  warnOfVariables(program);
  const place = loadPlace({ flags, env: program.env, readFile: program.readFile });
  return place.ok ? program.access(command, place.value) : refuse(place.errors, program);
}

/** Of the data itself if its place is named, else of a server. */
async function runRetention(args: readonly string[], program: Program): Promise<number> {
  const { keepSessions, keepContent, keepBytes } = KEEP_SETTINGS;
  const parsed = parseArguments(args, [
    ...flagsOf(RETENTION_SETTINGS),
    ...flagsOf(KEEP_SETTINGS),
    ...flagsOf(PLACE_SETTINGS),
    ...READ_FLAGS,
    CONFIG_FLAG,
  ]);
  const answer = answerBeforeRunning('retention', parsed, [], program);
  if (answer !== undefined) return answer;
  const { flags } = parsed;
  const sources = { flags, env: program.env, readFile: program.readFile };
  const options = readSettings(RETENTION_SETTINGS, { flags });
  if (!options.ok) return refuse(options.errors, program);
  if (flags.has('data') || flags.has('store')) {
    const [ofServer] = flagsOf(CONNECTION_SETTINGS).filter(({ name }) => flags.has(name));
    if (ofServer !== undefined)
      return refuse([`--${ofServer.name} is for a server; --data and --store are without one`], program);
    const place = loadPlace(sources);
    if (!place.ok) return refuse(place.errors, program);
    const keep = loadPart(KEEP_SETTINGS, sources);
    return keep.ok ? program.retention(keep.value, options.value, place.value) : refuse(keep.errors, program);
  }
  const asked = readSettings({ keepSessions, keepContent, keepBytes }, { flags });
  if (!asked.ok) return refuse(asked.errors, program);
  const query = {
    ...(flags.has(keepSessions.flag) && { keepSessions: keepSessions.kind.format(asked.value.keepSessions) }),
    ...(flags.has(keepContent.flag) && { keepContent: keepContent.kind.format(asked.value.keepContent) }),
    ...(flags.has(keepBytes.flag) && { keepSize: keepBytes.kind.format(asked.value.keepBytes) }),
  };
  return runRead({ kind: 'retention', query, ...options.value }, parsed, program);
}

async function runRedact(args: readonly string[], program: Program): Promise<number> {
  const definitions = [...flagsOf(TRY_SETTINGS), ...flagsOf(REDACTION_SETTINGS), CONFIG_FLAG, HELP_FLAG];
  const parsed = parseArguments(args, definitions);
  const answer = answerBeforeRunning('redact', parsed, [], program);
  if (answer !== undefined) return answer;
  warnOfVariables(program);
  const tried = readSettings(TRY_SETTINGS, { flags: parsed.flags });
  if (!tried.ok) return refuse(tried.errors, program);
  if (tried.value.try === undefined)
    return refuse(['redact needs --try, with a file of OTLP/JSON or of any text'], program);
  const { env, readFile } = program;
  const settings = loadPart(REDACTION_SETTINGS, { flags: parsed.flags, env, readFile });
  if (!settings.ok) return refuse(settings.errors, program);
  return program.redact({ ...settings.value, try: tried.value.try });
}

const SESSIONS_COMMANDS = [
  'list',
  'search',
  'top',
  'groups',
  'tools',
  'errors',
  'show',
  'tail',
  'export',
] as const;
const READ_FLAGS = [...flagsOf(CONNECTION_SETTINGS), ...flagsOf(PROFILE_SETTINGS), HELP_FLAG];

async function runSessions(args: readonly string[], program: Program): Promise<number> {
  const [first = '--help', ...rest] = args;
  const subcommand = SESSIONS_COMMANDS.find((each) => each === first);
  switch (subcommand) {
    case 'list':
      return runFiltered(LIST_SESSIONS_SETTINGS, rest, program, [], (options) => ({
        kind: 'list',
        ...inOrder(options),
      }));
    case 'search':
      return runFiltered(LIST_SESSIONS_SETTINGS, rest, program, 'any', (asked, words) => {
        const { query, ...options } = inOrder(asked);
        const q = [query.q, ...words].filter((part) => part !== undefined).join(' ');
        if (q.trim() === '') return `sessions search needs words to find: 'refund "out of stock" -test'`;
        return { kind: 'search', query: { ...query, q }, ...options };
      });
    case 'top':
      return runFiltered(TOP_SETTINGS, rest, program, [], (options) => ({ kind: 'top', ...options }));
    case 'groups':
      return runFiltered(GROUP_SETTINGS, rest, program, ['BY'], (options, [by = 'model']) => ({
        kind: 'groups',
        by,
        ...options,
      }));
    case 'tools':
      return runFiltered(TOOL_SETTINGS, rest, program, [], (options) => ({ kind: 'tools', ...options }));
    case 'errors':
      return runFiltered(ERROR_SETTINGS, rest, program, [], (options) => ({ kind: 'errors', ...options }));
    case 'show': {
      const parsed = parseArguments(rest, [...flagsOf(SHOW_SETTINGS), ...READ_FLAGS]);
      const answer = answerBeforeRunning('sessions', parsed, parsed.positionals.slice(0, 1), program);
      if (answer !== undefined) return answer;
      return runReadOne('show', 'sessions show', parsed, program);
    }
    case 'tail': {
      const own = [...flagsOf(TAIL_SETTINGS), ...flagsOf(FILTER_SETTINGS)];
      const parsed = parseArguments(rest, [...own, ...READ_FLAGS]);
      const answer = answerBeforeRunning('sessions', parsed, [], program);
      if (answer !== undefined) return answer;
      const options = readSettings({ ...TAIL_SETTINGS, ...FILTER_SETTINGS }, { flags: parsed.flags });
      if (!options.ok) return refuse(options.errors, program);
      const { json, ...filters } = options.value;
      return runRead({ kind: 'tail', query: queryOf(filters), json }, parsed, program);
    }
    case 'export':
      return runExport(rest, program);
    case undefined: {
      if (first.startsWith('-')) {
        const parsed = parseArguments(args.length === 0 ? ['--help'] : args, READ_FLAGS);
        return answerBeforeRunning('sessions', parsed, [], program) ?? refuse([NO_SESSIONS_COMMAND], program);
      }
      const meant = nearest(first, SESSIONS_COMMANDS);
      const hint = meant === undefined ? NO_SESSIONS_COMMAND : `did you mean sessions ${meant}?`;
      return refuse([`unknown command sessions ${shown(first)}; ${hint}`], program);
    }
  }
}

/** Options of a list, with its order in the query. */
function inOrder<Options extends ListSessionsOptions & Selection>({
  sort,
  order,
  query,
  ...options
}: Options) {
  return {
    ...options,
    query: { ...query, ...(sort !== 'start' && { sort }), ...(order !== 'desc' && { order }) },
  };
}

/** What filters select, with a range of time. */
interface Selection {
  readonly query: SessionQuery;
  readonly range: AskedRange;
}

/**
 * Runs a command about the sessions that filters and a range of time select. `make` returns the command, or what is
 * wrong. `positionals` are the names of its arguments.
 */
function runFiltered<Options>(
  own: SettingTable<Options>,
  args: readonly string[],
  program: Program,
  positionals: readonly string[] | 'any',
  make: (options: Options & Selection, positionals: readonly string[]) => ReadCommand | string,
): Promise<number> | number {
  const flagsOfSelection = [...flagsOf(SELECTION_SETTINGS), ...flagsOf(FILTER_SETTINGS)];
  const parsed = parseArguments(args, [...flagsOf(own), ...flagsOfSelection, ...READ_FLAGS]);
  const names = positionals === 'any' ? parsed.positionals : positionals;
  const answer = answerBeforeRunning('sessions', parsed, names, program);
  if (answer !== undefined) return answer;
  const { flags } = parsed;
  const options = readSettings(own, { flags });
  const selection = readSelection(flags);
  if (!options.ok || !selection.ok)
    return refuse(
      [options, selection].flatMap((each) => (each.ok ? [] : each.errors)),
      program,
    );
  const command = make({ ...options.value, ...selection.value }, parsed.positionals);
  return typeof command === 'string' ? refuse([command], program) : runRead(command, parsed, program);
}

function readSelection(flags: ParsedArguments['flags']): SettingsResult<Selection> {
  const options = readSettings(SELECTION_SETTINGS, { flags });
  const filters = readSettings(FILTER_SETTINGS, { flags });
  if (!options.ok || !filters.ok)
    return { ok: false, errors: [options, filters].flatMap((each) => (each.ok ? [] : each.errors)) };
  const apart = APART.find((names) => names.every((name) => flags.has(name)));
  if (apart !== undefined)
    return { ok: false, errors: [`--${apart[0]} and --${apart[1]} exclude each other`] };
  const { q, ...range } = options.value;
  return { ok: true, value: { query: { ...queryOf(filters.value), ...(q !== undefined && { q }) }, range } };
}

/** Flags that exclude each other. */
const APART = [
  ['last', 'during'],
  ['last', 'start-time'],
  ['during', 'start-time'],
  ['during', 'end-time'],
] as const;

const NO_SESSIONS_COMMAND = `sessions is followed by ${SESSIONS_COMMANDS.join(', ')}`;

/** The format by the ending of a file's name, the longest that fits. */
function exportFormatOf(name: string): ExportFormat | undefined {
  const endings = [
    ...(Object.entries(EXPORT_ENDINGS) as [ExportFormat, string][]),
    ['jsonl', '.ndjson'] as const,
  ];
  const fitting = endings.filter(([, ending]) => name.endsWith(ending));
  return fitting.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

function runExport(args: readonly string[], program: Program): Promise<number> | number {
  return runFiltered(EXPORT_SETTINGS, args, program, ['ID'], exportCommand);
}

/** The command of an export, or what is wrong with its options. */
function exportCommand(
  {
    format: asked,
    output,
    gzip: isGzip,
    include,
    bom,
    overwrite,
    query: filters,
    range,
  }: ExportSessionsOptions & Selection,
  [id]: readonly string[],
): ReadCommand | string {
  const gzip = isGzip || output?.endsWith('.gz') === true;
  const byName = output === undefined ? undefined : exportFormatOf(output.replace(/\.gz$/, ''));
  const format = asked ?? byName ?? (id === undefined ? 'csv' : 'jsonl');
  const query = {
    ...filters,
    ...(include !== undefined && { include }),
    ...(bom && { bom }),
  };
  const formats: readonly ExportFormat[] = id === undefined ? EXPORT_FORMATS : SESSION_EXPORT_FORMATS;
  if (!formats.includes(format) && id === undefined)
    return `--format ${format} is for one session: sessions export ID`;
  if (!formats.includes(format)) return `one session has --format ${formats.join(', ')}`;
  if (gzip && format === 'parquet') return 'parquet is compressed by itself; leave --gzip and .gz out';
  const isNarrowed =
    range.lastMs !== undefined || range.during !== undefined || Object.keys(query).length > 0;
  if (id !== undefined && isNarrowed) return 'sessions export ID takes no filters';
  return { kind: 'export', query, format, id, output, overwrite, gzip, range };
}

async function runWhy(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, [...flagsOf(SHOW_SETTINGS), ...READ_FLAGS]);
  const answer = answerBeforeRunning('why', parsed, parsed.positionals.slice(0, 1), program);
  return answer ?? runReadOne('why', 'why', parsed, program);
}

/** A command about one session. */
function runReadOne(
  kind: 'show' | 'why',
  name: string,
  parsed: ParsedArguments,
  program: Program,
): Promise<number> | number {
  const [id] = parsed.positionals;
  if (id === undefined)
    return refuse([`${name} needs the id of a session, which sessions list shows`], program);
  const options = readSettings(SHOW_SETTINGS, { flags: parsed.flags });
  if (!options.ok) return refuse(options.errors, program);
  return runRead({ kind, id, json: options.value.json }, parsed, program);
}

async function runImport(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, [...flagsOf(IMPORT_SETTINGS), ...READ_FLAGS]);
  const files = parsed.positionals;
  const answer = answerBeforeRunning('import', parsed, files, program);
  if (answer !== undefined) return answer;
  if (files.length === 0) return refuse(['import needs a file, or - for standard input'], program);
  const options = readSettings(IMPORT_SETTINGS, { flags: parsed.flags });
  if (!options.ok) return refuse(options.errors, program);
  return runConnected(parsed, program, (connection) =>
    program.import({ files, ...options.value }, connection),
  );
}

async function runMcp(args: readonly string[], program: Program): Promise<number> {
  const parsed = parseArguments(args, READ_FLAGS);
  const answer = answerBeforeRunning('mcp', parsed, [], program);
  return answer ?? runConnected(parsed, program, (connection) => program.mcp(connection));
}

function runRead(command: ReadCommand, parsed: ParsedArguments, program: Program): Promise<number> | number {
  return runConnected(parsed, program, (connection) => program.read(command, connection));
}

/**
 * Runs a command with the server that is chosen. A flag wins. Otherwise all is of the profile, if there is one, or of
 * variables: the key of one server is not sent to another.
 */
function runConnected(
  { flags }: ParsedArguments,
  program: Program,
  command: (connection: Connection) => Promise<number>,
): Promise<number> | number {
  const { env, readFile } = program;
  const chosen = readSettings(PROFILE_SETTINGS, { flags, env });
  if (!chosen.ok) return refuse(chosen.errors, program);
  const { profile } = chosen.value;
  const file = profile === undefined ? undefined : readProfile(profile, profilesFile(env), readFile);
  if (file?.ok === false) return refuse(file.errors, program);
  const source = file === undefined ? {} : { file: file.value };
  const connection = readSettings(CONNECTION_SETTINGS, {
    flags,
    ...(file === undefined && { env }),
    ...source,
  });
  if (!connection.ok) return refuse(connection.errors, program);
  if (file?.value.members.has('key') && flags.has('server') && !flags.has('key'))
    return refuse(
      ['--server with a profile: the key of the profile is for its own server; give --key'],
      program,
    );
  const { server } = connection.value;
  if (server !== undefined) return command({ ...connection.value, server });
  const own = loadServerAddress({ flags: new Map(), env, readFile });
  if (!own.ok) return refuse(own.errors, program);
  return command({ ...connection.value, server: own.value });
}

function warnOfVariables(program: Program): void {
  const flags = [...flagsOf(CONFIG_SETTINGS), ...flagsOf(DEMO_KEY_SETTINGS), CONFIG_FLAG];
  const names = flags.map(({ name }) => name);
  for (const line of misspelledVariables(program.env, names)) program.printError(`sojourn: ${line}\n`);
}

function runHelp(args: readonly string[], program: Program): number {
  const parsed = parseArguments(args, [{ name: 'markdown', isSwitch: true }, HELP_FLAG]);
  const answer = answerBeforeRunning('help', parsed, parsed.positionals.slice(0, 1), program);
  if (answer !== undefined) return answer;
  const [topic] = parsed.positionals;
  if (parsed.flags.has('markdown')) program.print(configurationMarkdown());
  else if (topic === undefined) program.print(overviewHelp(program.typed));
  else if (isCommand(topic)) program.print(commandHelp(topic, program.typed));
  else return refuse([unknownCommand(topic, program.typed)], program);
  return 0;
}

function runCompletion(args: readonly string[], program: Program): number {
  const parsed = parseArguments(args, [HELP_FLAG]);
  const answer = answerBeforeRunning('completion', parsed, parsed.positionals.slice(0, 1), program);
  if (answer !== undefined) return answer;
  const shell = SHELLS.find((each) => each === parsed.positionals[0]);
  if (shell === undefined) return refuse([`completion is followed by ${SHELLS.join(', ')}`], program);
  program.print(completionScript(shell));
  return 0;
}

function runVersion(args: readonly string[], program: Program): number {
  const answer = answerBeforeRunning('version', parseArguments(args, [HELP_FLAG]), [], program);
  if (answer === undefined) program.print(`${program.version}\n`);
  return answer ?? 0;
}

/** Requested help, or errors in the arguments; undefined if the command may run. */
function answerBeforeRunning(
  command: Command,
  parsed: ParsedArguments,
  expected: readonly string[],
  program: Program,
): number | undefined {
  if (parsed.flags.has('help')) {
    program.print(commandHelp(command, program.typed));
    return 0;
  }
  if (parsed.errors.length > 0) return refuse(parsed.errors, program);
  const surplus = parsed.positionals[expected.length];
  if (surplus !== undefined) {
    const npm = command === 'serve' ? '; with npm, flags follow two hyphens: npm start -- --port 8080' : '';
    return refuse([`${command} takes no argument ${shown(surplus)}${npm}`], program);
  }
  return undefined;
}

function refuse(errors: readonly string[], program: Program): number {
  for (const error of errors) program.printError(`sojourn: ${error}\n`);
  return EXIT_USAGE;
}

function flagsOf<C>(table: SettingTable<C>): FlagDefinition[] {
  return settingsOf(table).map(({ flag, kind }) => ({ name: flag, isSwitch: kind.placeholder === '' }));
}

function isCommand(word: string): word is Command {
  return Object.hasOwn(COMMANDS, word);
}

function unknownCommand(word: string, typed: TypedCommand): string {
  if (word.startsWith('-')) {
    const flag = word.length <= 40 ? shown(word).slice(1, -1) : '--port 5000';
    return `flags stand after the command, as in: ${typed('serve', flag)}`;
  }
  const meant = nearest(word, Object.keys(COMMANDS));
  return `unknown command ${shown(word)}; ${meant === undefined ? `see ${typed('help')}` : `did you mean ${meant}?`}`;
}
