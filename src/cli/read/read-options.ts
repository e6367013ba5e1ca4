import { PERIODS, type PeriodName } from '../../../client/src/calendar.js';
import type { SessionQuery } from '../../../client/src/index.js';
import { ALL_EXPORT_FORMATS, type ExportFormat } from '../../contract/export-format.js';
import type { SessionFilters } from '../../contract/session-filters.js';
import { ORDERS, type Order, SESSION_SORTS, type SessionSort } from '../../contract/session-sort.js';
import {
  choice,
  duration,
  endpoint,
  list,
  onOff,
  optional,
  optionalSecret,
  optionalText,
  type SettingKind,
  whole,
} from '../../setting-kinds.js';
import type { Setting, SettingTable } from '../../settings.js';
import type { AskedRange } from './range.js';

/** Options of the commands that read from a server. */

const CONNECTION = 'Server';
const FILTERS = 'Filters';
const FLAGS = 'Flags';
const YEAR_MS = 365 * 86_400_000;

/** Where to read, and as whom. A profile has these under the same names. */
export interface ConnectionOptions {
  /** Undefined for the server on this machine. */
  readonly server: string | undefined;
  readonly key: string | undefined;
  readonly project: string | undefined;
}

export const CONNECTION_SETTINGS: SettingTable<ConnectionOptions> = {
  server: {
    flag: 'server',
    group: CONNECTION,
    kind: optional(endpoint),
    default: undefined,
    help: 'Address of the server. By default, the one on this machine, as SOJOURN_HOST and SOJOURN_PORT say.',
  },
  key: {
    flag: 'key',
    group: CONNECTION,
    kind: { ...optionalSecret, placeholder: 'KEY' },
    default: undefined,
    help: 'API key with the scope read. Other programs of this machine can see flags: better give it by SOJOURN_KEY or in a profile.',
  },
  project: {
    flag: 'project',
    group: CONNECTION,
    kind: optionalText('PROJECT', 'the name of a project'),
    default: undefined,
    help: 'Project to read, if the key is for all.',
  },
};

export const PROFILE_SETTINGS: SettingTable<{ readonly profile: string | undefined }> = {
  profile: {
    flag: 'profile',
    group: CONNECTION,
    kind: optionalText('NAME', 'the name of a profile'),
    default: undefined,
    help: 'Take these from the profile of this name in ~/.config/sojourn/profiles.json: {"NAME": {"server": "https://…", "key": "sjn_…"}}.',
  },
};

/** The filters of the API, as text: the server checks them, and says what is wrong. */
type FilterOptions = { readonly [Filter in keyof SessionFilters]-?: string | undefined | string[] };

