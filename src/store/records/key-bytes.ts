import { Buffer } from 'node:buffer';
import type { ByteString } from '../../sessionize/records.js';

/** The bytes of a group's key, for database columns. */
export function bytesOf(key: ByteString): Buffer {
  return Buffer.from(key, 'latin1');
}

/** The group's key with these bytes. */
export function keyOf(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
