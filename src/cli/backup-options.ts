import { CONFIG_SETTINGS } from '../config.js';
import { text } from '../setting-kinds.js';
import type { SettingTable } from '../settings.js';

const GROUP = 'Flags';
const directory = text('DIR', 'the path of a directory');

/** The options of `sojourn backup`: paths of directories. */
export interface BackupCommandOptions {
  readonly data: string;
  readonly to: string;
}

export const BACKUP_SETTINGS: SettingTable<{ data: string; to: string | undefined }> = {
  data: {
    ...CONFIG_SETTINGS.data,
    group: GROUP,
    help: 'Data directory. It stays as it is, and a server may run on it.',
  },
  to: {
    flag: 'to',
    group: GROUP,
    kind: directory,
    default: undefined,
    help: 'Directory of the backup: an empty or missing one, or an earlier backup, which is brought up to date.',
  },
};

/** The options of `sojourn restore`: paths of directories. */
export interface RestoreCommandOptions {
  readonly from: string;
  readonly data: string;
  readonly acceptDamage: boolean;
}

export const RESTORE_SETTINGS: SettingTable<{
  from: string | undefined;
  data: string;
  acceptDamage: boolean;
}> = {
  from: {
    flag: 'from',
    group: GROUP,
    kind: directory,
    default: undefined,
    help: 'Directory of the backup. It stays as it is.',
  },
  data: {
    ...CONFIG_SETTINGS.data,
    group: GROUP,
    help: 'Data directory that is made: an empty or missing one.',
  },
  acceptDamage: {
    flag: 'accept-damage',
    group: GROUP,
    kind: CONFIG_SETTINGS.insecure.kind,
    default: false,
    help: 'Restores a backup that is damaged itself, as it is. Run sojourn repair on the data directory afterwards.',
  },
};

/** The flag of `sojourn check` besides those of the server. */
export const CHECK_SETTINGS: SettingTable<{ full: boolean }> = {
  full: {
    flag: 'full',
    group: GROUP,
    kind: CONFIG_SETTINGS.insecure.kind,
    default: false,
    help: 'Also makes all sessions again from the log, in a temporary directory, and compares their rows. Takes as long as a start that makes all sessions, and as much room as the sessions. Give the settings of the server too.',
  },
};
