import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { isWeakId } from './call-id.js';

test('ids as providers make them are strong', () => {
  for (const id of [
    'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
    'msg_01XFDUDYJgAACzvnptvVoYEL',
    'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b',
    'req_011CSHoEeqs5C35K2UUqR7Fy',
    'req_01jbd6g2qdfw2adyrt2az8hz4w',
    'cmpl-e5cc70bb28c444948073e77776eb30ef',
    'chatcmpl-f51b2cd2-bef7-417e-964e-a08f0b513c22',
    'gen-1731003921-TW6HxqAJ1nYQyRzLhQqE',
    '3mVLaKvVE5qknsEPqLHP8AE',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '8b1a9953-c461-1296-a827-abf8c47804d7',
  ]) {
    assert.equal(isWeakId(id), false, id);
  }
});

test('random ids are strong, except one in hundreds that looks like a word or a counter', () => {
  let weak = 0;
  for (let i = 0; i < 3_000; i++) {
    if (isWeakId(randomUUID())) weak++;
    if (isWeakId(`chatcmpl-${randomBytes(16).toString('hex')}`)) weak++;
    if (isWeakId(`chatcmpl-${randomBytes(24).toString('base64url')}`)) weak++;
  }
  assert.ok(weak < 40, `${weak} of 9,000`);
});

test('counters, few random digits, fixed words and repeated characters are weak', () => {
  for (const id of [
    '',
    'r',
    'chatcmpl-417',
    'msg_01',
    'resp_test_0001',
    'chatcmpl-mock-response-id',
    'this-is-the-fixed-id-of-a-test-server-which-never-changes',
    'chatcmpl-123456789012345678901234567890',
    'chatcmpl-0123456789abcdef0123456789abcdef',
    'chatcmpl-abcdefghijklmnopqrstuvwxyz0123456789',
    'chatcmpl-xxxxxxxxxxxxxxxxxxxxxxxxxxxxx1',
    'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
    '00000000-0000-0000-0000-000000000001',
    '11111111-2222-3333-4444-555555555555',
    '1795800000000000000',
    '2026112917300000000000001',
    'run-llama3-70b-test1',
    'claude3sonnet20250101',
    'response42-of-server7-model9',
    '4bf92f35',
  ]) {
    assert.equal(isWeakId(id), true, id);
  }
});

test('takes no longer than the id is long', () => {
  assert.equal(isWeakId('a1'.repeat(100_000)), true);
  assert.equal(isWeakId(`${'-'.repeat(100_000)}1`), true);
});
