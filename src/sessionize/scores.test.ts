import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ScoreFacts } from '../normalize/facts.js';
import { MOST_SCORE_IDS, MOST_SCORE_LABELS, MOST_SCORE_NAMES } from './score-limits.js';
import { NO_SCORES, ScoreCounts, type Scores } from './scores.js';

type Reported = { readonly score: ScoreFacts; readonly record: string };

/** A record has one content, so its digest follows from it. */
const score: fc.Arbitrary<Reported> = fc
  .record({
    name: fc.constantFrom('helpful', 'safe', '__proto__'),
    units: fc.option(fc.constantFrom(0, 1_000_000, -333_333), { nil: undefined }),
    label: fc.option(fc.constantFrom('pass', 'fail'), { nil: undefined }),
    id: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    given: fc.constantFrom(1n, 2n, 3n),
    isDeleted: fc.boolean(),
    isOfSender: fc.boolean(),
  })
  .map((each) => ({
    score: {
      name: each.name,
      ...(each.units !== undefined && { units: each.units }),
      ...(each.label !== undefined && { label: each.label }),
      ...(each.id !== undefined && {
        id: each.id,
        givenNs: each.given,
        ...(each.isDeleted && { isDeleted: true as const }),
        ...(each.isOfSender && { isOfSender: true as const }),
      }),
    },
    record: JSON.stringify(Object.values(each).map(String)),
  }));

function fragment(reported: readonly Reported[]): Scores {
  const counts = new ScoreCounts();
  for (const each of reported) counts.add(each.score, each.record);
  return counts.finish() ?? NO_SCORES;
}

function sumOf(fragments: readonly Scores[]): ScoreCounts {
  const counts = new ScoreCounts();
  for (const each of fragments) counts.exchange(NO_SCORES, each);
  return counts;
}

test('a session has the same scores whatever the order and the changes by which its fragments came', () => {
  const parts = fc.array(fc.array(score, { maxLength: 4 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (before, after) => {
      const old = before.map(fragment);
      const now = old.map((each, i) => (after[i] === undefined ? each : fragment(after[i])));
      assert.deepEqual(sumOf(now.toReversed()).all(), sumOf(now).all());
      const counts = sumOf(old);
      let isExact = true;
      for (const [i, each] of now.entries()) isExact = counts.exchange(old[i]!, each) && isExact;
      if (isExact) assert.deepEqual(counts.all(), sumOf(now).all());
      const form = sumOf(now).form();
      if (form !== undefined) {
        assert.deepEqual(ScoreCounts.ofForm(JSON.parse(JSON.stringify(form))).all(), sumOf(now).all());
      }
    }),
    { numRuns: 1_000 },
  );
});

test('what only grows is never folded again', () => {
  fc.assert(
    fc.property(fc.array(fc.array(score, { maxLength: 4 })), (parts) => {
      const counts = new ScoreCounts();
      for (const part of parts) assert.ok(counts.exchange(NO_SCORES, fragment(part)));
    }),
  );
});

test('of a score with an id the latest version counts, and none if that deleted it', () => {
  const version = (givenNs: bigint, units: number, more: Partial<ScoreFacts> = {}): Reported => ({
    score: { name: 'helpful', id: 'a', givenNs, units, ...more },
    record: String(givenNs),
  });
  const counts = sumOf([fragment([version(3n, 7)]), fragment([version(2n, 5)])]);
  assert.deepEqual(counts.all(), [['helpful', { count: 1, valued: 1, units: 7n, labels: new Map() }]]);
  assert.ok(counts.exchange(NO_SCORES, fragment([version(4n, 0, { isDeleted: true })])));
  assert.deepEqual(counts.all(), []);
  assert.deepEqual(counts.ids(), ['a']);
});

test('scores of pages replace, delete and push out none of the others', () => {
  const own = fragment([{ score: { name: 'helpful', id: 'z', givenNs: 1n, units: 7 }, record: 'a' }]);
  const ofPages = fragment([
    { score: { name: 'helpful', id: 'z', givenNs: 2n, isDeleted: true, isOfSender: true }, record: 'b' },
    ...Array.from(
      { length: 2 * MOST_SCORE_IDS },
      (_, i): Reported => ({
        score: { name: 'helpful', id: `a${i}`, givenNs: 2n, isDeleted: true, isOfSender: true },
        record: String(i),
      }),
    ),
  ]);
  for (const parts of [
    [own, ofPages],
    [ofPages, own],
  ]) {
    const counts = sumOf(parts);
    assert.deepEqual(counts.all(), [['helpful', { count: 1, valued: 1, units: 7n, labels: new Map() }]]);
    assert.deepEqual(counts.ids(), ['z']);
  }
});

test('of many names and labels the first in order are kept, whatever the order in which they come', () => {
  const many = Array.from(
    { length: 3 * MOST_SCORE_NAMES },
    (_, i): Reported => ({
      score: { name: `n${String((i * 89) % 97).padStart(3, '0')}`, label: `l${i % 50}`, units: i },
      record: String(i),
    }),
  );
  const labels = Array.from(
    { length: 3 * MOST_SCORE_LABELS },
    (_, i): Reported => ({
      score: { name: 'a', label: `l${String(i).padStart(3, '0')}` },
      record: `l${i}`,
    }),
  );
  const all = [...many, ...labels];
  const kept = sumOf(all.map((each) => fragment([each]))).all();
  assert.equal(kept.length, MOST_SCORE_NAMES);
  assert.equal(kept[0]![1].labels.size, MOST_SCORE_LABELS);
  assert.deepEqual(sumOf(all.toReversed().map((each) => fragment([each]))).all(), kept);
  assert.deepEqual(sumOf([fragment(all)]).all(), kept);
  const counts = sumOf([fragment(all)]);
  assert.equal(
    counts.exchange(fragment([many[0]!]), NO_SCORES),
    false,
    'a name that was left out may count now',
  );
});
