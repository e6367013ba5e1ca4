import { PROJECT_NAME, PROJECT_NAME_RULE } from '../access/project-name.js';
import { SCOPES, type Scope } from '../access/scope.js';
import {
  choice,
  duration,
  list,
  onOff,
  optional,
  optionalText,
  optionalWhole,
  origins,
  type SettingKind,
} from '../setting-kinds.js';
import type { SettingTable } from '../settings.js';

const GROUP = 'Flags';
const DAY = 86_400_000;

const scope = choice(...SCOPES);
const scopes: SettingKind<Scope[]> = list(
  'SCOPE,…',
  `one or more of ${SCOPES.join(', ')}, separated by commas`,
  (entry) => scope.parse(entry),
);

const project: SettingKind<string | undefined> = {
  placeholder: 'PROJECT',
  allowed: PROJECT_NAME_RULE,
  parse: (raw) => (typeof raw === 'string' && PROJECT_NAME.test(raw) ? raw : undefined),
  format: (value) => value ?? '',
};

/** The options of `sojourn keys create`. */
export interface CreateKeyOptions {
  readonly name: string | undefined;
  readonly scopes: Scope[];
  readonly project: string | undefined;
  readonly allProjects: boolean;
  readonly expiresInMs: number | undefined;
  readonly origins: string[];
  readonly requestsPerMinute: number | undefined;
}

export const CREATE_KEY_SETTINGS: SettingTable<CreateKeyOptions> = {
  name: {
    flag: 'name',
    group: GROUP,
    kind: optionalText('NAME', 'a name'),
    default: undefined,
    help: 'What the key is for, such as "checkout service". Needed.',
  },
  scopes: {
    flag: 'scope',
    group: GROUP,
    kind: scopes,
    default: [],
    help: 'What it may do: ingest (send telemetry), ingest-browser (send it from web pages, which everyone can read the key in), read, score (give scores), or admin, which includes read and score. Needed.',
  },
  project: {
    flag: 'project',
    group: GROUP,
    kind: project,
    default: undefined,
    help: 'The only project that it sends to and sees. A new name makes a new project. This or --all-projects is needed.',
  },
  allProjects: {
    flag: 'all-projects',
    group: GROUP,
    kind: onOff,
    default: false,
    help: 'It may choose a project with each request.',
  },
  expiresInMs: {
    flag: 'expires',
    group: GROUP,
    kind: optional(duration(60_000, 3650 * DAY)),
    default: undefined,
    help: 'Time after which it is not valid any more, such as 90d. Without: until it is revoked.',
  },
  origins: {
    flag: 'origin',
    group: GROUP,
    kind: origins,
    default: [],
    help: 'Keys for browsers: origins of the pages that may use it, such as https://shop.example or https://*.shop.example.',
  },
  requestsPerMinute: {
    flag: 'rate',
    group: GROUP,
    kind: optionalWhole('COUNT', 1, 1_000_000),
    default: undefined,
    help: 'Keys for browsers: most requests a minute, of all visitors together. Without: 600.',
  },
};

/** The options of lists. */
export interface ListOptions {
  readonly json: boolean;
}

const json = {
  flag: 'json',
  group: GROUP,
  kind: onOff,
  default: false,
  help: 'One JSON object a line.',
};

/** Of `sojourn keys list` and `sojourn sign-ins list`. */
export const LIST_SETTINGS: SettingTable<ListOptions> = { json };

/** The options of `sojourn audit`. */
export interface AuditOptions extends ListOptions {
  readonly limit: number | undefined;
  readonly project: string | undefined;
}

export const AUDIT_SETTINGS: SettingTable<AuditOptions> = {
  json,
  limit: {
    flag: 'limit',
    group: GROUP,
    kind: optionalWhole('COUNT', 1, 1_000_000_000),
    default: undefined,
    help: 'Only the latest entries. Without: all.',
  },
  project: {
    flag: 'project',
    group: GROUP,
    kind: project,
    default: undefined,
    help: 'Only entries that concern this project.',
  },
};

/** What is wrong with the options of a new key together; a line each. */
export function keyProblems(options: CreateKeyOptions): string[] {
  const { name, scopes: given, project: one, allProjects, origins: pages, requestsPerMinute } = options;
  const problems: string[] = [];
  if (name === undefined) problems.push('--name is needed: what the key is for');
  if (given.length === 0) problems.push(`--scope is needed: ${scopes.allowed}`);
  if ((one === undefined) === !allProjects) {
    problems.push('either --project or --all-projects is needed: which projects the key is for');
  }
  const isForBrowsers = given.includes('ingest-browser');
  if (isForBrowsers && given.length > 1) {
    problems.push('ingest-browser goes alone: everyone who opens the page has the key');
  }
  if (isForBrowsers && allProjects) problems.push('a key for browsers is for one project: use --project');
  if (isForBrowsers && pages.length === 0) {
    problems.push('--origin is needed for a key for browsers: the origins of the pages');
  }
  if (pages.includes('*')) problems.push('--origin * would let every page use the key; name the origins');
  if (!isForBrowsers && (pages.length > 0 || requestsPerMinute !== undefined)) {
    problems.push('--origin and --rate are for the scope ingest-browser only');
  }
  return problems;
}
