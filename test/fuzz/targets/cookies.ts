import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { SignIns } from '../../../src/access/sign-in/sign-ins.js';
import { Random } from '../../../src/demo/random.js';
import { anyOf, mutateBytes } from '../mutate-bytes.js';
import { textMutator } from '../mutate-text.js';
import type { FuzzTarget } from '../target.js';
import { accessStoreOf } from './memory-access-store.js';

const HOUR = 3_600_000;
const NAME = 'sojourn_session';

/** A header `Cookie`: accepted only if it has the cookie of a sign-in that has not ended, letter by letter. */
export async function openCookies(): Promise<FuzzTarget> {
  const random = new Random('cookies');
  let nowMs = 1_790_000_000_000;
  const signIns = new SignIns({
    store: accessStoreOf(new Uint8Array(32).fill(9), []),
    lifetimeMs: HOUR,
    path: '/',
    randomBytes: (size) => Buffer.from(Array.from({ length: size }, () => random.int(0, 255))),
    nowMs: () => nowMs,
    audit: async () => {},
  });
  const begin = async (): Promise<string> =>
    (await signIns.begin({ user: 'ann', scopes: ['read'] }, true)).split(';', 1)[0]!;
  const expired = await begin();
  nowMs += HOUR;
  const ended = await begin();
  await signIns.end(ended, 'user:ann', true);
  const good = await begin();
  const value = good.slice(NAME.length + 1);
  return {
    seeds: [good, expired, ended, `a=b; ${good}; c=d`].map((text) => Uint8Array.from(Buffer.from(text))),
    mutate: anyOf(
      { weight: 2, mutate: textMutator([good, value, NAME, '; ', '=', '.', value.split('.')[0]!]) },
      { weight: 1, mutate: mutateBytes },
    ),
    run: async (input) => {
      const cookie = Buffer.from(input).toString('latin1');
      const header = (name: string): string | undefined => (name === 'cookie' ? cookie : undefined);
      const identity = await signIns.authenticate({ header, address: '192.0.2.1', peer: '192.0.2.1' });
      const isGiven = cookie.split(';').some((pair) => {
        const at = pair.indexOf('=');
        return pair.slice(0, at).trim() === NAME && pair.slice(at + 1).trim() === value;
      });
      assert.ok(identity === undefined || isGiven, 'accepted without the cookie');
    },
  };
}
