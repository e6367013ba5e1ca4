import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ErrorSums, type Errors, MOST_ERRORS } from './error-sums.js';
import { type KeptPart, KeptSums } from './kept-sums.js';
import { MOST_DURATIONS, MOST_TOOLS, type ToolSum, ToolSums, type Tools } from './tool-sums.js';

const few = fc
  .dictionary(fc.constantFrom('1', '20', '300'), fc.integer({ min: 1, max: 2 }))
  .map((durations) => new Map(Object.entries(durations).map(([us, calls]) => [Number(us), calls])));

/** Of some of these together a tool has more than MOST_DURATIONS. */
const many = fc
  .constantFrom(100, 101, 200, 350)
  .map((from) => new Map(Array.from({ length: (MOST_DURATIONS * 2) / 3 }, (_, i) => [from + i, 1])));

const sum: fc.Arbitrary<ToolSum> = fc
  .record({
    calls: fc.integer({ min: 1, max: 4 }),
    failures: fc.integer({ min: 0, max: 1 }),
    durations: fc.oneof({ weight: 3, arbitrary: few }, { weight: 1, arbitrary: many }),
  })
  .map((all) => ({ ...all, retries: all.failures }));

const tools: fc.Arbitrary<Tools | undefined> = fc
  .array(
    fc.record({
      name: fc.oneof(fc.constantFrom('search', '__proto__'), fc.integer({ min: 0, max: 300 }).map(String)),
      spans: fc.option(sum, { nil: undefined }),
      logs: fc.option(sum, { nil: undefined }),
    }),
    { maxLength: 5 },
  )
  .map((all) => {
    const sums = new ToolSums();
    for (const { name, spans, logs } of all) {
      if (spans !== undefined) sums.add(name, { spans });
      if (logs !== undefined) sums.add(name, { logs });
    }
    return sums.finish();
  });

const errors: fc.Arbitrary<Errors | undefined> = fc
  .array(
    fc.record({
      shape: fc.constantFrom('Timeout', 'Error: #', '__proto__'),
      channel: fc.integer({ min: 0, max: 3 }),
      at: fc.bigInt({ min: 1n, max: 4n }),
    }),
    { maxLength: 4 },
  )
  .map((all) => {
    const sums = new ErrorSums();
    for (const { shape, channel, at } of all) sums.addOne(shape, channel, at);
    return sums.finish();
  });

function followsFromFragments<Part>(
  part: fc.Arbitrary<Part>,
  make: () => { exchange(old: Part | undefined, now: Part | undefined): boolean; form(): unknown },
): void {
  const parts = fc.array(part, { minLength: 2, maxLength: 4 });
  const sumOf = (all: readonly Part[]) => {
    const sums = make();
    for (const each of all) assert.ok(sums.exchange(undefined, each), 'what only grows is exact');
    return sums;
  };
  fc.assert(
    fc.property(parts, parts, (old, after) => {
      const now = old.map((each, i) => after[i] ?? each);
      const expected = sumOf(now).form();
      assert.deepEqual(sumOf(now.toReversed()).form(), expected);
      const sums = sumOf(old);
      let isExact = true;
      for (const [i, each] of now.entries()) isExact = sums.exchange(old[i], each) && isExact;
      if (isExact) assert.deepEqual(sums.form(), expected);
    }),
    { numRuns: 1_000 },
  );
}

test('calls of tools are a function of the set of fragments, after any changes that are said to be exact (S18)', () => {
  followsFromFragments(tools, () => new ToolSums());
});

test('errors are a function of the set of fragments, after any changes that are said to be exact (S18)', () => {
  followsFromFragments(errors, () => new ErrorSums());
});

/** Counts of the first three names. */
class FirstThree extends KeptSums<number> {
  constructor() {
    super(3, { add: (known = 0, count, sign) => known + sign * count || undefined });
  }

  form(): unknown {
    return { isCut: this.isCut, counts: this.entries() };
  }
}

test('the first names are a function of the set of fragments, and so is whether some were left out (S18)', () => {
  const part: fc.Arbitrary<KeptPart<number> | undefined> = fc
    .array(fc.constantFrom(...'abcde'), { maxLength: 6 })
    .map((names) => {
      const counts = new FirstThree();
      for (const name of names) counts.add(name, 1);
      return counts.finish();
    });
  followsFromFragments(part, () => new FirstThree());
});

test('durations are to three digits up to some number of different ones, and to two beyond', () => {
  const fragmentOf = (from: number, length: number): Tools => {
    const durations = new Map(Array.from({ length }, (_, i) => [from + i, 1]));
    const spans = { calls: length, failures: 0, retries: 0, durations };
    return { sums: new Map([['search', { spans }]]), isCut: false };
  };
  const sums = new ToolSums();
  const [most, one] = [fragmentOf(100, MOST_DURATIONS), fragmentOf(1_230, 1)];
  sums.exchange(undefined, most);
  assert.equal(sums.all()[0]![1].durations.get(123), 1);
  sums.exchange(undefined, one);
  const { calls, durations } = sums.all()[0]![1];
  assert.equal(calls, MOST_DURATIONS + 1);
  assert.equal(durations.get(120), 10);
  assert.equal(durations.get(1_200), 1);
  assert.equal(sums.exchange(one, fragmentOf(1_230, 2)), true, 'still too many');
  assert.equal(sums.exchange(fragmentOf(1_230, 2), undefined), false, 'few enough again');
});

test('the stored form keeps everything', () => {
  fc.assert(
    fc.property(tools, errors, (someTools, someErrors) => {
      const called = new ToolSums();
      called.exchange(undefined, someTools);
      const form = called.form();
      if (form !== undefined)
        assert.deepEqual(ToolSums.ofForm(JSON.parse(JSON.stringify(form))).all(), called.all());
      const failed = new ErrorSums();
      failed.exchange(undefined, someErrors);
      const errorsForm = failed.form();
      if (errorsForm === undefined) return;
      assert.deepEqual(ErrorSums.ofForm(JSON.parse(JSON.stringify(errorsForm))).form(), errorsForm);
    }),
  );
});

test('of many tools and errors the first in order are kept, and what was left out may come back', () => {
  const one: ToolSum = { calls: 1, failures: 0, retries: 0, durations: new Map() };
  const fragmentOf = (name: string): Tools => ({ sums: new Map([[name, { spans: one }]]), isCut: false });
  const names = Array.from(
    { length: 2 * MOST_TOOLS },
    (_, i) => `t${String((i * 89) % 997).padStart(3, '0')}`,
  );
  const kept = (all: readonly string[]) => {
    const sums = new ToolSums();
    for (const name of all) sums.exchange(undefined, fragmentOf(name));
    return sums;
  };
  const expected = [...names].sort().slice(0, MOST_TOOLS);
  const sums = kept(names);
  assert.deepEqual(
    sums.all().map(([name]) => name),
    expected,
  );
  assert.deepEqual(kept(names.toReversed()).all(), sums.all());
  assert.equal(sums.exchange(fragmentOf(expected[0]!), undefined), false);
  const errors = new ErrorSums();
  for (let i = 0; i < 3 * MOST_ERRORS; i++) errors.addOne(`e${String(i).padStart(3, '0')}`, 0, 1n);
  assert.equal(errors.names().length, MOST_ERRORS);
});
