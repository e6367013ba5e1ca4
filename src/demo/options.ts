import { decimal, endpoint, onOff, whole } from '../setting-kinds.js';
import type { SettingTable } from '../settings.js';

/** What `sojourn demo` is asked to do. */
export interface DemoOptions {
  /** Base address of OTLP/HTTP, without a slash at its end. */
  endpoint: string;
  /** Sessions to send for the time before now. */
  sessions: number;
  /** How far back they reach. */
  days: number;
  /** Chooses the traffic; undefined takes a new one each time. */
  seed: number | undefined;
  /** Go on in real time until stopped. */
  live: boolean;
}

const GROUP = 'Flags';

export const DEMO_SETTINGS: SettingTable<DemoOptions> = {
  endpoint: {
    flag: 'endpoint',
    group: GROUP,
    kind: endpoint,
    default: 'http://127.0.0.1:4318',
    help: 'Base address of the server.',
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
    help: 'Chooses the traffic; without it, each run is another.',
  },
  live: {
    flag: 'live',
    group: GROUP,
    kind: onOff,
    default: false,
    help: 'Go on sending in real time until stopped.',
  },
};
