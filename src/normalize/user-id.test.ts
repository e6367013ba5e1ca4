import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { createUserIds, type UserIdMode } from './user-id.js';

const KEY = Buffer.from('a key for tests, 32 bytes long..');
const ids = (mode: UserIdMode) => createUserIds({ mode, key: KEY });
const hmac = (text: string) => `hmac:${createHmac('sha256', KEY).update(text).digest('hex').slice(0, 32)}`;

const PERSONAL: readonly (readonly [raw: string, hashedAs: string])[] = [
  ['alice@example.com', 'alice@example.com'],
  ['  Alice@Example.COM ', 'alice@example.com'],
  ['mailto:alice@example.com', 'alice@example.com'],
  ['a.b+tag@mail.example.co.uk', 'a.b+tag@mail.example.co.uk'],
  ['alice%40example.com', 'alice@example.com'],
  ['user:alice@example.com', 'user:alice@example.com'],
  ['jürgen@müller.de', 'jürgen@müller.de'],
  ['+15551234567', '+15551234567'],
  ['+1 (555) 123-4567', '+15551234567'],
  ['1-555-123-4567', '+15551234567'],
  ['tel:+1-555-123-4567', '+15551234567'],
  ['whatsapp:+15551234567', '+15551234567'],
  ['+44 (0)20 7946 0958', '+442079460958'],
  ['0044 20 7946 0958', '+442079460958'],
  ['(555) 123-4567', '5551234567'],
  ['555.123.4567', '5551234567'],
  ['020 7946 0958', '02079460958'],
  ['06 12 34 56 78', '0612345678'],
  ['(030) 1234567', '0301234567'],
];

const OPAQUE: readonly string[] = [
  '10024',
  '1234567890123',
  '15551234567',
  '0171123456789',
  'user_2aBcD',
  '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  '00000000-0000-4000-8000-000000000000',
  '2024-01-15',
  '192.168.1.100',
  '0001-0002-0003',
  'auth0|5f7c8ec7c33c6c004bbafe82',
  'package@1.2.10',
  'tenant@alice',
  '+1',
  '-',
  '@',
  '__proto__',
  'ユーザー',
];

test('auto replaces texts that look like an e-mail address or a phone number', () => {
  for (const [raw, hashedAs] of PERSONAL) assert.equal(ids('auto').normalize(raw), hmac(hashedAs), raw);
});

test('auto keeps opaque ids', () => {
  for (const id of OPAQUE) assert.equal(ids('auto').normalize(id), id);
});

test('pseudonymize replaces all, and spellings of one id still agree', () => {
  for (const [raw, hashedAs] of PERSONAL)
    assert.equal(ids('pseudonymize').normalize(raw), hmac(hashedAs), raw);
  for (const id of OPAQUE) assert.equal(ids('pseudonymize').normalize(id), hmac(id));
});

test('keep keeps everything', () => {
  for (const [raw] of PERSONAL) assert.equal(ids('keep').normalize(raw), raw.trim());
  for (const id of OPAQUE) assert.equal(ids('keep').normalize(id), id);
});

test('another key gives another pseudonym, and a short key is refused', () => {
  const other = createUserIds({ mode: 'auto', key: Buffer.alloc(32, 7) });
  assert.notEqual(other.normalize('alice@example.com'), ids('auto').normalize('alice@example.com'));
  assert.throws(() => createUserIds({ mode: 'auto', key: Buffer.alloc(8) }), RangeError);
});

test('long ids become a digest, and personal ones a keyed one', () => {
  const long = 'x'.repeat(257);
  assert.match(ids('auto').normalize(long)!, /^sha256:[0-9a-f]{64}$/);
  assert.equal(ids('auto').normalize('x'.repeat(256)), 'x'.repeat(256));
  assert.match(ids('auto').normalize(`${long} alice@example.com`)!, /^hmac:/);
});

test('blank ids are ignored', () => {
  for (const mode of ['auto', 'keep', 'pseudonymize'] as const) {
    for (const blank of ['', ' ', '\t\n']) {
      assert.equal(ids(mode).normalize(blank), undefined);
      assert.deepEqual(ids(mode).candidates(blank), []);
    }
  }
});

test('a filter finds an id by its raw form, its pseudonym, and its form under another mode', () => {
  const auto = ids('auto');
  const pseudonym = hmac('alice@example.com');
  assert.deepEqual(auto.candidates('Alice@example.com'), [pseudonym, 'Alice@example.com']);
  assert.deepEqual(auto.candidates(pseudonym), [pseudonym]);
  assert.deepEqual(auto.candidates('10024'), ['10024', hmac('10024')]);
  assert.deepEqual(ids('keep').candidates('alice@example.com'), ['alice@example.com', pseudonym]);
});

const mode = fc.constantFrom<UserIdMode>('auto', 'keep', 'pseudonymize');
const anyId = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.emailAddress(),
  fc.string({ unit: fc.constantFrom(...'0123456789+-() .@/') }),
);

test('normalize is idempotent and within the contract for any text', () => {
  fc.assert(
    fc.property(mode, anyId, (mode, raw) => {
      const kept = ids(mode).normalize(raw);
      if (kept === undefined) return;
      assert.ok(kept.length >= 1 && kept.length <= 256);
      assert.equal(ids(mode).normalize(kept), kept);
    }),
  );
});

test('candidates include the stored form, and those of every other mode', () => {
  fc.assert(
    fc.property(mode, mode, anyId, (mode, keptUnder, raw) => {
      const kept = ids(keptUnder).normalize(raw);
      if (kept !== undefined) assert.ok(ids(mode).candidates(raw).includes(kept));
    }),
  );
});

test('e-mail addresses never survive auto', () => {
  fc.assert(fc.property(fc.emailAddress(), (email) => assert.match(ids('auto').normalize(email)!, /^hmac:/)));
});

// Anything worse than linear time takes minutes here.
test('huge ids become short ones, or undefined', { timeout: 30_000 }, () => {
  const auto = ids('auto');
  for (const unit of ['@', 'a@', 'a.', 'a@b.', '+1 ', ' ', '(0)', '@.']) {
    const id = auto.normalize(unit.repeat(300_000));
    assert.ok(id === undefined || id.length <= 256, unit);
  }
});
