import { nearest } from './nearest.js';
import type { SettingKind } from './setting-kinds.js';

/** One setting: everything that reading it, `--help` and the documentation need. */
export interface Setting<T> {
  /**
   * Name of the flag without `--`; also the name in the configuration file, and of the variable
   * (`variableName`).
   */
  readonly flag: string;
  readonly kind: SettingKind<T>;
  readonly default: T;
  /** Description in a sentence or two for `--help` and the documentation. */
  readonly help: string;
  /** Its heading in `--help` and the documentation. */
  readonly group: string;
}

/** A table of settings by property of the resulting object. Its order is the order in `--help`. */
export type SettingTable<C> = { readonly [K in keyof C]: Setting<C[K]> };

/** Raw values by flag name. A flag given several times has several values. */
export interface SettingSources {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Members of the configuration file, and the name of the file for errors. */
  readonly file?: { readonly name: string; readonly members: ReadonlyMap<string, unknown> };
}

export type SettingsResult<C> =
  | { readonly ok: true; readonly value: C }
  | { readonly ok: false; readonly errors: readonly string[] };

const PREFIX = 'SOJOURN_';

/** The environment variable of a setting: `grpc-port` is `SOJOURN_GRPC_PORT`. */
export function variableName(flag: string): string {
  return `${PREFIX}${flag.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * A line for each variable that looks like a misspelled setting. Other variables with the same prefix are
 * ignored: some are not ours, such as Kubernetes' links to a service called sojourn.
 */
export function misspelledVariables(
  env: Readonly<Record<string, string | undefined>>,
  flags: readonly string[],
): string[] {
  const names = new Map(flags.map((flag) => [variableName(flag).slice(PREFIX.length), variableName(flag)]));
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX))
    .flatMap((name) => {
      const rest = name.slice(PREFIX.length);
      const meant = names.has(rest) ? undefined : nearest(rest, names.keys());
      return meant === undefined ? [] : `${name} is no setting; did you mean ${names.get(meant)}?`;
    });
}

/** The settings of a table in its order. */
export function settingsOf<C>(table: SettingTable<C>): Setting<unknown>[] {
  // Values of one kind are only passed to the same setting's `format`, so the element type may be unknown.
  return Object.values(table) as Setting<unknown>[];
}

/**
 * Reads a whole table: for each setting the first of flag, environment variable, file and default. An empty
 * variable counts as not set. Every invalid value is an error of one line, even if another source takes
 * precedence.
 */
export function readSettings<C>(table: SettingTable<C>, sources: SettingSources): SettingsResult<C> {
  const errors: string[] = [];
  const flags = settingsOf(table).map((setting) => setting.flag);
  for (const name of sources.file?.members.keys() ?? []) {
    if (!flags.includes(name)) errors.push(unknownMember(sources.file!.name, name, flags));
  }

  const value = {} as C;
  for (const property of Object.keys(table) as (keyof C)[]) {
    value[property] = readSetting(table[property], sources, errors);
  }
  return errors.length === 0 ? { ok: true, value } : { ok: false, errors };
}

function readSetting<T>(setting: Setting<T>, sources: SettingSources, errors: string[]): T {
  let result = setting.default;
  for (const { source, raw } of valuesFound(setting, sources)) {
    const value = setting.kind.parse(raw);
    const given = shownUnlessSecret(setting.kind, raw);
    if (value === undefined) errors.push(`${source} must be ${setting.kind.allowed}, not ${given}`);
    else result = value;
  }
  return result;
}

/** The values of the sources for a setting, the one with the highest precedence last. */
function valuesFound(
  setting: Setting<unknown>,
  sources: SettingSources,
): { readonly source: string; readonly raw: unknown }[] {
  const found: { source: string; raw: unknown }[] = [];
  const { file, env, flags } = sources;
  if (file?.members.has(setting.flag)) {
    found.push({ source: `"${setting.flag}" in ${file.name}`, raw: file.members.get(setting.flag) });
  }
  const variable = variableName(setting.flag);
  const fromEnv = env?.[variable];
  if (fromEnv !== undefined && fromEnv !== '' && !isKubernetesLink(variable, fromEnv)) {
    found.push({ source: variable, raw: fromEnv });
  }
  const given = flags.get(setting.flag);
  if (given !== undefined) {
    const raw = Array.isArray(setting.default) ? given.join(',') : given.at(-1);
    found.push({ source: `--${setting.flag}`, raw });
  }
  return found;
}

/**
 * Kubernetes sets `SOJOURN_PORT=tcp://10.0.0.1:4318` in every pod beside a service named `sojourn`
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables). It is not a
 * setting.
 */
function isKubernetesLink(variable: string, value: string): boolean {
  return variable.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value);
}

function unknownMember(file: string, name: string, flags: readonly string[]): string {
  const meant = nearest(name, flags);
  return `${shown(name)} in ${file} is no setting${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
}

function shownUnlessSecret({ secret }: SettingKind<unknown>, raw: unknown): string {
  if (secret === 'all') return 'what is given (not shown)';
  if (secret === 'password' && mayHavePassword(raw))
    return 'what is given (not shown, for it may have a password)';
  return shown(raw);
}

function mayHavePassword(raw: unknown): boolean {
  return typeof raw === 'string' && /@|password/i.test(raw);
}

/** A value for an error message: on one line, and shortened. */
export function shown(raw: unknown): string {
  // JSON keeps some control characters.
  const json = (JSON.stringify(raw) ?? 'undefined').replace(
    /\p{Cc}/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}
