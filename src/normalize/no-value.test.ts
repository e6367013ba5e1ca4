import assert from 'node:assert/strict';
import test from 'node:test';
import { boundedValue, isNoValue } from './no-value.js';

const MISSING = [
  ...[
    'undefined',
    'null',
    'NULL',
    'Null',
    'None',
    'none',
    'nil',
    'NaN',
    'nan',
    '[object Object]',
    '[object Promise]',
    '[object Undefined]',
    'undefined-undefined',
    'null:None',
    'not-set',
    'false',
    '00000000-0000-0000-0000-000000000000',
    '00000000000000000000000000000000',
    '<nil>',
    '(null)',
    '(none)',
  ],
  ...['N/A', 'n/a', 'unknown', 'Unknown', '%!s(<nil>)', '%!v(MISSING)', '"null"', "'undefined'"],
  ...['{}', '[]', '""', '%s'],
  ...['{session_id}', '${'.concat('USER_ID}'), '{{ user.id }}', '<your-user-id>', '<user_id>'],
];
const SCRUBBED = [
  "[Scrubbed due to 'session']",
  ...[
    '[Filtered]',
    '[FILTERED]',
    '[REDACTED]',
    '[Redacted]',
    'REDACTED',
    'redacted',
    '<redacted>',
    '<REDACTED>',
    '(redacted)',
  ],
  ...[
    '{redacted}',
    '**REDACTED**',
    '***redacted***',
    '__redacted__',
    '[redacted: email]',
    '<redacted:session>',
    '[[MASKED]]',
  ],
  ...[
    '[masked]',
    '[PII]',
    '[removed]',
    '<hidden>',
    '<EMAIL_ADDRESS>',
    '[PERSON]',
    '[PHONE NUMBER]',
    '[data removed]',
  ],
  ...[
    '*',
    '***',
    '********',
    '*****@****.***',
    'xxx',
    'XXXXXXXX',
    'xxxx-xxxx',
    'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
    '•••••',
    '###-##-####',
  ],
];
const VALUES = [
  ...[
    'a',
    '0',
    '1',
    '42',
    'x',
    'xx',
    'xavier',
    'x1',
    'xxl-shop',
    'no',
    'nobody',
    'nonesuch',
    'nullable',
    'Nan',
    'Nilsson',
    'unknown-7',
  ],
  ...[
    'user',
    'anonymous',
    'guest',
    'default',
    'test',
    'session',
    'true',
    'filtered-list',
    'removed-7',
    'redacted_3',
  ],
  ...[
    '00000000-0000-0000-0000-000000000001',
    '0000000000000000-0000-0000-000000000000',
    'null-7',
    'none-none-such',
    '[object 7]',
    '0000000000000001',
    '00',
    '550e8400-e29b-41d4-a716-446655440000',
    '{550e8400-e29b-41d4-a716-446655440000}',
  ],
  ...[
    '[admin]',
    '(direct)',
    '<a@b.c>',
    'ann@example.com',
    'a***@example.com',
    'an*',
    '-5',
    '.5',
    '#1',
    '$5',
    '_7',
    '%41',
    '*7',
    '[::1]',
  ],
  ...[
    'gpt-4o',
    'claude-sonnet-4-5',
    'none-such-model',
    'anthropic.claude-3',
    'xai/grok',
    'x-ai',
    'ft:gpt-4o:acme::x1',
    'chatcmpl-417',
  ],
  ...['ünal', '山田', '😀', 'msg_01', 'resp_1', 'auth0|6f', "o'neill"],
];

for (const text of [...MISSING, ...SCRUBBED]) {
  test(`${text} is no value`, () => assert.equal(isNoValue(text), true));
}
for (const text of VALUES) test(`${text} is a value`, () => assert.equal(isNoValue(text), false));

test('a bounded value is trimmed first', () => {
  assert.equal(boundedValue('  null\n', 10), undefined);
  assert.equal(boundedValue('  ann ', 10), 'ann');
  assert.equal(boundedValue('   ', 10), undefined);
  assert.equal(boundedValue(undefined, 10), undefined);
});

test('long texts of signs take no longer than their length', () => {
  for (const text of [
    '['.repeat(100_000),
    `${'*'.repeat(100_000)}a`,
    '0'.repeat(100_000),
    'x-'.repeat(100_000),
  ]) {
    assert.equal(typeof isNoValue(text), 'boolean');
  }
});
