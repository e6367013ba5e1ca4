import { decimal, endpoint, onOff, optionalSecret, whole } from '../setting-kinds.js';
import type { SettingTable } from '../settings.js';

/** The options of `sojourn demo`. */
export interface DemoOptions extends Omit<DemoFlags, 'endpoint'>, DemoKey {
  /** Base address of OTLP/HTTP, without a slash at its end. */
  endpoint: string;
}

/** The API key that the demo sends with; undefined for none. Also read from the environment. */
export interface DemoKey {
  key: string | undefined;
}

/** The values of the demo's own flags. */
export interface DemoFlags {
  /** Base address of OTLP/HTTP; undefined for that of the server with the same settings. */
  endpoint: string | undefined;
  /** Number of sessions before now. */
  sessions: number;
  /** Number of days before now over which they are spread. */
  days: number;
  /** Determines the traffic; undefined for a random one. */
  seed: number | undefined;
  /** Continue in real time until stopped. */
  live: boolean;
}

const GROUP = 'Flags';

export const DEMO_KEY_SETTINGS: SettingTable<DemoKey> = {
  key: {
    flag: 'key',
    group: GROUP,
    kind: { ...optionalSecret, placeholder: 'KEY' },
    default: undefined,
    help: 'API key with the scope ingest, for a server that needs one. Also SOJOURN_KEY, which other programs of this machine cannot see.',
  },
};

export const DEMO_SETTINGS: SettingTable<DemoFlags> = {
  endpoint: {
    flag: 'endpoint',
    group: GROUP,
    kind: { ...endpoint, format: (value) => value ?? '' },
    default: undefined,
    help: 'Base address of the server. By default, the one on this machine that --host and --port name.',
  },
  sessions: {
    flag: 'sessions',
    group: GROUP,
    kind: whole('COUNT', 1, 100_000),
    default: 200,
    help: 'How many sessions.',
  },
  days: {
    flag: 'days',
    group: GROUP,
    kind: decimal('DAYS', 0.1, 365),
    default: 3,
    help: 'How many days back they are spread.',
  },
  seed: {
    flag: 'seed',
    group: GROUP,
    kind: {
      ...whole('NUMBER', 0, 0xffff_ffff),
      format: (value) => (value === undefined ? '' : String(value)),
    },
    default: undefined,
    help: 'Chooses the traffic. Without it, each run is different.',
  },
  live: {
    flag: 'live',
    group: GROUP,
    kind: onOff,
    default: false,
    help: 'Continue in real time until stopped.',
  },
};
