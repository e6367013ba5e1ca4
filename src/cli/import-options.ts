import { whole } from '../setting-kinds.js';
import type { SettingTable } from '../settings.js';

export interface ImportOptions {
  /** Paths, or `-` for standard input. */
  readonly files: readonly string[];
  /** Lines that are not sent, counted over all files. */
  readonly skipLines: number;
}

export const IMPORT_SETTINGS: SettingTable<Pick<ImportOptions, 'skipLines'>> = {
  skipLines: {
    flag: 'skip-lines',
    group: 'Flags',
    kind: whole('COUNT', 0, Number.MAX_SAFE_INTEGER),
    default: 0,
    help: 'Go on behind so many lines, counted over all files, as an import that was cut says.',
  },
};
