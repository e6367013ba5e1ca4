import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startFaultyProxy } from './faulty-proxy.js';
import { startPostgres, withoutPostgres } from './postgres.js';

/** Long enough to see that nothing arrives. */
const QUIET_MS = 100;

const received: Buffer[] = [];
let served: Socket | undefined;
const echo = createServer({ allowHalfOpen: true }, (socket) => {
  served = socket;
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk);
    socket.write(chunk);
  });
  socket.on('end', () => socket.end());
}).listen(0, '127.0.0.1');
await once(echo, 'listening');
const proxy = await startFaultyProxy({ port: (echo.address() as AddressInfo).port });
after(async () => {
  await proxy.stop();
  echo.close();
});

/** A client's connection, with what it has received. */
class Caller {
  text = '';
  error: string | undefined;
  readonly socket: Socket = connect(proxy.port, '127.0.0.1');

  constructor() {
    this.socket.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
    });
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code;
    });
  }

  async receives(text: string): Promise<void> {
    while (this.text.length < text.length) await once(this.socket, 'data');
    assert.equal(this.text, text);
  }

  async closes(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close').catch(() => once(this.socket, 'close'));
  }
}

async function caller(): Promise<Caller> {
  const made = new Caller();
  made.socket.write('hello ');
  await made.receives('hello ');
  return made;
}

test('forwards all bytes, and the end of each direction', async () => {
  const client = await caller();
  const large = 'x'.repeat(5_000_000);
  client.socket.end(large);
  await once(client.socket, 'end');
  assert.equal(client.text.length, 6 + large.length);
  await client.closes();
  assert.equal(client.error, undefined);
});

test('cuts all connections, and accepts new ones', async () => {
  const [first, second] = [await caller(), await caller()];
  assert.equal(proxy.connections, 2);
  proxy.cutAll();
  await Promise.all([first.closes(), second.closes()]);
  assert.deepEqual([first.error, second.error], ['ECONNRESET', 'ECONNRESET']);
  const third = await caller();
  third.socket.destroy();
});

test('cuts after a number of bytes to the server', async () => {
  const client = await caller();
  received.length = 0;
  proxy.cutAfter(4);
  client.socket.write('ab');
  await client.receives('hello ab');
  client.socket.write('cdef');
  await client.closes();
  assert.equal(client.error, 'ECONNRESET');
  assert.equal(Buffer.concat(received).toString(), 'abcd');
  const next = await caller();
  next.socket.destroy();
});

test('cuts after a number of bytes to the client', async () => {
  const client = await caller();
  received.length = 0;
  proxy.cutAfter(4, 'toClient');
  client.socket.write('abcdef');
  await client.closes();
  assert.equal(client.text, 'hello abcd');
  assert.equal(Buffer.concat(received).toString(), 'abcdef');
});

test('delays in both directions, in order', async () => {
  const client = await caller();
  proxy.delay(60);
  const start = performance.now();
  client.socket.write('one ');
  await delay(10);
  client.socket.write('two');
  await client.receives('hello one two');
  // Timers are early by less than a millisecond.
  assert.ok(performance.now() - start > 128, `${performance.now() - start} ms`);
  proxy.recover();
  client.socket.write('!');
  await client.receives('hello one two!');
  client.socket.destroy();
});

test('a blackhole forwards nothing until it recovers', async () => {
  const open = await caller();
  received.length = 0;
  proxy.blackhole();
  open.socket.write('lost?');
  const fresh = new Caller();
  fresh.socket.write('me too');
  await once(fresh.socket, 'connect');
  await delay(QUIET_MS);
  assert.deepEqual([open.text, fresh.text, received.length], ['hello ', '', 0]);
  proxy.recover();
  await open.receives('hello lost?');
  await fresh.receives('me too');
  open.socket.destroy();
  fresh.socket.destroy();
});

test('in a blackhole, the server does not see that a client has gone', async () => {
  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    const client = await caller();
    const server = served!;
    let hasEnded = false;
    for (const event of ['end', 'close']) server.once(event, () => (hasEnded = true));
    proxy.blackhole();
    client.socket[leave]();
    await delay(QUIET_MS);
    assert.equal(hasEnded, false);
    proxy.recover();
    if (!server.closed) await new Promise((resolve) => server.once('close', resolve));
  }
});

test('a commit whose answer is cut off has happened', { skip: withoutPostgres }, async () => {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const toPostgres = await startFaultyProxy({ port: postgres.port });
  try {
    const [direct, cut] = [url, toPostgres.through(url)].map(
      (each) => new Client({ connectionString: each }),
    );
    const errors: string[] = [];
    cut!.on('error', (error) => errors.push(error.message));
    await Promise.all([direct!.connect(), cut!.connect()]);
    await direct!.query('CREATE TABLE item (id int)');
    await cut!.query('BEGIN');
    await cut!.query('INSERT INTO item VALUES (1)');
    toPostgres.cutAfter(0, 'toClient');
    await assert.rejects(cut!.query('COMMIT'), /ECONNRESET|terminated/);
    assert.deepEqual((await direct!.query('SELECT id FROM item')).rows, [{ id: 1 }]);
    await direct!.end();
  } finally {
    await toPostgres.stop();
    await postgres.stop();
  }
});

test('a request to the server that is cut off has not happened', { skip: withoutPostgres }, async () => {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const toPostgres = await startFaultyProxy({ port: postgres.port });
  try {
    const [direct, cut] = [url, toPostgres.through(url)].map(
      (each) => new Client({ connectionString: each }),
    );
    cut!.on('error', () => {});
    await Promise.all([direct!.connect(), cut!.connect()]);
    await direct!.query('CREATE TABLE item (id int)');
    toPostgres.cutAfter(10, 'toServer');
    await assert.rejects(cut!.query('INSERT INTO item VALUES (1)'));
    assert.deepEqual((await direct!.query('SELECT id FROM item')).rows, []);
    await direct!.end();
  } finally {
    await toPostgres.stop();
    await postgres.stop();
  }
});
