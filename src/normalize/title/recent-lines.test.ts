import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecentLines } from './recent-lines.js';

test('lines that are kept are those that reading would give, whatever was read before', () => {
  const read = (buffer: Buffer, start: number, end: number, isUser: boolean): string =>
    `${isUser} ${buffer.toString('latin1', start, end)}`;
  // Few bytes and lengths, so that messages meet in a slot; and some that are too long to be kept.
  const message = fc.oneof(
    fc.array(fc.constantFrom(0x61, 0x62), { maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(4_096, 4_097).map((length) => Buffer.alloc(length, 'a')),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(message, fc.boolean(), fc.nat(3)), { maxLength: 200 }), (messages) => {
      const lines = new RecentLines();
      for (const [bytes, isUser, before] of messages) {
        const buffer = Buffer.concat([Buffer.alloc(before, 'b'), bytes, Buffer.from('a')]);
        const end = before + bytes.length;
        assert.equal(lines.get(buffer, before, end, isUser, read), read(buffer, before, end, isUser));
      }
    }),
  );
});

test('a message that repeats is read once, and changing the buffer of its request does not change its line', () => {
  const lines = new RecentLines();
  let reads = 0;
  const read = (buffer: Buffer, start: number, end: number): string => {
    reads++;
    return buffer.toString('utf8', start, end);
  };
  const request = Buffer.from('[hello]');
  assert.equal(lines.get(request, 1, 6, true, read), 'hello');
  request.fill('x');
  assert.equal(lines.get(Buffer.from('hello'), 0, 5, true, read), 'hello');
  assert.equal(reads, 1);
  assert.equal(lines.get(request, 1, 6, true, read), 'xxxxx');
});
