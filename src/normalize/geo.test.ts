import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { COUNTRY_SOURCE } from '../country-source.js';
import { GeoDatabaseError, type GeoLookup, isPublic, openGeo } from './geo.js';

let directory: string;
let countries: GeoLookup;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'geo-test-'));
  countries = await openGeo();
});

after(() => rm(directory, { recursive: true }));

async function file(name: string, content: Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

test('the database of the package knows countries of both address families', () => {
  assert.deepEqual(countries.lookup('8.8.8.8'), { countryCode: 'US', countryName: 'United States' });
  assert.deepEqual(countries.lookup('81.2.69.142'), { countryCode: 'GB', countryName: 'United Kingdom' });
  assert.equal(countries.lookup('2620:0:861:ed1a::1')?.countryCode, 'US');
  assert.equal(countries.lookup('8.8.8.8'), countries.lookup('8.8.8.8'));
});

/** Universities, research networks and registries with networks of decades, by country code. */
const WELL_KNOWN: Readonly<Record<string, readonly string[]>> = {
  AR: ['157.92.1.1'],
  AT: ['193.170.1.1'],
  AU: ['130.102.1.1', '202.12.29.1'],
  BE: ['193.190.1.1'],
  BR: ['143.107.1.1', '200.160.0.8'],
  CA: ['142.150.1.1'],
  CH: ['129.132.1.1', '2001:620::1'],
  CL: ['146.83.1.1'],
  CN: ['166.111.1.1', '2001:da8::1', '2001:dc7::1'],
  CZ: ['147.251.1.1'],
  DE: ['141.84.1.1', '2001:638::1'],
  DK: ['192.38.1.1'],
  ES: ['147.83.1.1'],
  FI: ['128.214.1.1', '2001:708::1'],
  FR: ['134.157.1.1', '2001:660::1'],
  GB: ['128.232.0.1', '2001:630::1'],
  GR: ['147.102.1.1'],
  HK: ['147.8.1.1'],
  HU: ['152.66.1.1'],
  IE: ['134.226.1.1'],
  IL: ['132.66.1.1'],
  IN: ['103.21.124.1'],
  IS: ['130.208.1.1'],
  IT: ['193.205.1.1', '2001:760::1'],
  JP: ['133.11.0.1', '2001:200::1'],
  KR: ['147.46.1.1'],
  MX: ['132.248.1.1'],
  NL: ['130.89.1.1', '2001:610::1', '91.198.174.192'],
  NO: ['129.240.1.1', '2001:700::1'],
  NZ: ['130.216.1.1'],
  PL: ['149.156.1.1'],
  PT: ['193.136.1.1'],
  SE: ['130.238.1.1', '2001:6b0::1'],
  SG: ['137.132.1.1'],
  TH: ['161.200.1.1'],
  TR: ['144.122.1.1'],
  TW: ['140.112.1.1'],
  US: ['18.9.22.69', '131.215.1.1'],
  ZA: ['196.21.1.1'],
};

/** Networks of people at home and on phones, of large providers in each country. */
const OF_PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  AR: ['190.16.0.1'],
  AU: ['1.128.0.1', '2001:8003::1'],
  BE: ['2a02:1810::1'],
  BR: ['177.0.0.1', '2804:14c::1'],
  CA: ['99.224.0.1'],
  CN: ['61.128.0.1'],
  DE: ['84.128.0.1', '2003:c0::1', '2a02:908::1'],
  EG: ['41.32.0.1'],
  ES: ['81.32.0.1'],
  FR: ['90.0.0.1', '2a01:e0a::1'],
  GB: ['86.128.0.1', '2a00:23c4::1'],
  ID: ['110.136.0.1'],
  IN: ['49.32.0.1', '2409:4000::1'],
  IT: ['79.0.0.1'],
  JP: ['126.0.0.1', '2400:4050::1'],
  KR: ['211.192.0.1'],
  MX: ['187.128.0.1'],
  NL: ['77.160.0.1'],
  PH: ['124.6.128.1'],
  PL: ['83.0.0.1'],
  RU: ['95.24.0.1'],
  SE: ['85.24.128.1'],
  TR: ['78.160.0.1'],
  UA: ['93.72.0.1'],
  US: ['24.0.0.1', '73.0.0.1', '2601:100::1', '2600:1700::1'],
  VN: ['14.160.0.1'],
  ZA: ['41.0.0.1'],
};

test('well-known networks are in their countries', () => {
  for (const [country, addresses] of [...Object.entries(WELL_KNOWN), ...Object.entries(OF_PROVIDERS)]) {
    for (const address of addresses) assert.equal(countries.lookup(address)?.countryCode, country, address);
  }
});

test('the docs, the API and the page name the installed source', async () => {
  const { package: name, date, license, url } = COUNTRY_SOURCE;
  const { version, license: stated } = JSON.parse(
    await readFile(join('node_modules', name, 'package.json'), 'utf8'),
  ) as { version: string; license: string };
  assert.equal(version.split('.')[2]?.slice(0, 6), date.replace('-', ''));
  assert.ok(stated.includes(license.replaceAll(' ', '-')), stated);
  for (const place of ['docs/configuration.md', 'README.md', 'web/src/shell/Footer.tsx']) {
    assert.ok((await readFile(place, 'utf8')).includes(url), place);
  }
});

const NOWHERE = [
  '10.0.0.1',
  '172.16.5.4',
  '192.168.1.1',
  '127.0.0.1',
  '169.254.0.1',
  '100.64.0.1',
  '0.0.0.0',
  '::',
  '::1',
  'fe80::1',
  'fd00::1',
  'not an address',
  '',
  '__proto__',
];

test('private addresses and nonsense have no place', () => {
  for (const ip of NOWHERE) assert.equal(countries.lookup(ip), undefined, ip);
});