export const FILTER_SETTINGS: SettingTable<FilterOptions> = {
  sessionIdPrefix: one('session-id-prefix', 'TEXT', 'Whose id begins so.'),
  userId: one('user-id', 'USER', 'Of this user.'),
  userIdPrefix: one('user-id-prefix', 'TEXT', 'Of users whose id begins so.'),
  state: several('state', 'STATE,…', 'In one of these states: active, idle, ended, timed_out, invalidated.'),
  isActive: one('is-active', 'true|false', 'Open sessions (active or idle), or closed ones.'),
  startTime: one('start-time', 'TIME', 'Started at this time or later: 2026-03-01T00:00:00Z.'),
  endTime: one('end-time', 'TIME', 'Started at this time or earlier.'),
  activeFrom: one('active-from', 'TIME', 'With activity at this time or later.'),
  activeTo: one('active-to', 'TIME', 'With activity at this time or earlier.'),
  service: several('service', 'NAME,…', 'With one of these services.'),
  model: several('model', 'NAME,…', 'That called one of these models.'),
  provider: several('provider', 'NAME,…', 'That called a model of one of these providers.'),
  deviceType: several('device-type', 'KIND,…', 'With one of these kinds of device.'),
  country: several('country', 'CODE,…', 'In one of these countries: AT, DE.'),
  release: several('release', 'NAME,…', 'Of one of these releases.'),
  url: one('url', 'ADDRESS', 'With a page whose address, path or route begins so.'),
  hasErrors: one('has-errors', 'true|false', 'In which something failed, or nothing did.'),
  hasCrash: one('has-crash', 'true|false', 'With a crash, or without.'),
  implicit: one('implicit', 'true|false', 'Named by their trace alone, or not.'),
  bots: one('bots', 'true|false', 'Of bots, or of all others.'),
  minSpans: one('min-spans', 'COUNT', 'With so many spans or more.'),
  maxSpans: one('max-spans', 'COUNT', 'With so many spans or fewer.'),
  minTraceSpans: one(
    'min-trace-spans',
    'COUNT',
    'Of those named by their trace alone, only those with so many spans or more.',
  ),
  minErrors: one('min-errors', 'COUNT', 'With so many failed spans or more.'),
  maxErrors: one('max-errors', 'COUNT', 'With so many failed spans or fewer.'),
  minTraces: one('min-traces', 'COUNT', 'With so many traces or more.'),
  maxTraces: one('max-traces', 'COUNT', 'With so many traces or fewer.'),
  minDurationMs: one('min-duration-ms', 'MS', 'That took so long or longer.'),
  maxDurationMs: one('max-duration-ms', 'MS', 'That took so long or shorter.'),
  minCostUsd: one('min-cost-usd', 'USD', 'That cost so much or more.'),
  maxCostUsd: one('max-cost-usd', 'USD', 'That cost so much or less.'),
  minTokens: one('min-tokens', 'COUNT', 'Whose model calls used so many tokens or more.'),
  maxTokens: one('max-tokens', 'COUNT', 'Whose model calls used so many tokens or fewer.'),
  operation: several('operation', 'NAME,…', 'With one of these operations of model calls and agents: chat.'),
  tool: several('tool', 'NAME,…', 'That ran one of these tools.'),
  errorType: several('error-type', 'TYPE,…', 'With an error of one of these types.'),
  error: several('error', 'ERROR,…', 'With one of these errors, as sessions errors prints them.'),
  failedTool: several('failed-tool', 'NAME,…', 'In which a call of one of these tools failed.'),
  route: several('route', 'ROUTE,…', 'With a request of one of these routes.'),
  status: several('status', 'CODE,…', 'With a request that failed with one of these HTTP statuses: 503.'),
  attr: several('attr', 'KEY=VALUE,…', 'With one of these values of an attribute of --index-attributes.'),
  score: several('score', 'NAME,…', 'With a score of one of these names.'),
  scoreLabel: several('score-label', 'NAME=LABEL,…', 'With a score of this name and label.'),
  minScore: several('min-score', 'NAME=VALUE,…', 'Whose average score of this name is so much or more.'),
  maxScore: several('max-score', 'NAME=VALUE,…', 'Whose average score of this name is so much or less.'),
  attrExists: several('attr-exists', 'KEY,…', 'With any value of one of these attributes.'),
  'not.userId': several('not-user-id', 'USER,…', 'Not of these users.'),
  'not.service': several('not-service', 'NAME,…', 'Without these services.'),
  'not.model': several('not-model', 'NAME,…', 'That called none of these models.'),
  'not.provider': several('not-provider', 'NAME,…', 'That called no model of these providers.'),
  'not.state': several('not-state', 'STATE,…', 'Not in these states.'),
  'not.deviceType': several('not-device-type', 'KIND,…', 'Without these kinds of device.'),
  'not.country': several('not-country', 'CODE,…', 'Not in these countries.'),
  'not.release': several('not-release', 'NAME,…', 'Of none of these releases.'),
  'not.operation': several('not-operation', 'NAME,…', 'Without these operations.'),
  'not.tool': several('not-tool', 'NAME,…', 'That ran none of these tools.'),
  'not.errorType': several('not-error-type', 'TYPE,…', 'Without errors of these types.'),
  'not.error': several('not-error', 'ERROR,…', 'Without these errors.'),
  'not.failedTool': several('not-failed-tool', 'NAME,…', 'In which no call of these tools failed.'),
  'not.route': several('not-route', 'ROUTE,…', 'Without requests of these routes.'),
  'not.status': several('not-status', 'CODE,…', 'Without requests that failed so.'),
  'not.attr': several('not-attr', 'KEY=VALUE,…', 'Without these values of an attribute.'),
  'not.attrExists': several('not-attr-exists', 'KEY,…', 'Without any value of these attributes.'),
  'not.url': several('not-url', 'ADDRESS,…', 'Without a page whose address, path or route begins so.'),
};

