import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nearest } from './nearest.js';

const FLAGS = ['host', 'port', 'grpc-port', 'timeout-after', 'idle-after'];

for (const [word, meant] of [
  ['prot', 'port'],
  ['port', 'port'],
  ['grpcport', 'grpc-port'],
  ['time-out-after', 'timeout-after'],
  ['PORT', 'port'],
  ['Host', 'host'],
  ['idle', undefined],
  ['completely-other', undefined],
  ['', undefined],
  [`port${'t'.repeat(100)}`, undefined],
] as const) {
  it(`takes ${JSON.stringify(word.slice(0, 20))} for ${meant ?? 'nothing'}`, () => {
    assert.equal(nearest(word, FLAGS), meant);
  });
}
