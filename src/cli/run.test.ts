import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CONFIG_SETTINGS, type Config, PLACE_SETTINGS, STORE_SETTINGS } from '../config.js';
import { DEMO_KEY_SETTINGS, DEMO_SETTINGS, type DemoOptions } from '../demo/options.js';
import { postgresUrl } from '../setting-kinds.js';
import { settingsOf } from '../settings.js';
import type { AccessCommand } from './access-commands.js';
import {
  BACKUP_SETTINGS,
  type BackupCommandOptions,
  RESTORE_SETTINGS,
  type RestoreCommandOptions,
} from './backup-options.js';
import { COPY_SETTINGS, type CopyOptions } from './copy-options.js';
import { COMMANDS } from './help.js';
import { IMPORT_SETTINGS } from './import-options.js';
import type { ReadCommand } from './read/read.js';
import {
  CONNECTION_SETTINGS,
  EXPORT_SETTINGS,
  FILTER_SETTINGS,
  LIST_SESSIONS_SETTINGS,
  PROFILE_SETTINGS,
  SELECTION_SETTINGS,
  SHOW_SETTINGS,
} from './read/read-options.js';
import { REDACTION_SETTINGS, type RedactOptions, TRY_SETTINGS } from './redact-options.js';
import { KEEP_SETTINGS, type KeepSettings, RETENTION_SETTINGS } from './retention-options.js';
import { type Connection, run } from './run.js';

interface Outcome {
  code: number;
  out: string;
  errors: string;
  served: Config | undefined;
  played: DemoOptions | undefined;
  copied: CopyOptions | undefined;
  backedUp: BackupCommandOptions | undefined;
  restored: RestoreCommandOptions | undefined;
  checked: { readonly data: string; readonly isFull: boolean } | undefined;
  repaired: string | undefined;
  migrated: string | undefined;
  access: { command: AccessCommand; place: Pick<Config, 'data' | 'store'> } | undefined;
  tried: RedactOptions | undefined;
  retained: { keep: KeepSettings; place: Pick<Config, 'data' | 'store'> } | undefined;
  read: { command: ReadCommand; connection: Connection } | undefined;
  mcp: Connection | undefined;
}

