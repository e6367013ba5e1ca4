import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import {
  applyIpPolicy,
  type ClientIpPolicy,
  connectionAddressOf,
  forwardedAddresses,
  normalizeIp,
} from './client-ip.js';

const ADDRESSES: readonly (readonly [text: string, expected: string | undefined])[] = [
  ['203.0.113.7', '203.0.113.7'],
  [' 203.0.113.7 ', '203.0.113.7'],
  ['203.0.113.7:51234', '203.0.113.7'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['"[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
  ['2001:db8::0:1', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:cb00:7107', '203.0.113.7'],
  ['[::ffff:203.0.113.7]:80', '203.0.113.7'],
  ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
  ['203.0.113.7, 10.0.0.1, 10.0.0.2', '203.0.113.7'],
  ['unknown, 203.0.113.7', '203.0.113.7'],
  [',203.0.113.7', '203.0.113.7'],
  ['', undefined],
  ['example.com', undefined],
  ['example.com:80', undefined],
  ['/var/run/socket', undefined],
  ['1.2.3', undefined],
  ['256.1.1.1', undefined],
  ['010.0.0.1', undefined],
  ['1:2:3', undefined],
  ['[1.2.3.4', undefined],
  ['[::1]junk', undefined],
  ['__proto__', undefined],
];

for (const [text, expected] of ADDRESSES) {
  test(`${JSON.stringify(text)} is ${expected ?? 'no address'}`, () => {
    assert.equal(normalizeIp(text), expected);
  });
}

const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(':'));
const address = fc.oneof(fc.ipV4(), fc.ipV6(), ipv6);

test('any text gives an address or undefined', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0:.,[]%f"') })), (text) => {
      const ip = normalizeIp(text);
      assert.ok(ip === undefined || isIP(ip) !== 0);
    }),
  );
});

// Anything worse than linear time takes minutes here.
test('huge texts give none', { timeout: 30_000 }, () => {
  for (const hostile of [','.repeat(1e6), ':'.repeat(1e6), '['.repeat(1e6), `${'1.'.repeat(5e5)}:1`]) {
    assert.equal(normalizeIp(hostile), undefined);
  }
});

test('an address is always found, and is normal the first time', () => {
  fc.assert(
    fc.property(address, (text) => {
      const ip = normalizeIp(text);
      assert.ok(ip !== undefined);
      assert.equal(normalizeIp(ip), ip);
      assert.equal(normalizeIp(`${ip.includes(':') ? `[${ip}]` : ip}:8080`), ip);
    }),
  );
});

test('spellings of one address agree, with a URL parser as the judge', () => {
  fc.assert(
    fc.property(ipv6, (text) => {
      const ip = normalizeIp(text)!;
      if (ip.includes(':')) assert.equal(`[${ip}]`, new URL(`http://[${text}]`).hostname);
    }),
  );
});

test('truncation leaves a /24 or a /48', () => {
  assert.equal(applyIpPolicy('203.0.113.7', 'truncate'), '203.0.113.0');
  assert.equal(applyIpPolicy('2001:db8:1:2:3:4:5:6', 'truncate'), '2001:db8:1::');
  assert.equal(applyIpPolicy('2001:db8::1', 'truncate'), '2001:db8::');
  assert.equal(applyIpPolicy('::1', 'truncate'), '::');
});

test('truncation hides the low bits, so that neighbours are equal', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 255 }), (ip, low) => {
      const neighbour = `${ip.split('.').slice(0, 3).join('.')}.${low}`;
      assert.equal(applyIpPolicy(ip, 'truncate'), applyIpPolicy(neighbour, 'truncate'));
    }),
  );
  fc.assert(
    fc.property(ipv6, ipv6, (one, other) => {
      const neighbour = [...one.split(':').slice(0, 3), ...other.split(':').slice(3)].join(':');
      const [a, b] = [normalizeIp(one)!, normalizeIp(neighbour)!];
      fc.pre(a.includes(':') && b.includes(':'));
      assert.equal(applyIpPolicy(a, 'truncate'), applyIpPolicy(b, 'truncate'));
    }),
  );
});

test('the result of a policy is in canonical form', () => {
  fc.assert(
    fc.property(address, fc.constantFrom<ClientIpPolicy>('keep', 'truncate', 'drop'), (text, policy) => {
      const left = applyIpPolicy(normalizeIp(text)!, policy);
      if (policy === 'drop') assert.equal(left, undefined);
      else assert.equal(normalizeIp(left!), left);
    }),
  );
});

test('a forwarding list has its entries as written, including those without an address', () => {
  assert.deepEqual(forwardedAddresses('192.0.2.60, 10.0.0.1'), ['192.0.2.60', ' 10.0.0.1']);
  assert.deepEqual(
    forwardedAddresses('for=192.0.2.60;proto=http;by=203.0.113.43, For="[2001:db8::17]:4711"'),
    ['192.0.2.60', '"[2001:db8::17]:4711"'],
  );
  assert.deepEqual(forwardedAddresses('proto=https, for=unknown'), ['', 'unknown']);
  assert.equal(forwardedAddresses('1.1.1.1,'.repeat(1000)).length, 64);
});

test('the address of a browser is the one that the outermost trusted proxy saw', () => {
  const [socket, list] = ['10.0.0.9', '1.1.1.1, 203.0.113.7, 10.0.0.8'];
  assert.equal(connectionAddressOf(socket, list, 0), socket);
  assert.equal(connectionAddressOf(socket, list, 1), '10.0.0.8');
  assert.equal(connectionAddressOf(socket, list, 2), '203.0.113.7');
  assert.equal(connectionAddressOf(socket, list, 9), '1.1.1.1');
  assert.equal(connectionAddressOf(socket, undefined, 1), undefined, "a proxy's own address is nobody's");
  assert.equal(connectionAddressOf(socket, 'unknown', 1), undefined);
});
