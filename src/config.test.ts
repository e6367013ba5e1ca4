import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CONFIG_SETTINGS, type Config, type ConfigSources, loadConfig } from './config.js';
import { settingsOf, variableName } from './settings.js';

interface Given {
  readonly flags?: Readonly<Record<string, string | readonly string[]>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Content of the configuration file; undefined if there is none. */
  readonly file?: string;
}

function load({ flags = {}, env = {}, file }: Given) {
  const sources: ConfigSources = {
    flags: new Map(Object.entries(flags).map(([name, value]) => [name, [value].flat()])),
    env,
    readFile(path) {
      if (file === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
      return file;
    },
  };
  return loadConfig(sources);
}

function configOf(given: Given): Config {
  const result = load(given);
  if (!result.ok) assert.fail(result.errors.join('\n'));
  return result.value;
}

function errorsOf(given: Given): readonly string[] {
  const result = load(given);
  if (result.ok) assert.fail('expected errors');
  return result.errors;
}

describe('settings', () => {
  it('have valid defaults that can be written in a user’s form', () => {
    const config = configOf({});
    assert.equal(config.port, 4318);
    assert.equal(config.grpcPort, 4317);
    assert.equal(config.host, 'localhost');
    assert.equal(config.data, './sojourn-data');
    for (const { flag, kind, default: value } of settingsOf(CONFIG_SETTINGS)) {
      const written = kind.format(value);
      if (written !== '') assert.deepEqual(kind.parse(written), value, flag);
    }
  });

  it('have one name each', () => {
    const flags = settingsOf(CONFIG_SETTINGS).map(({ flag }) => flag);
    assert.equal(new Set(flags).size, flags.length);
    assert.equal(variableName('grpc-port'), 'SOJOURN_GRPC_PORT');
  });

  it('come from flags before environment before file before default', () => {
    const file = '{"port":1001}';
    const env = { SOJOURN_PORT: '1002', SOJOURN_CONFIG: 'sojourn.json' };
    assert.equal(configOf({}).port, 4318);
    assert.equal(configOf({ flags: { config: 'sojourn.json' }, file }).port, 1001);
    assert.equal(configOf({ env, file }).port, 1002);
    assert.equal(configOf({ flags: { port: '1003' }, env, file }).port, 1003);
  });

  it('take the last of several flags, and all of a list', () => {
    assert.equal(configOf({ flags: { port: ['1', '2'] } }).port, 2);
    assert.deepEqual(
      configOf({ flags: { 'allowed-hosts': ['A.example,b.example', '10.0.0.1'] } }).allowedHosts,
      ['a.example', 'b.example', '10.0.0.1'],
    );
  });

  it('ignore empty variables and the links that Kubernetes sets', () => {
    assert.equal(configOf({ env: { SOJOURN_PORT: '' } }).port, 4318);
    assert.equal(configOf({ env: { SOJOURN_PORT: 'tcp://10.0.0.1:4318' } }).port, 4318);
  });

  const readings: [Given, Partial<Config>][] = [
    [{ flags: { 'max-request-size': '8MiB' } }, { maxRequestBytes: 8 * 2 ** 20 }],
    [{ flags: { 'max-request-size': '8mb' } }, { maxRequestBytes: 8e6 }],
    [{ flags: { 'max-request-size': '1.5 KiB' } }, { maxRequestBytes: 1536 }],
    [{ flags: { 'max-request-size': '1048576' } }, { maxRequestBytes: 2 ** 20 }],
    [{ flags: { 'idle-after': '90s' } }, { activeMs: 90_000 }],
    [{ flags: { 'idle-after': '10m', 'timeout-after': '1h' } }, { activeMs: 600_000, timeoutMs: 3_600_000 }],
    [{ flags: { 'idle-after': '1500' } }, { activeMs: 1_500 }],
    [{ flags: { 'implicit-sessions': 'OFF' } }, { implicitSessions: false }],
    [{ flags: { 'sessions-by': 'user' } }, { sessionsBy: 'user' }],
    [{ flags: {} }, { quietRoutes: ['default'] }],
    [
      { flags: { 'quiet-routes': 'default, /internal/*,get /status' } },
      { quietRoutes: ['default', '/internal/*', 'GET /status'] },
    ],
    [{ flags: { 'quiet-routes': 'none' } }, { quietRoutes: [] }],
    [{ env: { SOJOURN_QUIET_ROUTES: '' } }, { quietRoutes: ['default'] }],
    [{ env: { SOJOURN_QUIET_ROUTES: 'OPTIONS' } }, { quietRoutes: ['OPTIONS'] }],
    [{ flags: { insecure: 'on', host: '0.0.0.0' } }, { insecure: true, host: '0.0.0.0' }],
    [{ flags: { host: '[::1]' } }, { host: '::1' }],
    [{ flags: { host: 'localhost' } }, { host: 'localhost' }],
    [
      { flags: { 'cors-origins': 'https://shop.example,http://127.0.0.1:8080' } },
      { corsOrigins: ['https://shop.example', 'http://127.0.0.1:8080'] },
    ],
    [{ flags: { 'cors-origins': '' } }, { corsOrigins: [] }],
    [
      {
        flags: { 'cors-origins': 'null,https://*.Shop.example,capacitor://localhost,https://a.example:443/' },
      },
      { corsOrigins: ['null', 'https://*.shop.example', 'capacitor://localhost', 'https://a.example'] },
    ],
    [
      {
        flags: { config: 'c' },
        file: '\uFEFF{"port": 0, "insecure": true, "idle-after": 1000, "cors-origins": ["*"], "max-pending-size": "1GiB"}',
      },
      { port: 0, insecure: true, activeMs: 1_000, corsOrigins: ['*'], maxPendingBytes: 2 ** 30 },
    ],
  ];
  for (const [given, expected] of readings) {
    it(`reads ${JSON.stringify(given)}`, () => {
      const config = configOf(given);
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(config[name as keyof Config], value);
    });
  }

  const mistakes: [Given, RegExp][] = [
    [{ flags: { port: '65536' } }, /^--port must be a whole number from 0 to 65535, not "65536"$/],
    [{ flags: { port: '1e3' } }, /^--port must be/],
    [{ flags: { port: '-1' } }, /^--port must be/],
    [{ env: { SOJOURN_PORT: 'x' }, flags: { port: '1' } }, /^SOJOURN_PORT must be a whole number/],
    [{ flags: { 'idle-after': '5x' } }, /^--idle-after must be a time such as 5m/],
    [{ flags: { 'max-request-size': '2TiB' } }, /^--max-request-size must be a size such as 64MiB/],
    [{ flags: { 'max-request-size': '2GiB' } }, /from 1KiB to 1GiB, not "2GiB"$/],
    [{ flags: { insecure: 'maybe' } }, /^--insecure must be on or off/],
    [{ flags: { 'user-ids': 'Keep' } }, /^--user-ids must be one of auto, keep, pseudonymize, not "Keep"$/],
    [{ flags: { 'quiet-routes': 'healthz' } }, /^--quiet-routes must be default, none, or methods and paths/],
    [{ flags: { 'quiet-routes': 'none,/a' } }, /^--quiet-routes must be/],
    [{ flags: { 'quiet-routes': '' } }, /^--quiet-routes must be default, none, or .*, not ""$/],
    [{ env: { SOJOURN_QUIET_ROUTES: ' ,' } }, /^SOJOURN_QUIET_ROUTES must be default, none, /],
    [{ flags: { data: ' ' } }, /^--data must be the path of a directory/],
    [{ flags: { host: '300.1.1.1' } }, /^--host must be an IP address or host name/],
    [
      { flags: { 'cors-origins': 'https://shop.example/page' } },
      /^--cors-origins must be loopback, \*, null or origins/,
    ],
    [{ flags: { 'cors-origins': 'https://*.com' } }, /^--cors-origins must be loopback/],
    [{ flags: { 'cors-origins': 'https://www.*.example' } }, /^--cors-origins must be loopback/],
    [{ flags: { 'cors-origins': 'capacitor://localhost/page' } }, /^--cors-origins must be loopback/],
    [
      { flags: { insecure: 'on', 'require-keys': 'on' } },
      /^--insecure and --require-keys contradict each other/,
    ],
    [{ flags: { 'idle-after': '30m' } }, /^--timeout-after must be longer than --idle-after.*30m/],
    [{ flags: { port: '9000', 'grpc-port': '9000' } }, /^--grpc-port must differ from --port/],
    [
      { flags: { 'max-decompressed-size': '1MiB' } },
      /^--max-decompressed-size must be at least --max-request-size/,
    ],
    [
      { flags: { 'max-pending-size': '1MiB' } },
      /^--max-pending-size must be at least --max-decompressed-size/,
    ],
    [{ flags: { config: 'c.json' } }, /^--config: cannot read "c\.json": there is no such file$/],
    [{ flags: { config: 'c.json' }, file: '{"port":\n4}x' }, /^--config: "c\.json" is not JSON: /],
    [{ flags: { config: 'c.json' }, file: '[]' }, /must hold one JSON object/],
    [
      { flags: { config: 'c.json' }, file: '{"prot":1}' },
      /^"prot" in "c\.json" is no setting; did you mean "port"\?$/,
    ],
    [
      { flags: { config: 'c.json' }, file: '{"__proto__":{"port":1}}' },
      /^"__proto__" in "c\.json" is no setting/,
    ],
    [{ flags: { config: 'c.json' }, file: '{"port":null}' }, /^"port" in "c\.json" must be .*, not null$/],
    [
      { flags: { config: 'c.json' }, file: '{"allowed-hosts":[1]}' },
      /^"allowed-hosts" in "c\.json" must be host names/,
    ],
  ];
  for (const [given, expected] of mistakes) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      const errors = errorsOf(given);
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.match(errors[0]!, expected);
    });
  }

  it('report all errors at once', () => {
    assert.equal(
      errorsOf({ flags: { port: 'a', 'grpc-port': 'b' }, env: { SOJOURN_LOG_LEVEL: 'loud' } }).length,
      3,
    );
  });

  it('answer any input with settings or error lines', () => {
    const flag = fc.constantFrom(...settingsOf(CONFIG_SETTINGS).map((setting) => setting.flag), 'config');
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('0', '1e9', '5m', 'on', '1:2', '::', '9'.repeat(20)),
    );
    fc.assert(
      fc.property(fc.dictionary(flag, word), fc.oneof(fc.json(), fc.string()), (values, file) => {
        const env = Object.fromEntries(
          Object.entries(values).map(([name, value]) => [variableName(name), value]),
        );
        for (const given of [
          { flags: values, file },
          { env, file },
          { flags: { config: 'c' }, file },
        ]) {
          const result = load(given);
          if (!result.ok) for (const error of result.errors) assert.match(error, /^[^\p{Cc}]{1,700}$/u);
        }
      }),
    );
  });

  it('keep sessions for a time, for all projects or some', () => {
    assert.deepEqual(configOf({}).keepSessions, { ms: undefined, msOf: new Map() });
    const { keepSessions, keepBytes } = configOf({
      flags: { 'keep-sessions': '90d, shop=30d,a.b=36h', 'keep-size': '50GB' },
    });
    const day = 86_400_000;
    assert.deepEqual(keepSessions, {
      ms: 90 * day,
      msOf: new Map([
        ['shop', 30 * day],
        ['a.b', 1.5 * day],
      ]),
    });
    assert.equal(keepBytes, 50e9);
    assert.equal(CONFIG_SETTINGS.keepSessions.kind.format(keepSessions), '90d,shop=30d,a.b=36h');
    for (const wrong of ['soon', '90d,80d', 'shop=30d,shop=20d', 'Shop=30d', '=30d', 'shop=', '0d']) {
      assert.match(
        errorsOf({ flags: { 'keep-sessions': wrong } }).join(),
        /--keep-sessions must be times/,
        wrong,
      );
    }
    assert.match(errorsOf({ flags: { 'keep-sessions': '90d,shop=10m' } }).join(), /at least --timeout-after/);
  });
});
