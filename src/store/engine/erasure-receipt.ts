import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { ErasureReceipt } from '../contract/erasure.js';
import type { StoredJob } from './erasure-jobs.js';
import type { FoundBytes } from './needles.js';

/** Limit of places in a receipt where something was found. */
const MOST_FOUND = 20;

/** A new key that signs receipts, as text: Ed25519, PKCS #8, hexadecimal. */
export function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('hex');
}

/** What a store knows of a job that is about to be done. */
export interface FinishedErasure {
  readonly job: StoredJob;
  /** The project's name. */
  readonly project: string | undefined;
  readonly finishedNs: bigint;
  /** What was searched for the ids, and how many of each kind. */
  readonly searched: Readonly<Record<string, number>>;
  readonly found: readonly FoundBytes[];
  /** What else the store states. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The receipt of a job, signed with a key of `newSigningKey`. */
export function receiptOf(
  { job, project, finishedNs, searched, found, more }: FinishedErasure,
  signingKey: string,
): ErasureReceipt {
  const statement = {
    type: 'sojourn.erasure/1',
    job: job.id,
    project,
    target: job.kind,
    asked_at: textOf(job.askedNs),
    finished_at: textOf(finishedNs),
    erased: job.counts,
    searched,
    found: found.slice(0, MOST_FOUND).map(({ where, offset }) => ({ where, offset })),
    ...more,
  };
  const key = createPrivateKey({ key: Buffer.from(signingKey, 'hex'), format: 'der', type: 'pkcs8' });
  return signed(statement, key);
}

function signed(statement: object, key: KeyObject): ErasureReceipt {
  const text = JSON.stringify(statement);
  return {
    statement: text,
    signature: sign(null, Buffer.from(text), key).toString('base64'),
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}

/** RFC 3339 in milliseconds. */
function textOf(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString();
}
