import { storePlace } from '../setting-kinds.js';
import type { SettingTable } from '../settings.js';

/** The options of `sojourn copy`: paths of data directories, or URLs of databases. */
export interface CopyOptions {
  readonly from: string;
  readonly to: string;
}

const GROUP = 'Flags';

export const COPY_SETTINGS: SettingTable<{ from: string | undefined; to: string | undefined }> = {
  from: {
    flag: 'from',
    group: GROUP,
    kind: storePlace,
    default: undefined,
    help: 'Data directory or PostgreSQL database that is copied. It stays as it is, and a server may run on it.',
  },
  to: {
    flag: 'to',
    group: GROUP,
    kind: storePlace,
    default: undefined,
    help: 'Data directory or PostgreSQL database that is filled: an empty or missing one, or an earlier copy of the same source. No server may run on it.',
  },
};