function one(flag: string, placeholder: string, help: string): Setting<string | undefined | string[]> {
  const kind = optionalText(placeholder, 'text');
  return {
    flag,
    group: FILTERS,
    kind: kind as SettingKind<string | undefined | string[]>,
    default: undefined,
    help,
  };
}

function several(flag: string, placeholder: string, help: string): Setting<string | undefined | string[]> {
  const kind = list(placeholder, 'values separated by commas', (entry) => entry);
  return {
    flag,
    group: FILTERS,
    kind: kind as SettingKind<string | undefined | string[]>,
    default: [],
    help,
  };
}

/** Filters whose values are `KEY=VALUE`. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'attr',
  'not.attr',
  'scoreLabel',
  'minScore',
  'maxScore',
] satisfies (keyof SessionFilters)[]);

function byKey(pairs: readonly string[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const pair of pairs) {
    const [key = '', ...value] = pair.split('=');
    values[key] = [...(values[key] ?? []), value.join('=')];
  }
  return values;
}

/** The filters that are given, as parameters of the API. */
export function queryOf(filters: FilterOptions): SessionQuery {
  const given = Object.entries(filters)
    .filter(([, value]) => value !== undefined && value.length > 0)
    .map(([name, value]) => [name, ATTRIBUTES.has(name) ? byKey(value as string[]) : value]);
  // They are text, as they are in a query string.
  return Object.fromEntries(given) as SessionQuery;
}

/** The options of every command that reads. */
export interface OutputOptions {
  readonly json: boolean;
}

const json = { flag: 'json', group: FLAGS, kind: onOff, default: false };
const lines = { ...json, help: 'One JSON object of the API a line.' };

export const SHOW_SETTINGS: SettingTable<OutputOptions> = {
  json: { ...json, help: 'The JSON of the API.' },
};

export interface ListSessionsOptions extends OutputOptions {
  readonly sort: SessionSort;
  readonly order: Order;
  readonly limit: number;
}

export const LIST_SESSIONS_SETTINGS: SettingTable<ListSessionsOptions> = {
  json: lines,
  sort: {
    flag: 'sort',
    group: FLAGS,
    kind: choice(...SESSION_SORTS),
    default: 'start',
    help: 'list: what it is ordered by. By cost, tokens and errors it has only sessions with some.',
  },
  order: {
    flag: 'order',
    group: FLAGS,
    kind: choice(...ORDERS),
    default: 'desc',
    help: 'list: the newest or greatest first (desc), or last (asc).',
  },
  limit: {
    flag: 'limit',
    group: FLAGS,
    kind: whole('COUNT', 1, 1_000_000_000),
    default: 25,
    help: 'list: so many sessions at most, the first. top: so many, 10 by default.',
  },
};

export interface ExportSessionsOptions {
  readonly format: ExportFormat | undefined;
  readonly output: string | undefined;
  readonly gzip: boolean;
  readonly include: 'turns' | undefined;
  readonly bom: boolean;
  readonly overwrite: boolean;
}

export const EXPORT_SETTINGS: SettingTable<ExportSessionsOptions> = {
  format: {
    flag: 'format',
    group: FLAGS,
    kind: optional(choice(...ALL_EXPORT_FORMATS)),
    default: undefined,
    help: 'export: form of the file. By default, as the ending of --output says, else csv. perfetto is for one session.',
  },
  output: {
    flag: 'output',
    group: FLAGS,
    kind: optionalText('FILE', 'a path, or - for standard output'),
    default: undefined,
    help: 'export: a file, a directory, or - for standard output. Without a name, the file gets one that says what is in it, and the name is printed.',
  },
  gzip: {
    flag: 'gzip',
    group: FLAGS,
    kind: onOff,
    default: false,
    help: 'export: compress by gzip, as where --output ends with .gz.',
  },
  include: {
    flag: 'include',
    group: FLAGS,
    kind: optional(choice('turns')),
    default: undefined,
    help: 'export: with --format jsonl, the conversation of each session too.',
  },
  bom: {
    flag: 'bom',
    group: FLAGS,
    kind: onOff,
    default: false,
    help: 'export: csv begins with a byte order mark, for Excel.',
  },
  overwrite: {
    flag: 'overwrite',
    group: FLAGS,
    kind: onOff,
    default: false,
    help: 'export: replace the file if it exists.',
  },
};

