import { Buffer } from 'node:buffer';
import type { AccessStore, KeyRecord } from '../../../src/access/access-store.js';
import type { SignIn } from '../../../src/access/sign-in/sign-in-store.js';

/** Keys and sign-ins in memory: the real stores read a disk at each request. */
export function accessStoreOf(secret: Uint8Array, keys: readonly KeyRecord[]): AccessStore {
  const signIns = new Map<string, SignIn>();
  const name = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
  return {
    secret,
    key: async (id) => keys.find((key) => key.id === id),
    keys: async () => [...keys],
    addKey: notHere,
    revokeKey: notHere,
    noteUses: async () => {},
    addAudit: async () => {},
    audit: async () => [],
    signIn: async (hash) => signIns.get(name(hash)),
    addSignIn: async (signIn) => void signIns.set(name(signIn.hash), signIn),
    signIns: notHere,
    endSignIn: async (hash) => signIns.delete(name(hash)),
    endSignInsOf: notHere,
    close: async () => {},
  };
}

async function notHere(): Promise<never> {
  throw new Error('not used here');
}
