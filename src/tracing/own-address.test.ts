import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwnAddress } from './own-address.js';

const OWN = {
  host: '0.0.0.0',
  ports: [4318, 4317],
  allowedHosts: ['sojourn.example'],
  machine: ['127.0.0.1', '10.0.0.7', 'fe80::1'],
};

test('addresses of this machine with a port of this server are its own', () => {
  for (const url of [
    'http://localhost:4318',
    'http://127.1.2.3:4317/x',
    'http://[::1]:4318',
    'http://10.0.0.7:4318',
  ])
    assert.ok(isOwnAddress(url, [], OWN), url);
});

test('so is a name that leads there, and a name by which the server is reached through a proxy', () => {
  assert.ok(isOwnAddress('http://here.example:4318', ['10.0.0.7'], OWN));
  assert.ok(isOwnAddress('https://SOJOURN.example/base', ['192.0.2.1'], OWN));
  assert.ok(isOwnAddress('http://here.example', ['10.0.0.7'], { ...OWN, ports: [80, 4317] }));
});

test('other machines, and other ports of this one, are not', () => {
  for (const url of ['http://localhost:5318', 'http://collector.example:4318', 'http://10.0.0.7'])
    assert.ok(!isOwnAddress(url, ['192.0.2.1'], OWN), url);
});
