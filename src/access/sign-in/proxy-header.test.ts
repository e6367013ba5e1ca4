import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyHeader } from './proxy-header.js';

const proxy = new ProxyHeader({
  header: 'x-forwarded-user',
  proxies: ['127.0.0.1', '10.1.0.0/16', 'fd00::/8'],
  admins: ['alice'],
});

async function callerOf(peer: string, user: string | undefined): Promise<string | undefined> {
  const header = (name: string): string | undefined => (name === 'x-forwarded-user' ? user : undefined);
  const identity = await proxy.authenticate({ header, address: '8.8.8.8', peer });
  return identity && `${identity.actor} ${identity.via} ${identity.scopes.join('+')}`;
}

test('the user named by a trusted proxy is a viewer, or an admin', async () => {
  for (const peer of ['127.0.0.1', '::ffff:127.0.0.1', '10.1.200.3', 'fd12::1', 'fd12::1%eth0']) {
    assert.equal(await callerOf(peer, 'bob'), 'user:bob proxy read+score', peer);
    assert.equal(await callerOf(peer, ' alice '), 'user:alice proxy read+admin', peer);
  }
});

test('nobody else can name a user', async () => {
  for (const peer of ['127.0.0.2', '10.2.0.1', '8.8.8.8', '::1', 'fe80::1', '']) {
    assert.equal(await callerOf(peer, 'alice'), undefined, peer);
  }
});

test('a name that is empty or too long is none', async () => {
  for (const user of [undefined, '', ' ', '\u0000', 'a'.repeat(257)]) {
    assert.equal(await callerOf('127.0.0.1', user), undefined);
  }
});
