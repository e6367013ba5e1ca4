import type { Access } from './access/access.js';
import { CONFIG_SETTINGS, type Config } from './config.js';

/** Settings that differ from their defaults, as they are written in flags. Passwords are left out. */
export function givenSettings(config: Config): Readonly<Record<string, string>> {
  const properties = Object.keys(CONFIG_SETTINGS) as (keyof Config)[];
  return Object.fromEntries(properties.flatMap((property) => givenSetting(config, property)));
}

function givenSetting<K extends keyof Config>(config: Config, property: K): [flag: string, value: string][] {
  const { flag, kind, default: usual } = CONFIG_SETTINGS[property];
  const value = kind.format(config[property]);
  return value === kind.format(usual) ? [] : [[flag, value]];
}

/** Adds an entry to the audit log if the server runs with other settings than at its last start. */
export async function auditSettings(access: Access, config: Config): Promise<void> {
  const settings = givenSettings(config);
  const [last] = await access.store.audit({ limit: 1, action: 'settings.changed' });
  if (JSON.stringify(last?.detail ?? {}) === JSON.stringify(settings)) return;
  await access.audit({
    actor: 'server',
    action: 'settings.changed',
    subject: 'settings',
    project: undefined,
    detail: settings,
  });
}