export interface SelectionOptions extends AskedRange {
  readonly q: string | undefined;
}

/** What selects sessions beside filters. */
export const SELECTION_SETTINGS: SettingTable<SelectionOptions> = {
  q: {
    flag: 'q',
    group: FILTERS,
    kind: optionalText('QUERY', 'a search'),
    default: undefined,
    help: 'With telemetry that has these words, as in sessions search: refund -test in:messages, agent:refund -user:refund.',
  },
  lastMs: {
    flag: 'last',
    group: FILTERS,
    kind: optional(duration(1_000, 100 * YEAR_MS)),
    default: undefined,
    help: 'Started within this time before now, such as 24h or 7d.',
  },
  during: {
    flag: 'during',
    group: FILTERS,
    kind: optional(choice(...(Object.keys(PERIODS) as PeriodName[]))),
    default: undefined,
    help: 'Started in this period of your calendar. Weeks begin on Monday.',
  },
};

export interface TopOptions extends OutputOptions {
  readonly calls: boolean;
  readonly by: 'cost' | 'duration';
  readonly limit: number;
}

export const TOP_SETTINGS: SettingTable<TopOptions> = {
  json: lines,
  calls: {
    flag: 'calls',
    group: FLAGS,
    kind: onOff,
    default: false,
    help: 'top: the model calls of the sessions, each with its session.',
  },
  by: {
    flag: 'by',
    group: FLAGS,
    kind: choice('cost', 'duration'),
    default: 'cost',
    help: 'top: by what they are compared.',
  },
  limit: {
    flag: 'limit',
    group: FLAGS,
    kind: whole('COUNT', 1, 50),
    default: 10,
    help: 'So many at most.',
  },
};

export interface GroupOptions extends OutputOptions {
  readonly sort: 'sessions' | 'errors' | 'tokens' | 'cost';
  readonly limit: number;
}

export const GROUP_SETTINGS: SettingTable<GroupOptions> = {
  json: lines,
  sort: {
    flag: 'sort',
    group: FLAGS,
    kind: choice('sessions', 'errors', 'tokens', 'cost'),
    default: 'sessions',
    help: 'groups: the groups with the most of this come first.',
  },
  limit: {
    flag: 'limit',
    group: FLAGS,
    kind: whole('COUNT', 1, 1000),
    default: 20,
    help: 'So many groups at most.',
  },
};

export interface ToolOptions extends OutputOptions {
  readonly sort: 'calls' | 'failures' | 'retries' | 'sessions' | 'p95';
  readonly limit: number;
}

const tableLimit = {
  flag: 'limit',
  group: FLAGS,
  kind: whole('COUNT', 1, 1000),
  default: 20,
  help: 'So many lines at most.',
};

export const TOOL_SETTINGS: SettingTable<ToolOptions> = {
  json: lines,
  sort: {
    flag: 'sort',
    group: FLAGS,
    kind: choice('calls', 'failures', 'retries', 'sessions', 'p95'),
    default: 'calls',
    help: 'tools: the tools with the most of this come first.',
  },
  limit: tableLimit,
};

export interface ErrorOptions extends OutputOptions {
  readonly sort: 'sessions' | 'count' | 'last_seen' | 'first_seen';
  readonly limit: number;
}

export const ERROR_SETTINGS: SettingTable<ErrorOptions> = {
  json: lines,
  sort: {
    flag: 'sort',
    group: FLAGS,
    kind: choice('sessions', 'count', 'last_seen', 'first_seen'),
    default: 'sessions',
    help: 'errors: the errors with the most of this, or the latest of these times, come first.',
  },
  limit: tableLimit,
};

export const TAIL_SETTINGS: SettingTable<OutputOptions> = {
  json: lines,
};
