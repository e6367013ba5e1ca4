import { homedir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PEER_NAMES } from './peers/peer-names.js';

export const SCENARIOS = [
  'stages',
  'ingest-web',
  'ingest-genai',
  'queries-100k',
  'queries-1m',
  'queries-10m',
  'visibility',
  'page',
  'curve',
  'scale',
  'search',
  'peers',
  'stores',
] as const;
/** Take an hour, or programs that are not there: only where they are asked for. */
const ON_REQUEST: readonly ScenarioName[] = ['queries-10m', 'curve', 'scale', 'search', 'peers', 'stores'];
export type ScenarioName = (typeof SCENARIOS)[number];

export interface Options {
  readonly quick: boolean;
  readonly only: readonly ScenarioName[];
  /** Length of a measured window, s. */
  readonly seconds: number;
  readonly connections: number;
  /** File for all numbers as JSON. */
  readonly json: string | undefined;
  /** Directory on the file system of the server's data; default is the system's temporary directory. */
  readonly data: string | undefined;
  /** Limit on the requests that the sender keeps in memory, bytes. */
  readonly memoryBytes: number;
  /** Entry file of the server under test. */
  readonly server: string;
  /** Length of the curve, millions of spans. */
  readonly curveMillions: number;
  /** Sessions of `scale`, `search` and of the lists of `stores`. */
  readonly sessions: number;
  /** Where `scale` and `search` keep their filled store, and finds it again; a directory that is removed where left out. */
  readonly filled: string | undefined;
  /** Where peers are installed, and found by later runs. */
  readonly peersDirectory: string;
  /** Peers to measure. */
  readonly peerNames: readonly string[];
  /** Draw the plots of docs/performance.md from the results beside it, without measuring. */
  readonly plots: boolean;
  readonly help: boolean;
}

export const HELP = `Usage: npm run bench -- [options]

  --quick            a few minutes: shorter windows, fewer runs, queries over 100,000 sessions only
  --only LIST        some of ${SCENARIOS.join(',')}
  --peers            other programs beside Sojourn: the same as --only peers, or adds it
  --peer-names LIST  some of ${PEER_NAMES.join(',')}
  --peers-dir DIR    where they are installed once, some 3 GB (~/.cache/sojourn-peers)
  --curve-millions N length of --only curve, 1 to 1000 (50; quick: 2)
  --store postgres   SQLite and PostgreSQL beside each other, with a PostgreSQL server of its own: the same as
                     --only stores, or adds it
  --sessions N       sessions of --only scale, --only search and of --store postgres, 1000 to 100000000 (1000000;
                     quick: 100000); search has 10 kB of text in each
  --filled DIR       where --only scale or --only search keeps its filled store, and finds it again
  --plots            measure nothing; draw the plots of docs/performance.md from docs/performance/*.json
  --seconds N        length of each measured window, 1 to 600 (15; quick: 4)
  --connections N    keep-alive connections of the sender, 1 to 256 (8)
  --json FILE        write all numbers as JSON
  --data DIR         keep the server's data on this directory's file system (system's temporary directory)
  --memory-mb N      most memory for requests prepared ahead (a quarter of the machine's, at most 1536)
  --server FILE      entry file of the server (the built one beside this program)
`;

const MB = 1 << 20;

/** Parses the command line; throws an Error with a message for the user. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string' },
      json: { type: 'string' },
      data: { type: 'string' },
      'memory-mb': { type: 'string' },
      server: { type: 'string' },
      peers: { type: 'boolean', default: false },
      'peer-names': { type: 'string' },
      'peers-dir': { type: 'string' },
      'curve-millions': { type: 'string' },
      store: { type: 'string' },
      sessions: { type: 'string' },
      filled: { type: 'string' },
      plots: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const memory = Math.min(1536, Math.floor(totalmem() / MB / 4));
  return {
    quick: values.quick,
    only: scenarios(values.only, onRequest(values), values.quick),
    seconds: wholeNumber('--seconds', values.seconds, 1, 600, values.quick ? 4 : 15),
    connections: wholeNumber('--connections', values.connections, 1, 256, 8),
    json: values.json,
    data: values.data,
    memoryBytes: wholeNumber('--memory-mb', values['memory-mb'], 64, 65_536, memory) * MB,
    server: values.server ?? fileURLToPath(new URL('../app/sojourn.js', import.meta.url)),
    curveMillions: wholeNumber('--curve-millions', values['curve-millions'], 1, 1000, 50),
    sessions: wholeNumber(
      '--sessions',
      values.sessions,
      1000,
      100_000_000,
      values.quick ? 100_000 : 1_000_000,
    ),
    filled: values.filled,
    peersDirectory: values['peers-dir'] ?? join(homedir(), '.cache', 'sojourn-peers'),
    peerNames: peers(values['peer-names']),
    plots: values.plots,
    help: values.help,
  };
}

function peers(list: string | undefined): readonly string[] {
  if (list === undefined) return PEER_NAMES;
  const names = list.split(',');
  const unknown = names.find((name) => !PEER_NAMES.some((known) => known === name));
  if (unknown !== undefined)
    throw new Error(`--peer-names: no peer "${unknown}"; there are ${PEER_NAMES.join(', ')}`);
  return names;
}

/** Scenarios that have an option of their own. */
function onRequest(values: { readonly peers: boolean; readonly store?: string | undefined }): ScenarioName[] {
  const { peers, store } = values;
  if (store !== undefined && store !== 'postgres')
    throw new Error(`--store: "postgres" is what SQLite is compared with, not "${store}"`);
  return [...(peers ? (['peers'] as const) : []), ...(store === undefined ? [] : (['stores'] as const))];
}

/** `added` are measured too, or alone if no scenario is named. */
function scenarios(
  list: string | undefined,
  added: readonly ScenarioName[],
  quick: boolean,
): readonly ScenarioName[] {
  if (list === undefined) {
    if (added.length > 0) return added;
    return SCENARIOS.filter((name) => !ON_REQUEST.includes(name) && !(quick && name === 'queries-1m'));
  }
  const names = [...list.split(','), ...added];
  const unknown = names.find((name) => !SCENARIOS.some((known) => known === name));
  if (unknown !== undefined)
    throw new Error(`--only: no scenario "${unknown}"; there are ${SCENARIOS.join(', ')}`);
  return SCENARIOS.filter((name) => names.includes(name));
}

function wholeNumber(
  name: string,
  text: string | undefined,
  low: number,
  high: number,
  fallback: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new Error(`${name}: a whole number from ${low} to ${high}, not "${text}"`);
  }
  return value;
}
