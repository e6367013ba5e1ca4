import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from './test-support.js';
import { SMALL_BYTES, type UploadEnd, type UploadLimits, Uploads } from './uploads.js';

const KIB = 1024;
const LIMITS: UploadLimits = { maxIncomingBytes: 1000 * KIB, bodyIdleMs: 30_000, minBodyRate: KIB };

function fixture(limits: Partial<UploadLimits> = {}) {
  const clock = new ManualClock();
  let held = 0;
  const uploads = new Uploads({ ...LIMITS, ...limits }, clock, (bytes) => {
    held = bytes;
  });
  const ended: [name: string, reason: UploadEnd][] = [];
  const begin = (name: string) => uploads.begin((reason) => ended.push([name, reason]));
  return { clock, uploads, ended, begin, held: () => held };
}

test('counts held bytes until an upload is over, and leaves no timer behind', () => {
  const { clock, begin, held } = fixture();
  const one = begin('one');
  const other = begin('other');
  assert.equal(one.add(10), true);
  assert.equal(other.add(20), true);
  assert.equal(held(), 30);
  one.finish();
  one.finish();
  assert.equal(held(), 20);
  assert.equal(one.add(1), false, 'it is over');
  assert.equal(clock.pending, 1);
  other.finish();
  assert.equal(held(), 0);
  assert.equal(clock.pending, 0);
});

test('an upload may be idle for a limited time', () => {
  const { clock, ended, begin, held } = fixture();
  const upload = begin('silent');
  upload.add(10);
  clock.advance(29_000);
  upload.add(1);
  clock.advance(29_500);
  assert.deepEqual(ended, []);
  clock.advance(500);
  assert.deepEqual(ended, [['silent', 'idle']]);
  assert.equal(held(), 0);
  clock.advance(1_000_000);
  assert.equal(ended.length, 1);
});

test('a small body may be slow, a large one may not', () => {
  const { clock, ended, begin } = fixture();
  const small = begin('small');
  const large = begin('large');
  const steady = begin('steady');
  large.add(SMALL_BYTES + 1);
  steady.add(SMALL_BYTES + 1);
  for (let second = 0; second < 120; second++) {
    clock.advance(1000);
    small.add(100);
    large.add(1023);
    steady.add(1024);
  }
  // The first window has the bytes that came at once; the second has too few.
  assert.deepEqual(ended, [['large', 'slow']]);
});

test('no upload takes longer than Node.js allows for a request', () => {
  const { clock, ended, begin } = fixture({ minBodyRate: 0 });
  const upload = begin('endless');
  for (let second = 0; second < 240; second++) {
    assert.deepEqual(ended, [], `${second}`);
    upload.add(1);
    clock.advance(1000);
  }
  assert.deepEqual(ended, [['endless', 'slow']]);
});

test('stalled uploads make room for others, the slowest first', () => {
  const { clock, ended, begin, held } = fixture();
  const names = ['a', 'b', 'c'];
  for (const name of names) begin(name).add(300 * KIB);
  const slow = begin('slow');
  slow.add(50 * KIB);
  clock.advance(2000);
  slow.add(1);
  const newcomer = begin('newcomer');
  assert.equal(newcomer.add(300 * KIB), true);
  assert.equal(newcomer.add(300 * KIB), true);
  assert.deepEqual(
    ended.map(([, reason]) => reason),
    ['displaced', 'displaced'],
  );
  assert.ok(ended.every(([name]) => names.includes(name)));
  assert.equal(held(), 950 * KIB + 1);
});

test('a new or fast upload keeps its place', () => {
  const { clock, ended, begin, held } = fixture();
  const fast = begin('fast');
  fast.add(500 * KIB);
  clock.advance(1500);
  fast.add(100 * KIB);
  const young = begin('young');
  young.add(400 * KIB);
  const newcomer = begin('newcomer');
  assert.equal(newcomer.add(1), false);
  assert.deepEqual(ended, []);
  assert.equal(held(), 1000 * KIB);
  fast.finish();
  assert.equal(begin('next').add(1), true);
});

test('an upload makes no room for itself', () => {
  const { clock, ended, begin, held } = fixture();
  const upload = begin('large');
  upload.add(1000 * KIB);
  clock.advance(5000);
  assert.equal(upload.add(1), false);
  assert.deepEqual(ended, []);
  assert.equal(held(), 0);
});

test('a measured upload counts its current size', () => {
  const { clock, uploads, ended, begin, held } = fixture();
  let bytes = 0;
  const measured = uploads.beginMeasured(
    () => bytes,
    (reason) => ended.push(['measured', reason]),
  );
  assert.ok(measured !== undefined);
  bytes = 900 * KIB;
  clock.advance(500);
  assert.equal(held(), 900 * KIB);
  const other = begin('other');
  clock.advance(2000);
  assert.equal(other.add(200 * KIB), true);
  assert.deepEqual(ended, [['measured', 'displaced']]);
  assert.equal(held(), 200 * KIB);
});

test('no measured upload begins if there is no room', () => {
  const { clock, uploads, begin } = fixture();
  begin('full').add(1000 * KIB);
  const start = () =>
    uploads.beginMeasured(
      () => 0,
      () => {},
    );
  assert.equal(start(), undefined);
  clock.advance(2000);
  assert.ok(start() !== undefined, 'the stalled one has made room');
});