test('an address is public up to the exact edge of a non-public range', () => {
  const edges: readonly (readonly [last: string, first: string, end: string, next: string])[] = [
    ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
    ['100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
    ['126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
    ['169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
    ['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
    ['192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ];
  for (const [last, first, end, next] of edges) {
    assert.deepEqual([last, first, end, next].map(isPublic), [true, false, false, true], first);
  }
  assert.deepEqual(['0.0.0.0', '0.255.0.1', '1.0.0.0'].map(isPublic), [false, false, true]);
});

test('any address has a country of two letters or no place, and nothing throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (ip) => {
      const place = countries.lookup(ip);
      assert.ok(place === undefined || /^[A-Z]{2}$/.test(place.countryCode));
    }),
  );
});

test('city level in the layout of GeoLite2', async () => {
  const names = (en: string) => ({ de: `${en} (de)`, en });
  const path = await file(
    'city.mmdb',
    mmdb('81.2.0.0/16', {
      country: { iso_code: 'GB', names: names('Great Britain as the file says') },
      subdivisions: [{ iso_code: 'ENG', names: names('England') }],
      city: { names: names('London') },
      postal: { code: 'EC1A' },
      location: { time_zone: 'Europe/London' },
    }),
  );
  const geo = await openGeo({ file: path });
  const london = {
    countryCode: 'GB',
    countryName: 'United Kingdom',
    region: 'England',
    city: 'London',
    postalCode: 'EC1A',
    timezone: 'Europe/London',
  };
  assert.deepEqual(geo.lookup('81.2.69.142'), london);
  assert.equal(geo.lookup('81.3.0.1'), undefined);
});

test('city level in the flat layout of ip-location-db', async () => {
  const path = await file(
    'flat.mmdb',
    mmdb('81.2.0.0/16', {
      country_code: 'GB',
      state1: 'England',
      state2: '',
      city: 'London',
      postcode: 'EC1A',
      timezone: 'Europe/London',
    }),
  );
  assert.deepEqual((await openGeo({ file: path })).lookup('81.2.69.142'), {
    countryCode: 'GB',
    countryName: 'United Kingdom',
    region: 'England',
    city: 'London',
    postalCode: 'EC1A',
    timezone: 'Europe/London',
  });
});

test('a private range has no place, whatever the file contains; nor has one without a country', async () => {
  const lan = await openGeo({ file: await file('lan.mmdb', mmdb('10.0.0.0/8', { country_code: 'DE' })) });
  assert.equal(lan.lookup('10.0.0.1'), undefined);
  const odd = await openGeo({
    file: await file('odd.mmdb', mmdb('81.2.0.0/16', { country: 'GB', city: 'London' })),
  });
  assert.equal(odd.lookup('81.2.69.142'), undefined);
});

test('a file that cannot be used is named, with the remedy', async () => {
  const whole = mmdb('81.2.0.0/16', { country_code: 'GB' });
  const cases: readonly (readonly [path: string, message: RegExp])[] = [
    [
      join(directory, 'missing.mmdb'),
      /missing\.mmdb cannot be read: there is no such file\. Set --geo-database to/,
    ],
    [directory, /cannot be read: .*EISDIR.*Set --geo-database to/],
    [await file('empty.mmdb', new Uint8Array()), /empty\.mmdb is damaged or not an MMDB file\. Set/],
    [await file('text.mmdb', Buffer.from('no database'.repeat(100))), /damaged or not an MMDB file/],
    [await file('cut.mmdb', whole.subarray(0, whole.length / 2)), /damaged or not an MMDB file/],
    [await file('city.mmdb.gz', gzipSync(whole)), /is compressed\. Unpack/],
  ];
  for (const [path, message] of cases) {
    await assert.rejects(openGeo({ file: path }), (error) => {
      assert.ok(error instanceof GeoDatabaseError);
      assert.match(error.message, message);
      return true;
    });
  }
});

/** An MMDB 2.0 file of one IPv4 network (https://maxmind.github.io/MaxMind-DB/). */
function mmdb(network: string, record: unknown): Buffer {
  const [ip, prefix] = network.split('/') as [string, string];
  assert.ok(isIPv4(ip));
  const address = ip.split('.').reduce((bits, part) => bits * 256 + Number(part), 0);
  const nodeCount = Number(prefix);
  const tree = Buffer.alloc(nodeCount * 6);
  for (let node = 0; node < nodeCount; node++) {
    const bit = Math.floor(address / 2 ** (31 - node)) % 2;
    // A record is the next node, `nodeCount` for "no data", or 16 bytes past it the start of the data.
    tree.writeUIntBE(node + 1 < nodeCount ? node + 1 : nodeCount + 16, node * 6 + 3 * bit, 3);
    tree.writeUIntBE(nodeCount, node * 6 + 3 * (1 - bit), 3);
  }
  const metadata = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: 'test',
    description: {},
    ip_version: 4,
    languages: ['en'],
    node_count: nodeCount,
    record_size: 24,
  };
  const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  return Buffer.concat([tree, Buffer.alloc(16), encode(record), marker, encode(metadata)]);
}

function encode(value: unknown): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([control(2, text.length), text]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const entries = Object.entries(value as object);
  return Buffer.concat([control(7, entries.length), ...entries.flat().map(encode)]);
}

/** The byte with type and size; types above 7 take a second byte, sizes above 28 more. */
function control(type: number, size: number): Buffer {
  const sizeBits = Math.min(size, 29);
  return Buffer.from([
    type <= 7 ? (type << 5) | sizeBits : sizeBits,
    ...(type <= 7 ? [] : [type - 7]),
    ...(size >= 29 ? [size - 29] : []),
  ]);
}
