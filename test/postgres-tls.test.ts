import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Connection } from '../src/store/postgres/connection.js';
import { connectionProblem } from '../src/store/postgres/connection-problem.js';
import { DatabaseError } from '../src/store/postgres/statement.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';

/** Each `sslmode` means what it means for psql: with a server that has TLS, and with one that has not. */

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const skip = withoutPostgres || (hasOpenssl ? false : 'there is no openssl here');
const STATEMENT_MS = 60_000;
const DAYS = '2';

let folder: string;
let secured: TestPostgres;
let plain: TestPostgres;
let urls: { readonly secured: string; readonly plain: string };

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** An authority, in files of this name. */
function makeAuthority(name: string): void {
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`];
  openssl('req', '-x509', ...key, '-out', `${name}.crt`, '-subj', `/CN=${name}`, '-days', DAYS);
}

/** Gives a server a certificate of the authority, for the name localhost, and turns TLS on. */
async function secure(server: TestPostgres, authority: string): Promise<void> {
  const place = (name: string): string => join(server.dataDirectory, name);
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    place('server.key'),
    '-out',
    'csr',
    '-subj',
    '/CN=x',
  );
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost');
  const signer = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
  openssl(
    'x509',
    '-req',
    '-in',
    'csr',
    ...signer,
    '-extfile',
    'names',
    '-out',
    place('server.crt'),
    '-days',
    DAYS,
  );
  const { uid, gid } = statSync(server.dataDirectory);
  for (const name of ['server.key', 'server.crt']) chownSync(place(name), uid, gid);
  appendFileSync(place('postgresql.conf'), 'ssl = on\n');
  await server.restart();
}

before(async () => {
  if (skip !== false) return;
  folder = mkdtempSync(join(tmpdir(), 'sojourn-tls-'));
  for (const name of ['known', 'other']) makeAuthority(name);
  [secured, plain] = await Promise.all([startPostgres(), startPostgres()]);
  await secure(secured, 'known');
  urls = { secured: await secured.createDatabase(), plain: await plain.createDatabase() };
});
after(async () => {
  if (skip !== false) return;
  await Promise.all([secured?.stop(), plain?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Attempt {
  readonly server?: 'plain';
  /** The name in the address. Default: an address that the certificate does not have. */
  readonly host?: 'localhost';
  readonly mode?: string;
  /** The authority that is trusted. */
  readonly trusted?: 'known' | 'other';
}

/** Whether the connection is encrypted, or why there is none. */
async function outcome({ server, host, mode, trusted }: Attempt): Promise<boolean | string> {
  const url = new URL(urls[server ?? 'secured']);
  if (host !== undefined) url.hostname = host;
  if (mode !== undefined) url.searchParams.set('sslmode', mode);
  if (trusted !== undefined) url.searchParams.set('sslrootcert', join(folder, `${trusted}.crt`));
  try {
    const connection = await Connection.open({ url: url.href, purpose: 'test', statementMs: STATEMENT_MS });
    const { rows } = await connection.run({
      text: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    });
    await connection.close();
    return rows[0]![0] as boolean;
  } catch (error) {
    assert.ok(error instanceof DatabaseError);
    return connectionProblem(error, url.href);
  }
}

describe('sslmode', { skip }, () => {
  const attempts: readonly (readonly [Attempt, boolean | RegExp])[] = [
    [{}, false],
    [{ mode: 'disable' }, false],
    [{ mode: 'prefer' }, true],
    [{ mode: 'prefer', server: 'plain' }, false],
    [{ mode: 'require' }, true],
    [{ mode: 'require', server: 'plain' }, /has no TLS: turn it on/],
    [{ mode: 'require', trusted: 'known' }, true],
    [{ mode: 'require', trusted: 'other' }, /authority that is not trusted/],
    [{ mode: 'verify-ca', trusted: 'known' }, true],
    [{ mode: 'verify-ca', trusted: 'other' }, /authority that is not trusted/],
    [{ mode: 'verify-ca' }, /sslrootcert=FILE/],
    [{ mode: 'verify-full', host: 'localhost', trusted: 'known' }, true],
    [{ mode: 'verify-full', trusted: 'known' }, /certificate for another name/],
    [{ mode: 'verify-full', host: 'localhost' }, /authority that is not trusted/],
    [{ mode: 'verify-full', host: 'localhost', trusted: 'known', server: 'plain' }, /has no TLS/],
  ];
  for (const [attempt, expected] of attempts) {
    const { mode = 'left out', trusted, host, server } = attempt;
    const where = `${server ?? 'TLS'} server${host === undefined ? '' : ' by its name'}`;
    const trust = trusted === undefined ? '' : `, trusting the ${trusted} authority`;
    test(`${mode}${trust}: ${where}`, async () => {
      const got = await outcome(attempt);
      if (typeof expected === 'boolean') assert.equal(got, expected);
      else assert.match(String(got), expected);
    });
  }

  test('a server that lets only encrypted connections in says so', async () => {
    const file = join(secured.dataDirectory, 'pg_hba.conf');
    writeFileSync(file, 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
    await secured.restart();
    assert.match(String(await outcome({})), /lets only encrypted connections in: add sslmode/);
    assert.equal(await outcome({ mode: 'require' }), true);
  });
});
