import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { ByteString } from '../../sessionize/records.js';
import type { GroupRow } from './reads.js';

/** Of a group in a session: its place there and where its records lie, as `Reads.groupVersions` has it, but for the line feed. */
export function groupVersion({ startNs, key, places }: GroupRow, suffix: string): string {
  return `${startNs} ${upperHex(Buffer.from(key, 'latin1'))}${upperHex(places)}${suffix}`;
}

/** What else the groups of a session depend on where calls of different groups may be one: all that the session's row says. */
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
