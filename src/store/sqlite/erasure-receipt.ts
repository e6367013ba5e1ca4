import { newSigningKey } from '../engine/erasure-receipt.js';
import { type Database, KEPT, Meta } from './database.js';

/** Key in `meta` of `sojourn.sqlite` of the key that signs receipts, as `newSigningKey` made it. */
const SIGNING_KEY = 'signing_key';

/** The key of this installation that signs receipts, created on first use. */
export function signingKey(db: Database): string {
  const meta = new Meta(db, KEPT);
  const known = meta.text(SIGNING_KEY);
  if (known !== undefined) return known;
  const made = newSigningKey();
  meta.set(SIGNING_KEY, made);
  return made;
}
