import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress, refusalOf } from './address-guard.js';
import { sendWebhook } from './send.js';

test('private, local and special addresses are not public, in whatever form', () => {
  const refused = [
    ...['127.0.0.1', '0.0.0.0', '10.1.2.3', '100.64.0.1', '169.254.169.254', '172.31.0.1', '192.168.1.1'],
    ...['224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1', 'ff02::1', '::ffff:10.0.0.1'],
    ...['::ffff:7f00:1', '0:0:0:0:0:ffff:a00:1', '64:ff9b::a00:1', '2002:a00:1::', 'localhost', ''],
  ];
  for (const address of refused) assert.equal(isPublicAddress(address), false, address);
  for (const address of ['1.1.1.1', '172.32.0.1', '2606:4700:4700::1111', '::ffff:1.1.1.1']) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

test('addresses are refused by what they say, unless the operator allows their host', () => {
  const refused = [
    ...['nowhere', 'ftp://a.example', 'http://a.example', 'https://user:x@a.example', 'https://10.0.0.1/'],
    ...['https://[::1]/', 'https://2130706433/', 'https://0x7f.1/', 'https://[::ffff:127.0.0.1]/'],
  ];
  for (const url of refused) assert.notEqual(refusalOf(url, []), undefined, url);
  assert.equal(refusalOf('https://a.example/x', []), undefined);
  assert.equal(refusalOf('http://alerts.internal:9093/', ['alerts.internal']), undefined);
  assert.equal(refusalOf('http://[::1]:1/', ['::1']), undefined);
  assert.notEqual(refusalOf('http://other.internal/', ['alerts.internal']), undefined);
});

test('a name with a private address is not connected to', async () => {
  await assert.rejects(
    sendWebhook({ url: 'https://localhost:1/', headers: {}, body: '{}' }, []),
    /localhost has a private address, and is not in --webhook-hosts/,
  );
});
