import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { ErasureReceipt } from '../contract/erasure.js';
import { type Database, KEPT, Meta } from './database.js';

/** Key in `meta` of `sojourn.sqlite` of the key that signs receipts: Ed25519, PKCS #8, hexadecimal. */
const SIGNING_KEY = 'signing_key';

/** The key of this installation that signs receipts, created on first use. */
export function signingKey(db: Database): KeyObject {
  const meta = new Meta(db, KEPT);
  const known = meta.text(SIGNING_KEY);
  if (known !== undefined) {
    return createPrivateKey({ key: Buffer.from(known, 'hex'), format: 'der', type: 'pkcs8' });
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  meta.set(SIGNING_KEY, privateKey.export({ format: 'der', type: 'pkcs8' }).toString('hex'));
  return privateKey;
}

export function signed(statement: object, key: KeyObject): ErasureReceipt {
  const text = JSON.stringify(statement);
  return {
    statement: text,
    signature: sign(null, Buffer.from(text), key).toString('base64'),
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}
