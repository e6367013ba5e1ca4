import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Find, findCards, findEmails, findIbans, findPhones, findSecrets, isSecretKey } from './sets.js';

const found = (find: Find, text: string): string[] =>
  [...find(text)].map(({ start, end }) => text.slice(start, end)).sort();

/** Texts, and what is found in each. */
function check(find: Find, cases: readonly (readonly [text: string, ...found: string[]])[]): void {
  for (const [text, ...expected] of cases) {
    assert.deepEqual(found(find, text), expected.sort(), JSON.stringify(text));
  }
}

test('card numbers need a known issuer, a right check digit, and whole groups', () => {
  check(findCards, [
    ['4111111111111111', '4111111111111111'],
    ['card 4111 1111 1111 1111, thanks', '4111 1111 1111 1111'],
    ['4111-1111-1111-1111 12 26', '4111-1111-1111-1111'],
    ['{"number":"378282246310005"}', '378282246310005'],
    ['5555555555554444.', '5555555555554444'],
    ['6011111111111117 and 3530111333300000', '3530111333300000', '6011111111111117'],
    ['4111111111111112'],
    ['1700000000000'],
    ['0.4111111111111111'],
    ['id4111111111111111'],
    ['df4111111111111111a0'],
    ['41111111111111111111111'],
  ]);
});

test('an IBAN needs the length of its country and right check digits', () => {
  check(findIbans, [
    ['DE89370400440532013000', 'DE89370400440532013000'],
    ['an GB29 NWBK 6016 1331 9268 19 bitte', 'GB29 NWBK 6016 1331 9268 19'],
    ['NL91ABNA0417164300,NO9386011117947', 'NL91ABNA0417164300', 'NO9386011117947'],
    ['DE89370400440532013001'],
    ['DE8937040044053201300'],
    ['XX89370400440532013000'],
    ['aDE89370400440532013000'],
  ]);
});

test('an e-mail address has a name, a sign and a domain', () => {
  check(findEmails, [
    ['ann@shop.example', 'ann@shop.example'],
    ["to <Ann.O'Neil+tag@mail.shop.example>, please", "Ann.O'Neil+tag@mail.shop.example"],
    ['/users/ann%40shop.example/orders', 'ann%40shop.example'],
    ['jürgen@bücher.example.', 'jürgen@bücher.example'],
    ['mail ann@shop.example.', 'ann@shop.example'],
    ['a@b.example;c@d.example', 'a@b.example', 'c@d.example'],
    ['package@1.2.10'],
    ['@scope/package'],
    ['ann@localhost'],
    ['a @ b.example'],
  ]);
});

test('a phone number has a plus, or the groups of North America', () => {
  check(findPhones, [
    ['call +49 (30) 1234-567 now', '+49 (30) 1234-567'],
    ['+14155550132', '+14155550132'],
    ['555-123-4567 or (555) 123-4567', '(555) 123-4567', '555-123-4567'],
    ['1.555.123.4567', '1.555.123.4567'],
    ['2026-11-30T12:00:00+01:00'],
    ['192.168.100.200'],
    ['79de31b8-1234-5678-9012-000010000863'],
    ['5551234567'],
    ['1+12345678'],
  ]);
});

test('secrets are found by how they begin, and by the word before them', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s-IgN_aTuRe';
  const random = 'Zx9Kq2Lm8Np4Rt6Vw1Yb3';
  check(findSecrets, [
    ['key AKIAIOSFODNN7EXAMPLE.', 'AKIAIOSFODNN7EXAMPLE'],
    [`ghp_${random}${random}`, `ghp_${random}${random}`],
    ['sk-proj-abcdefghijklmnop', 'sk-proj-abcdefghijklmnop'],
    [`{"t":"${jwt}"}`, jwt],
    [`Authorization: Bearer ${random}.x/y=`, `${random}.x/y=`],
    [`api_key=${random}`, random],
    [`{\\"client_secret\\": \\"${random}\\"}`, random],
    ['postgres://app:hunter2@db.internal/shop', 'hunter2'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
    [
      'a -----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY----- b',
      '-----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----',
    ],
    [`id=${random}`],
    ['79de31b8-294e-ba2a-52c7-cba510000863'],
    ['the token limit is 4096'],
    ['https://shop.example/a@b'],
  ]);
});

test('keys whose values are secrets', () => {
  for (const key of [
    'http.request.header.authorization',
    'http.request.header.x-api-key',
    'http.response.header.set-cookie',
    'db.password',
    'userPassword',
    'client_secret',
    'clientSecret',
    'auth.token',
    'access_token',
    'aws.secret_access_key',
  ]) {
    assert.ok(isSecretKey(key), key);
  }
  for (const key of [
    'gen_ai.usage.input_tokens',
    'enduser.id',
    'author',
    'gen_ai.token.type',
    'keyboard.key',
  ]) {
    assert.ok(!isSecretKey(key), key);
  }
});

test('no search takes more than linear time', () => {
  // Each is the beginning of a match many times. Twice the text must not take many times as long.
  const beginnings = [
    'a.',
    '4111 1',
    '+1',
    'DE89 3',
    '://a:',
    'token:',
    'eyJ',
    'a@',
    '-----BEGIN PRIVATE KEY-----',
    '%40',
    'Bearer ',
  ];
  const finds = [findCards, findEmails, findIbans, findPhones, findSecrets];
  for (const beginning of beginnings) {
    for (const find of finds) {
      const text = beginning.repeat(400_000 / beginning.length);
      const before = process.cpuUsage();
      for (const _ of find(text));
      const { user } = process.cpuUsage(before);
      // Quadratic time would be minutes.
      assert.ok(user < 10_000_000, `${find.name} over ${beginning}: ${user} µs`);
    }
  }
});
