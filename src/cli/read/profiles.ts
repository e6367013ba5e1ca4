import { homedir } from 'node:os';
import { join } from 'node:path';
import { nearest } from '../../nearest.js';
import { type SettingSources, type SettingsResult, shown } from '../../settings.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Profiles of this user, after the XDG Base Directory Specification 0.8. */
export function profilesFile(env: Env): string {
  const base = env.XDG_CONFIG_HOME;
  return join(
    base === undefined || base === '' ? join(homedir(), '.config') : base,
    'sojourn',
    'profiles.json',
  );
}

/** The settings of the profile `name` in `file`, as a source of settings. */
export function readProfile(
  name: string,
  file: string,
  readFile: (path: string) => string,
): SettingsResult<NonNullable<SettingSources['file']>> {
  let content: unknown;
  try {
    content = JSON.parse(readFile(file));
  } catch (error) {
    return refusal(`cannot read the profile ${shown(name)} in ${file}: ${(error as Error).message}`);
  }
  if (!isObject(content)) return refusal(`${file} must be a JSON object with an object for each profile`);
  const profile = Object.hasOwn(content, name) ? content[name] : undefined;
  if (!isObject(profile)) {
    const meant = nearest(name, Object.keys(content));
    const hint = meant === undefined ? '' : `; did you mean ${shown(meant)}?`;
    return refusal(`there is no profile ${shown(name)} in ${file}${hint}`);
  }
  return {
    ok: true,
    value: { name: `profile ${name} of ${file}`, members: new Map(Object.entries(profile)) },
  };
}

function refusal(error: string): { readonly ok: false; readonly errors: readonly string[] } {
  return { ok: false, errors: [error] };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
