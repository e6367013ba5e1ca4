import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urlForDriver, urlWithoutTls } from './tls-url.js';

const URL = 'postgres://ann@db.example/sojourn';

test('a URL says the same to the driver as to psql', () => {
  for (const [url, env, expected] of [
    [URL, {}, URL],
    [URL, { PGSSLROOTCERT: '/ca.crt' }, URL],
    [`${URL}?sslmode=require`, {}, `${URL}?sslmode=require&uselibpqcompat=true`],
    [`${URL}?sslmode=require&uselibpqcompat=false`, {}, `${URL}?sslmode=require&uselibpqcompat=false`],
    [`${URL}?sslmode=verify-full&sslrootcert=system`, {}, `${URL}?sslmode=verify-full&uselibpqcompat=true`],
    [URL, { PGSSLMODE: 'require' }, `${URL}?sslmode=require&uselibpqcompat=true`],
    [
      `${URL}?sslmode=verify-ca`,
      { PGSSLMODE: 'disable', PGSSLROOTCERT: '/ca.crt' },
      `${URL}?sslmode=verify-ca&sslrootcert=%2Fca.crt&uselibpqcompat=true`,
    ],
  ] as const) {
    assert.equal(urlForDriver(url, env), expected);
  }
});

test('only prefer does without TLS', () => {
  assert.equal(urlWithoutTls(`${URL}?sslmode=prefer&sslrootcert=%2Fca.crt`), `${URL}?sslmode=disable`);
  for (const mode of ['disable', 'require', 'verify-ca', 'verify-full'])
    assert.equal(urlWithoutTls(`${URL}?sslmode=${mode}`), undefined);
});
