import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createUserIds } from '../normalize/user-id.js';
import { Scanner, type ScanTargets } from './scan.js';
import { type Find, findCards, findEmails, findIbans, findPhones, findSecrets } from './sets.js';

const NOTHING: ScanTargets = {
  at: false,
  plus: false,
  cards: false,
  phones: false,
  userIds: false,
  ibans: false,
  tokens: false,
  escapes: false,
};
const TARGETS: readonly (readonly [Find, ScanTargets])[] = [
  [findCards, { ...NOTHING, cards: true }],
  [findIbans, { ...NOTHING, ibans: true }],
  [findEmails, { ...NOTHING, at: true }],
  [findPhones, { ...NOTHING, plus: true, phones: true }],
  [findSecrets, { ...NOTHING, at: true, tokens: true }],
];

/** Pieces of which matches are made, and what stands around them. */
const PIECES = [
  ...[
    '4111111111111111',
    '4111 1111 1111 1111',
    '378282246310005',
    '4',
    '1',
    '11',
    '1111',
    '-',
    ' ',
    '.',
    '(',
  ],
  ...['DE89370400440532013000', 'GB29 NWBK 6016 1331 9268 19', 'DE89', 'ABC', 'NWBK', '0532'],
  ...['ann@shop.example', '@', '%40', 'é', 'jürgen', 'example.org', '+', '+49 30 1234567', '555-123-4567'],
  ...[
    'AKIAIOSFODNN7EXAMPLE',
    'Zx9Kq2Lm8Np4Rt6Vw1Yb3',
    'ghp_',
    'sk-',
    'eyJhbGciOiJIUzI1NiJ9',
    'Bearer ',
    '%20',
  ],
  ...['api_key', 'token', '=', ': ', '\\"', '"', "'", '://', 'app:pw', '/', '\n', 'SG.', 'ya29.', 'xoxb-'],
  ...['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', 'x', 'word', '_', '0', 'A', '{', '}'],
];
const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));

/** The text as on the wire: behind tag and length, and among any other bytes. */
function isPointedAt(targets: ScanTargets, text: string, others: Uint8Array, behind: Uint8Array): boolean {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const head = length < 0x80 ? [0x0a, length] : [0x0a, (length & 0x7f) | 0x80, length >> 7];
  const before = Buffer.concat([others, Buffer.from(head)]);
  const scanner = new Scanner(targets);
  scanner.begin(Buffer.concat([before, bytes, behind]));
  const end = before.length + bytes.length;
  const asValue = scanner.mayMatch(before.length, end, true);
  const asRecord = scanner.mayMatch(0, end + behind.length);
  return asValue && asRecord;
}

test('whatever a set finds, the scan of the bytes points at', () => {
  const around = fc.uint8Array({ maxLength: 24 });
  fc.assert(
    fc.property(texts, around, around, (text, before, behind) => {
      for (const [find, targets] of TARGETS) {
        const [match] = find(text);
        if (match === undefined) continue;
        assert.ok(isPointedAt(targets, text, before, behind), `${find.name}: ${JSON.stringify(text)}`);
      }
    }),
    { numRuns: 20_000 },
  );
});

test('whatever is replaced in a user id, the scan of the bytes points at', () => {
  const userIds = createUserIds({ mode: 'auto', key: new Uint8Array(32) });
  const targets = { ...NOTHING, at: true, plus: true, userIds: true };
  const ids = [
    ...['ann@shop.example', 'mailto:ann@shop.example', 'ann%40shop.example', '+49 30 1234567', 'tel:5551234'],
    ...[
      '555-123-4567',
      '(555) 123-4567',
      '020 7946 0958',
      '(030) 1234567',
      '06-12-34-56-78',
      '06.12.34.56.78',
    ],
    ...['0049 30 1234567', '030/1234567', 'sms:+14155550132', '1.555.123.4567'],
  ];
  for (const id of ids) {
    assert.match(userIds.normalize(id) ?? '', /^hmac:/, id);
    assert.ok(isPointedAt(targets, id, new Uint8Array(), Buffer.from('2')), id);
  }
  fc.assert(
    fc.property(fc.stringMatching(/^[+]?[0-9 ().\-/:telTEL@%]{1,24}$/), (id) => {
      if (userIds.normalize(id)?.startsWith('hmac:') !== true) return;
      assert.ok(isPointedAt(targets, id, new Uint8Array(), Buffer.of(0)), id);
    }),
    { numRuns: 20_000 },
  );
});

test('most bytes of usual telemetry are not looked at again', () => {
  const targets = Object.assign({ ...NOTHING }, ...TARGETS.map(([, one]) => trueOf(one))) as ScanTargets;
  for (const text of [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
    'SELECT id, title, price_cents FROM category WHERE id = $1 ORDER BY updated_at DESC LIMIT 50',
    'https://cdn.example.com/assets/v41/search/721412-1280x960.webp?ref=nav&variant=b',
    '79de31b8-294e-ba2a-52c7-cba510000863',
    '114.104.117.187',
    '2026-11-30T12:17:09.123Z',
    'You help the customers of a shop with their orders, briefly and in a friendly tone.',
  ]) {
    assert.ok(!isPointedAt(targets, text, new Uint8Array(), new Uint8Array()), text);
  }
});

function trueOf(targets: ScanTargets): Partial<ScanTargets> {
  return Object.fromEntries(Object.entries(targets).filter(([, isWanted]) => isWanted));
}
