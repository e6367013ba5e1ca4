import { totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const SCENARIOS = [
  'stages',
  'ingest-web',
  'ingest-genai',
  'queries-100k',
  'queries-1m',
  'visibility',
  'page',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface Options {
  readonly quick: boolean;
  readonly only: readonly ScenarioName[];
  /** Length of a measured window, s. */
  readonly seconds: number;
  readonly connections: number;
  /** Where to write all numbers as JSON. */
  readonly json: string | undefined;
  /** Directory on whose file system the server keeps its data; the system's temporary one where left out. */
  readonly data: string | undefined;
  /** Bound on the requests that the sender keeps in memory, bytes. */
  readonly memoryBytes: number;
  /** Entry file of the server under test. */
  readonly server: string;
  readonly help: boolean;
}

export const HELP = `Usage: npm run bench -- [options]

  --quick            a few minutes: shorter windows, fewer runs, queries over 100,000 sessions only
  --only LIST        some of ${SCENARIOS.join(',')}
  --seconds N        length of each measured window, 1 to 600 (15; quick: 4)
  --connections N    keep-alive connections of the sender, 1 to 256 (8)
  --json FILE        write all numbers as JSON
  --data DIR         keep the server's data on this directory's file system (system's temporary directory)
  --memory-mb N      most memory for requests prepared ahead (a quarter of the machine's, at most 1536)
  --server FILE      entry file of the server (the built one beside this program)
`;

const MB = 1 << 20;

/** Reads the command line; throws an Error with a message for the user. */
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
      help: { type: 'boolean', default: false },
    },
  });
  const memory = Math.min(1536, Math.floor(totalmem() / MB / 4));
  return {
    quick: values.quick,
    only: scenarios(values.only, values.quick),
    seconds: wholeNumber('--seconds', values.seconds, 1, 600, values.quick ? 4 : 15),
    connections: wholeNumber('--connections', values.connections, 1, 256, 8),
    json: values.json,
    data: values.data,
    memoryBytes: wholeNumber('--memory-mb', values['memory-mb'], 64, 65_536, memory) * MB,
    server: values.server ?? fileURLToPath(new URL('../src/cli/sojourn.js', import.meta.url)),
    help: values.help,
  };
}

function scenarios(list: string | undefined, quick: boolean): readonly ScenarioName[] {
  if (list === undefined) return SCENARIOS.filter((name) => !(quick && name === 'queries-1m'));
  const names = list.split(',');
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
