import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { BlockList, isIP } from 'node:net';
import { type CountryResponse, Reader } from 'maxmind';
import { COUNTRY_SOURCE } from '../country-source.js';
import { BoundedMemo } from './bounded-memo.js';
import { boundedText } from './bounded-text.js';
import { countryCode, countryName } from './countries.js';

/** The place of an address. The database decides which fields exist. */
export interface GeoLocation {
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
  readonly countryName?: string;
  readonly region?: string;
  readonly city?: string;
  readonly postalCode?: string;
  /** IANA name. */
  readonly timezone?: string;
}

export interface GeoLookup {
  /** The place of a canonical IP address; undefined for private and unknown ones. Never throws. */
  lookup(ip: string): GeoLocation | undefined;
}

export interface GeoOptions {
  /**
   * MMDB file in the layout of GeoLite2 and DB-IP or of ip-location-db; default is the country database of
   * the package.
   */
  readonly file?: string | undefined;
  /**
   * The bytes of that file from `readGeoDatabase`, so that several threads share the same version. If left
   * out, the file is read.
   */
  readonly bytes?: Uint8Array | undefined;
}

/** The database cannot be used; the message names the file and the remedy. */
export class GeoDatabaseError extends Error {
  override readonly name = 'GeoDatabaseError';
}

const DEFAULT_DATABASE = `${COUNTRY_SOURCE.package}/${COUNTRY_SOURCE.file}`;
const MAX_FIELD_LENGTH = 256;
const MEMO_CAPACITY = 8192;

/** Ranges of IPv6 that have no place, whatever a database contains. */
const notPublic = new BlockList();
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  notPublic.addSubnet(network, prefix, 'ipv6');
}

const ADVICE =
  'Set --geo-database to an MMDB file such as GeoLite2-City.mmdb, or leave it out to use the country database that Sojourn brings along.';
const ADVICE_ON_DEFAULT = 'Install the packages of Sojourn again.';

/**
 * Opens a geo database in memory, once.
 * @throws GeoDatabaseError if the file is missing, unreadable, or not an MMDB file.
 */
export async function openGeo({ file, bytes }: GeoOptions = {}): Promise<GeoLookup> {
  const { name, advice } = databaseOf(file);
  const { buffer, byteOffset, byteLength } = bytes ?? (await readDatabase(name, advice));
  const reader = openReader(Buffer.from(buffer, byteOffset, byteLength), name, advice);
  const memo = new BoundedMemo<GeoLocation | undefined>(MEMO_CAPACITY);
  const compute = (ip: string) => (isPublic(ip) ? locate(reader, ip) : undefined);
  return { lookup: (ip) => memo.get(ip, compute) };
}

/**
 * Reads a geo database into shared memory, for `GeoOptions.bytes`.
 * @throws GeoDatabaseError if the file is missing or unreadable.
 */
export async function readGeoDatabase(file: string | undefined): Promise<Uint8Array<SharedArrayBuffer>> {
  const { name, advice } = databaseOf(file);
  const bytes = await readDatabase(name, advice);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function databaseOf(file: string | undefined): { readonly name: string; readonly advice: string } {
  return file === undefined
    ? { name: defaultDatabase(), advice: ADVICE_ON_DEFAULT }
    : { name: file, advice: ADVICE };
}

function defaultDatabase(): string {
  try {
    return createRequire(import.meta.url).resolve(DEFAULT_DATABASE);
  } catch (cause) {
    throw new GeoDatabaseError(
      `The country database ${DEFAULT_DATABASE} is not installed. Install the packages of Sojourn again, or set --geo-database to an MMDB file.`,
      { cause },
    );
  }
}

async function readDatabase(file: string, advice: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(cause);
    throw new GeoDatabaseError(`The geo database ${file} cannot be read: ${reason}. ${advice}`, { cause });
  }
}

function openReader(database: Buffer, file: string, advice: string): Reader<CountryResponse> {
  if (database[0] === 0x1f && database[1] === 0x8b) {
    throw new GeoDatabaseError(
      `The geo database ${file} is compressed. Unpack the .mmdb file from it first.`,
    );
  }
  try {
    const reader = new Reader<CountryResponse>(database);
    // In a truncated file the metadata or the tree is missing. This shows it at the start rather than with
    // the first client.
    reader.get('8.8.8.8');
    return reader;
  } catch (cause) {
    throw new GeoDatabaseError(`The geo database ${file} is damaged or not an MMDB file. ${advice}`, {
      cause,
    });
  }
}

/** Whether a canonical IP address is in no special-purpose range. */
export function isPublic(ip: string): boolean {
  const version = isIP(ip);
  if (version === 4) return isPublicIpv4(ip);
  return version === 6 && !notPublic.check(ip, 'ipv6');
}

/**
 * Checks the first two numbers for this, private, shared, loopback and link-local networks (RFC 6890). Called
 * for each record, unlike the check of IPv6.
 */
function isPublicIpv4(ip: string): boolean {
  const first = Number.parseInt(ip, 10);
  const second = Number.parseInt(ip.slice(ip.indexOf('.') + 1), 10);
  switch (first) {
    case 0:
    case 10:
    case 127:
      return false;
    case 100:
      return second < 64 || second > 127;
    case 169:
      return second !== 254;
    case 172:
      return second < 16 || second > 31;
    case 192:
      return second !== 168;
    default:
      return true;
  }
}

function locate(reader: Reader<CountryResponse>, ip: string): GeoLocation | undefined {
  let found: unknown;
  try {
    found = reader.get(ip);
  } catch {
    // A damaged part of the file: telemetry is kept without a place.
    return undefined;
  }
  const code = countryCode(text(found, 'country', 'iso_code') ?? text(found, 'country_code'));
  if (code === undefined) return undefined;
  const name = countryName(code) ?? text(found, 'country', 'names', 'en');
  const region = text(found, 'subdivisions', '0', 'names', 'en') ?? text(found, 'state1');
  const city = text(found, 'city', 'names', 'en') ?? text(found, 'city');
  const postalCode = text(found, 'postal', 'code') ?? text(found, 'postcode');
  const timezone = text(found, 'location', 'time_zone') ?? text(found, 'timezone');
  return Object.freeze({
    countryCode: code,
    ...(name && { countryName: name }),
    ...(region && { region }),
    ...(city && { city }),
    ...(postalCode && { postalCode }),
    ...(timezone && { timezone }),
  });
}

/** The text at a path of a database record. Its layout depends on the publisher. */
function text(record: unknown, ...path: readonly string[]): string | undefined {
  let value = record;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return typeof value === 'string' ? boundedText(value, MAX_FIELD_LENGTH) : undefined;
}
