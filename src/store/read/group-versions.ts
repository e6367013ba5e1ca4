import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { ByteString } from '../../sessionize/records.js';
import type { GroupRow } from './reads.js';

/**
 * The version of a group in a session: its place there and the places of its records, in the form of
 * `Reads.groupVersions` without the line feed.
 */
export function groupVersion({ startNs, key, places }: GroupRow, suffix: string): string {
  return `${startNs} ${upperHex(Buffer.from(key, 'latin1'))}${upperHex(places)}${suffix}`;
}

/**
 * Further dependency of a session's groups if their calls may be the same: everything in the session's row.
 */
export function versionSuffix(sums: string): string {
  return ` ${createHash('sha256').update(sums).digest('hex')}`;
}

export function hexOf(bytes: ByteString): string {
  return Buffer.from(bytes, 'latin1').toString('hex');
}

export function bytesOfHex(hex: string): ByteString {
  return Buffer.from(hex, 'hex').toString('latin1');
}

function upperHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
}