async function outcomeOf(
  args: readonly string[],
  env: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<Outcome> {
  const outcome: Outcome = {
    ...{ code: -1, out: '', errors: '' },
    ...{ served: undefined, played: undefined, copied: undefined, migrated: undefined, access: undefined },
    ...{ tried: undefined, retained: undefined, read: undefined, mcp: undefined },
    ...{ backedUp: undefined, restored: undefined, checked: undefined, repaired: undefined },
  };
  outcome.code = await run(args, {
    version: '1.2.3',
    typed: (command, rest = '') => `sojourn ${command} ${rest}`.trimEnd(),
    env,
    readFile(path) {
      const content = files[path];
      if (content !== undefined) return content;
      throw Object.assign(new Error(path), { code: 'ENOENT' });
    },
    print: (text) => {
      outcome.out += text;
    },
    printError: (text) => {
      outcome.errors += text;
    },
    async serve(config) {
      outcome.served = config;
      return 0;
    },
    async demo(options) {
      outcome.played = options;
      return 0;
    },
    async copy(options) {
      outcome.copied = options;
      return 0;
    },
    async access(command, place) {
      outcome.access = { command, place };
      return 0;
    },
    async redact(options) {
      outcome.tried = options;
      return 0;
    },
    async retention(keep, _, place) {
      outcome.retained = { keep, place };
      return 0;
    },
    async read(command, connection) {
      outcome.read = { command, connection };
      return 0;
    },
    async import() {
      return 0;
    },
    async mcp(connection) {
      outcome.mcp = connection;
      return 0;
    },
    async backup(options) {
      outcome.backedUp = options;
      return 0;
    },
    async restore(options) {
      outcome.restored = options;
      return 0;
    },
    async check({ data }, isFull) {
      outcome.checked = { data, isFull };
      return 0;
    },
    async repair({ data }) {
      outcome.repaired = data;
      return 0;
    },
    async migrate(url) {
      outcome.migrated = url;
      return 0;
    },
  });
  return outcome;
}

describe('command line', () => {
  for (const args of [[], ['--help'], ['-h'], ['help']]) {
    it(`shows the overview for ${JSON.stringify(args)}`, async () => {
      const { code, out } = await outcomeOf(args);
      assert.equal(code, 0);
      for (const command of Object.keys(COMMANDS)) assert.match(out, new RegExp(`^ {2}${command} `, 'm'));
    });
  }

  for (const command of Object.keys(COMMANDS)) {
    it(`shows help of ${command}, in every form, in lines of at most 100 characters`, async () => {
      const asked = await outcomeOf([command, '--help']);
      assert.equal(asked.code, 0);
      assert.equal(asked.served, undefined);
      if (command !== 'help') assert.deepEqual(await outcomeOf(['help', command]), asked);
      for (const line of asked.out.split('\n')) assert.ok(line.length <= 100, line);
    });
  }

  it('names every setting of a command in its help', async () => {
    for (const [command, table] of [
      ['serve', CONFIG_SETTINGS],
      ['demo', { ...DEMO_SETTINGS, ...DEMO_KEY_SETTINGS }],
      ['copy', COPY_SETTINGS],
      ['redact', { ...TRY_SETTINGS, ...REDACTION_SETTINGS }],
      ['backup', BACKUP_SETTINGS],
      ['restore', RESTORE_SETTINGS],
      ['migrate', STORE_SETTINGS],
      [
        'sessions',
        {
          ...LIST_SESSIONS_SETTINGS,
          ...SELECTION_SETTINGS,
          ...EXPORT_SETTINGS,
          ...FILTER_SETTINGS,
          ...CONNECTION_SETTINGS,
          ...PROFILE_SETTINGS,
        },
      ],
      ['import', { ...IMPORT_SETTINGS, ...CONNECTION_SETTINGS, ...PROFILE_SETTINGS }],
      ['mcp', { ...CONNECTION_SETTINGS, ...PROFILE_SETTINGS }],
      ['retention', { ...RETENTION_SETTINGS, ...KEEP_SETTINGS, ...PLACE_SETTINGS, ...CONNECTION_SETTINGS }],
      ['why', { ...SHOW_SETTINGS, ...CONNECTION_SETTINGS, ...PROFILE_SETTINGS }],
    ] as const) {
      const { out } = await outcomeOf([command, '--help']);
      for (const { flag } of Object.values(table)) assert.match(out, new RegExp(`^ {2}--${flag}\\b`, 'm'));
    }
  });

  it('shows what retention would remove: of a server, or of the data itself where that is named', async () => {
    const asked = await outcomeOf(['retention', '--keep-sessions', '90d,shop=30d'], {
      SOJOURN_KEEP_SIZE: '50GB',
    });
    assert.deepEqual(asked.read?.command, {
      ...{ kind: 'retention', query: { keepSessions: '90d,shop=30d' }, limit: 10, json: false },
    });
    const { retained } = await outcomeOf(['retention', '--data', 'here', '--keep-size', '50GB'], {
      SOJOURN_KEEP_SESSIONS: '90d',
    });
    assert.deepEqual(retained?.place, { data: 'here', store: undefined });
    assert.equal(retained.keep.keepBytes, 50e9);
    assert.equal(retained.keep.keepSessions.ms, 90 * 86_400_000);
    const both = await outcomeOf(['retention', '--data', 'here', '--key', 'sjn_x']);
    assert.equal(both.code, 2);
    assert.match(both.errors, /--key is for a server/);
  });

  it('passes settings to the server', async () => {
    const { code, served } = await outcomeOf(['serve', '--port', '5000', '--implicit-sessions', 'off'], {
      SOJOURN_GRPC_PORT: '5001',
    });
    assert.equal(code, 0);
    assert.equal(served?.port, 5000);
    assert.equal(served?.grpcPort, 5001);
    assert.equal(served?.implicitSessions, false);
  });

  it('passes options to the demo', async () => {
    const { played } = await outcomeOf([
      'demo',
      '--live',
      '--seed',
      '7',
      '--endpoint',
      'http://127.0.0.1:5000/',
    ]);
    assert.deepEqual(played, {
      endpoint: 'http://127.0.0.1:5000',
      sessions: 200,
      days: 3,
      seed: 7,
      live: true,
      key: undefined,
    });
    const { played: keyed } = await outcomeOf(['demo'], { SOJOURN_KEY: 'sjn_a' });
    assert.equal(keyed?.key, 'sjn_a');
    const { played: flagged } = await outcomeOf(['demo', '--key', 'sjn_b'], { SOJOURN_KEY: 'sjn_a' });
    assert.equal(flagged?.key, 'sjn_b');
  });

  for (const [args, env, endpoint] of [
    [[], {}, 'http://127.0.0.1:4318'],
    [[], { SOJOURN_PORT: '5000' }, 'http://127.0.0.1:5000'],
    [['--port', '5001'], { SOJOURN_PORT: '5000' }, 'http://127.0.0.1:5001'],
    [['--config', 'c.json'], {}, 'http://10.0.0.5:6000'],
    [[], { SOJOURN_CONFIG: 'c.json', SOJOURN_HOST: '0.0.0.0' }, 'http://127.0.0.1:6000'],
    [['--host', '::', '--port', '7000'], {}, 'http://[::1]:7000'],
    [['--host', '::1'], {}, 'http://[::1]:4318'],
    [['--endpoint', 'https://a.example/otlp'], { SOJOURN_PORT: '0' }, 'https://a.example/otlp'],
  ] as const) {
    it(`sends the demo to the address of the server: ${JSON.stringify([args, env])}`, async () => {
      // The server validates the rest of the file.
      const files = { 'c.json': '{"host":"10.0.0.5","port":6000,"insecure":true,"data":"x"}' };
      const { code, played, errors } = await outcomeOf(['demo', ...args], env, files);
      assert.equal(errors, '');
      assert.equal(code, 0);
      assert.equal(played?.endpoint, endpoint);
    });
  }

  it('reads from the server of this machine, or of a flag, a profile or variables, in this order', async () => {
    const files = {
      '/home/me/sojourn/profiles.json':
        '{"production": {"server": "https://a.example/base", "key": "sjn_p", "project": "shop"}}',
    };
    const here = { XDG_CONFIG_HOME: '/home/me' };
    const none = { key: undefined, project: undefined };
    for (const [args, env, connection] of [
      [[], {}, { ...none, server: 'http://127.0.0.1:4318' }],
      [[], { SOJOURN_PORT: '5000' }, { ...none, server: 'http://127.0.0.1:5000' }],
      [
        ['--profile', 'production'],
        here,
        { server: 'https://a.example/base', key: 'sjn_p', project: 'shop' },
      ],
      [
        ['--project', 'api'],
        { ...here, SOJOURN_PROFILE: 'production', SOJOURN_KEY: 'sjn_v', SOJOURN_SERVER: 'http://b.example' },
        { server: 'https://a.example/base', key: 'sjn_p', project: 'api' },
      ],
      [
        ['--server', 'http://c.example'],
        { SOJOURN_KEY: 'sjn_v', SOJOURN_SERVER: 'http://b.example' },
        { ...none, server: 'http://c.example', key: 'sjn_v' },
      ],
    ] as const) {
      const { read, errors } = await outcomeOf(['why', 'a/b', ...args], env, files);
      assert.equal(errors, '');
      assert.deepEqual(read, { command: { kind: 'why', id: 'a/b', json: false }, connection });
    }
    const other = await outcomeOf(
      ['why', 'x', '--profile', 'production', '--server', 'http://c.example'],
      here,
      files,
    );
    assert.equal(
      other.errors,
      'sojourn: --server with a profile: the key of the profile is for its own server; give --key\n',
    );
    const unknown = await outcomeOf(['why', 'x', '--profile', 'prodution'], here, files);
    assert.match(unknown.errors, /there is no profile "prodution" in .*; did you mean "production"\?/);
    const wrong = await outcomeOf(['why', 'x', '--server', 'nowhere', '--key', 'sjn_secret\n']);
    assert.match(wrong.errors, /--server must be an address/);
    assert.doesNotMatch(wrong.errors, /secret/);
  });

  it('passes filters to lists as the API has them', async () => {
    const { read } = await outcomeOf([
      ...[
        'sessions',
        'list',
        '--service',
        'a,b',
        '--service',
        'c',
        '--user-id',
        'u 1',
        '--has-errors',
        'true',
      ],
      ...['--last', '24h', '--limit', '7', '--json', '--sort', 'cost', '--order', 'asc'],
    ]);
    assert.deepEqual(read?.command, {
      kind: 'list',
      query: { service: ['a', 'b', 'c'], userId: 'u 1', hasErrors: 'true', sort: 'cost', order: 'asc' },
      ...{ limit: 7, range: { lastMs: 86_400_000, during: undefined }, json: true },
    });
  });

  for (const command of ['list', 'search', 'top', 'groups', 'tools', 'errors', 'export']) {
    it(`takes a search and a range of time: sessions ${command}`, async () => {
      const args = ['sessions', command, '--during', 'last-week', '--q', 'refund', '--output', 'a.csv'];
      const { read, errors } = await outcomeOf(command === 'export' ? args : args.slice(0, -2));
      assert.equal(errors, '');
      assert.ok(read !== undefined && 'range' in read.command);
      assert.deepEqual(read.command.range, { lastMs: undefined, during: 'last-week' });
      assert.equal((read.command.query as { q?: string }).q, 'refund');
    });
  }

  for (const [first, second] of [
    [
      ['--last', '1h'],
      ['--start-time', '2026-03-01T00:00:00Z'],
    ],
    [
      ['--last', '1h'],
      ['--during', 'today'],
    ],
    [
      ['--during', 'today'],
      ['--end-time', '2026-03-01T00:00:00Z'],
    ],
  ] as const) {
    it(`refuses ${first[0]} with ${second[0]}`, async () => {
      const { code, errors } = await outcomeOf(['sessions', 'tools', ...second, ...first]);
      assert.equal(code, 2);
      assert.equal(errors, `sojourn: ${first[0]} and ${second[0]} exclude each other\n`);
    });
  }

  it('passes the two stores to the copy, also by variables', async () => {
    const url = 'postgres://sojourn:secret@db/sojourn';
    assert.deepEqual((await outcomeOf(['copy', '--from', './data', '--to', url])).copied, {
      from: './data',
      to: url,
    });
    const { copied } = await outcomeOf(['copy', '--to', 'copy'], { SOJOURN_FROM: url });
    assert.deepEqual(copied, { from: url, to: 'copy' });
  });

  it('passes directories to backup, restore, check and repair, also by variables', async () => {
    const { backedUp } = await outcomeOf(['backup', '--to', 'b'], { SOJOURN_DATA: 'd' });
    assert.deepEqual(backedUp, { data: 'd', to: 'b' });
    const { restored } = await outcomeOf(['restore', '--from', 'b', '--data', 'd', '--accept-damage']);
    assert.deepEqual(restored, { from: 'b', data: 'd', acceptDamage: true });
    const files = { 'c.json': '{"data":"d"}' };
    const { checked } = await outcomeOf(['check', '--full', '--config', 'c.json'], {}, files);
    assert.deepEqual(checked, { data: 'd', isFull: true });
    assert.equal((await outcomeOf(['repair', '--data', 'd'])).repaired, 'd');
    for (const [command, flag] of [
      ['backup', '--to'],
      ['restore', '--from'],
    ] as const) {
      const { code, errors } = await outcomeOf([command]);
      assert.equal(code, 2);
      assert.match(errors, new RegExp(`${command} needs ${flag}`));
    }
  });

  it('passes the database of the server to the migration, wherever it is set', async () => {
    const url = 'postgres://sojourn@db/sojourn';
    assert.equal((await outcomeOf(['migrate', '--store', url])).migrated, url);
    assert.equal((await outcomeOf(['migrate'], { SOJOURN_STORE: url })).migrated, url);
    const files = { 'c.json': `{"store":"${url}","port":"the server checks it"}` };
    assert.equal((await outcomeOf(['migrate', '--config', 'c.json'], {}, files)).migrated, url);
  });

  it('passes the settings of redaction to the trial, wherever they are set', async () => {
    const files = { 'c.json': '{"redact-sets":["cards"],"port":"the server checks it"}' };
    const args = ['redact', '--try', 'a.log', '--config', 'c.json', '--content', 'off'];
    assert.deepEqual((await outcomeOf(args, { SOJOURN_REDACT: 'rules.json' }, files)).tried, {
      try: 'a.log',
      redact: 'rules.json',
      redactSets: ['cards'],
      content: false,
      userIds: 'auto',
    });
    const { code, errors } = await outcomeOf(['redact']);
    assert.equal(code, 2);
    assert.match(errors, /needs --try/);
  });

  it('shows the version', async () => {
    for (const args of [['version'], ['--version'], ['-v']])
      assert.equal((await outcomeOf(args)).out, '1.2.3\n');
  });

  for (const [args, message] of [
    [['srve'], 'unknown command "srve"; did you mean serve?'],
    [['constructor'], 'unknown command "constructor"; see sojourn help'],
    [['--port', '5'], 'flags stand after the command, as in: sojourn serve --port'],
    [['serve', '--prot', '5'], 'unknown flag --prot; did you mean --port?'],
    [
      ['serve', 'now'],
      'serve takes no argument "now"; with npm, flags follow two hyphens: npm start -- --port 8080',
    ],
    [['serve', '--port', 'x'], '--port must be a whole number from 0 to 65535, not "x"'],
    [['demo', '--days', '0'], '--days must be a number from 0.1 to 365, not "0"'],
    [['demo', '--seed', '-1'], '--seed must be a whole number from 0 to 4294967295, not "-1"'],
    [['demo', '--port', '0'], '--port 0 is a port that only the server knows; name it with --endpoint'],
    [['demo', '--config', 'none'], '--config: cannot read "none": there is no such file'],
    [['copy', '--from', 'a'], 'copy needs --from and --to: a data directory or the URL of a database each'],
    [['copy', '--from', 'a', '--to', 'a'], '--from and --to are the same'],
    [
      ['copy', '--from', 'a', '--to', 'mysql://b'],
      '--to must be the path of a data directory, or an address such as postgres://user@host:5432/database, not "mysql://b"',
    ],
    [
      ['migrate'],
      '--store is needed, with the URL of a PostgreSQL database; a data directory is brought up to date when a server starts on it',
    ],
    [['migrate', '--store', './data'], `--store must be ${postgresUrl.allowed}, not "./data"`],
    [
      ['migrate', '--store', 'postgres://b/c?sslmode=allow'],
      `--store must be ${postgresUrl.allowed}, not "postgres://b/c?sslmode=allow"`,
    ],
    [
      ['migrate', '--store', 'postgress://ann:secret@b/c'],
      `--store must be ${postgresUrl.allowed}, not what is given (not shown, for it may have a password)`,
    ],
    [
      ['serve', '--data', 'a', '--store', 'postgres://b/c'],
      '--data and --store exclude each other: a server keeps its data in a directory or in a database',
    ],
    [['sign-ins', 'revok'], 'unknown command sign-ins "revok"; did you mean sign-ins revoke?'],
    [['sign-ins', 'x'], 'unknown command sign-ins "x"; sign-ins is followed by list, revoke'],
    [['sign-ins', 'revoke'], 'sign-ins revoke needs an id, or who signed in, which sign-ins list shows'],
    [['help', 'me'], 'unknown command "me"; see sojourn help'],
    [['version', '2'], 'version takes no argument "2"'],
  ] as const) {
    it(`refuses ${JSON.stringify(args)} in one line with code 2`, async () => {
      const { code, out, errors } = await outcomeOf(args);
      assert.equal(errors, `sojourn: ${message}\n`);
      assert.equal(out, '');
      assert.equal(code, 2);
    });
  }

  it('names variables that look like misspelled settings, and serves', async () => {
    const env = {
      ...{ SOJOURN_PROT: '5', SOJOURN_GRPC_PRT: '6', SOJOURN_PORT: '7', SOJOURN_CONFG: '' },
      ...{
        SOJOURN_SERVICE_HOST: '10.0.0.1',
        SOJOURN_PORT_4318_TCP_ADDR: '10.0.0.1',
        SOJOURN: 'x',
        PROT: '8',
      },
    };
    const { code, errors, served } = await outcomeOf(['serve'], env);
    assert.deepEqual(errors.trimEnd().split('\n'), [
      'sojourn: SOJOURN_PROT is no setting; did you mean SOJOURN_PORT?',
      'sojourn: SOJOURN_GRPC_PRT is no setting; did you mean SOJOURN_GRPC_PORT?',
      'sojourn: SOJOURN_CONFG is no setting; did you mean SOJOURN_CONFIG?',
    ]);
    assert.equal(code, 0);
    assert.equal(served?.port, 7);
  });

  it('answers any arguments with a command, help, or lines with the errors', async () => {
    const flag = fc.constantFrom(
      ...[CONFIG_SETTINGS, DEMO_SETTINGS, COPY_SETTINGS]
        .flatMap((table) => settingsOf<unknown>(table))
        .map((each) => `--${each.flag}`),
    );
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      flag,
      fc.constantFrom(
        'serve',
        'demo',
        'copy',
        'migrate',
        'help',
        'version',
        '--help',
        '--',
        '-',
        '--=x',
        '-hx',
        '--no-port',
        '5',
        'off',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (args) => {
        const outcome = await outcomeOf(args);
        const { code, out, errors } = outcome;
        const done =
          outcome.served ??
          outcome.played ??
          outcome.copied ??
          outcome.migrated ??
          outcome.backedUp ??
          outcome.restored ??
          outcome.checked ??
          outcome.repaired ??
          outcome.tried ??
          outcome.read ??
          outcome.mcp;
        if (code === 2) {
          assert.match(errors, /^(?:sojourn: [^\p{Cc}]+\n)+$/u);
          assert.equal(done, undefined);
        } else {
          assert.equal(code, 0);
          assert.equal(errors, '');
          assert.ok(out !== '' || done !== undefined);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('docs/configuration.md is up to date', async () => {
  // From dist/src/cli up to the package.
  const written = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  const { out } = await outcomeOf(['help', '--markdown']);
  assert.equal(
    written,
    out,
    'out of date; run: node dist/src/cli/sojourn.js help --markdown > docs/configuration.md',
  );
});
