import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { listenOn } from './listen.js';

const HAS_IPV6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

async function close(servers: readonly Server[]): Promise<void> {
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
}

test('localhost is both loopback addresses, on one port', { skip: !HAS_IPV6 && 'no IPv6' }, async () => {
  const { servers, address, port } = await listenOn('localhost', 0, createServer);
  assert.deepEqual(
    servers.map((server) => server.address()),
    [
      { address: '127.0.0.1', family: 'IPv4', port },
      { address: '::1', family: 'IPv6', port },
    ],
  );
  assert.equal(address, '127.0.0.1');
  for (const host of ['127.0.0.1', '::1']) {
    const socket = connect(port, host);
    await once(socket, 'connect');
    socket.destroy();
  }
  await close(servers);
});

test('any other host is itself', async () => {
  const { servers, address, port } = await listenOn('127.0.0.1', 0, createServer);
  assert.deepEqual(
    servers.map((server) => server.address()),
    [{ address: '127.0.0.1', family: 'IPv4', port }],
  );
  assert.equal(address, '127.0.0.1');
  await close(servers);
});

test('a port that is taken on one of the addresses is refused', {
  skip: !HAS_IPV6 && 'no IPv6',
}, async () => {
  for (const host of ['127.0.0.1', '::1']) {
    const other = createServer().listen(0, host);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const made: Server[] = [];
    const create = (): Server => {
      const server = createServer();
      made.push(server);
      return server;
    };
    await assert.rejects(listenOn('localhost', port, create), { code: 'EADDRINUSE' });
    assert.ok(made.every((server) => !server.listening));
    await close([other]);
  }
});

test('rejects if the host has no address', async () => {
  await assert.rejects(listenOn('192.0.2.1', 0, createServer), { code: 'EADDRNOTAVAIL' });
});
