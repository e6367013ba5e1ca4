import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { AccessError } from '../../../src/access/access-error.js';
import type { KeyRecord } from '../../../src/access/access-store.js';
import { hashOfKey, newKey } from '../../../src/access/api-key.js';
import { KeyAuthenticator } from '../../../src/access/key-authenticator.js';
import { Random } from '../../../src/demo/random.js';
import { textMutator } from '../mutate-text.js';
import type { FuzzTarget } from '../target.js';
import { accessStoreOf } from './memory-access-store.js';

const NOW_MS = 1_790_000_000_000;

/**
 * The headers of a request, as text: they are accepted only if one of them is a key that was made, is not revoked and
 * has not expired, letter by letter.
 */
export async function openKeys(): Promise<FuzzTarget> {
  const random = new Random('keys');
  const secret = new Uint8Array(32).fill(7);
  const make = (): string =>
    newKey((size) => Uint8Array.from({ length: size }, () => random.int(0, 255))).text;
  const [good, revoked, expired, unknown] = [make(), make(), make(), make()];
  const record = (text: string, more: Partial<KeyRecord> = {}): KeyRecord => ({
    ...{
      id: text.slice(4, 16),
      hash: hashOfKey(text, secret),
      name: 'test',
      scopes: ['read'],
      project: undefined,
    },
    ...{
      origins: [],
      requestsPerMinute: undefined,
      createdAtMs: 0,
      expiresAtMs: undefined,
      revokedAtMs: undefined,
    },
    ...{ lastUsedAtMs: undefined, ...more },
  });
  const store = accessStoreOf(secret, [
    record(good),
    record(revoked, { revokedAtMs: NOW_MS - 1 }),
    record(expired, { expiresAtMs: NOW_MS }),
  ]);
  const authenticator = new KeyAuthenticator({
    store,
    isKeyNeeded: true,
    nowMs: () => NOW_MS,
    onUse: () => {},
  });
  const seeds = [good, revoked, expired, unknown].flatMap((key) => [
    `authorization: Bearer ${key}`,
    `x-api-key: ${key}`,
    `authorization: Bearer other\nx-api-key: ${key}`,
  ]);
  return {
    seeds: seeds.map((text) => Uint8Array.from(Buffer.from(text))),
    mutate: textMutator([
      good,
      good.slice(0, 16),
      good.slice(-6),
      'sjn_',
      'Bearer ',
      'x-api-key: ',
      'authorization: ',
    ]),
    run: async (input) => {
      const headers = new Map(
        Buffer.from(input)
          .toString('latin1')
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const),
      );
      const credentials = {
        header: (name: string) => headers.get(name),
        address: '192.0.2.1',
        peer: '192.0.2.1',
      };
      let isAccepted = false;
      try {
        isAccepted = (await authenticator.authenticate(credentials)) !== undefined;
      } catch (error) {
        if (!(error instanceof AccessError)) throw error;
      }
      const bearer = headers.get('authorization')?.trim().split(/ +/) ?? [];
      const isGiven =
        (bearer.length === 2 && bearer[0]!.toLowerCase() === 'bearer' && bearer[1] === good) ||
        headers.get('x-api-key')?.trim() === good;
      assert.ok(!isAccepted || isGiven, 'accepted without the key');
    },
  };
}
