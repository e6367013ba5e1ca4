import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  atMost,
  believe,
  believedFrom,
  believedUntil,
  exchangeAtMost,
  exchangeStretches,
  firstAhead,
  NO_STRETCHES,
  type Stretches,
  stretchesForm,
  stretchesOf,
  stretchesOfForm,
  Times,
} from './stretches.js';

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;
const Y2000 = 946_684_800n * SECOND;
/** 2026-11-19. */
const NOW = 1_795_046_400n * SECOND;
const UNTIL = believedUntil(NOW);

function gathered(times: readonly bigint[]): Stretches {
  const gatherer = new Times();
  for (const time of times) gatherer.add(time);
  return gatherer.finish();
}

function believed(
  starts: readonly bigint[],
  ends: readonly bigint[],
  lifecycleEvents: readonly bigint[] = [],
) {
  return believe(
    { starts: gathered(starts), ends: gathered(ends), lifecycleEvents: gathered(lifecycleEvents) },
    UNTIL,
  );
}

describe('stretches', () => {
  test('times closer than a day are one, others are not', () => {
    assert.deepEqual(gathered([NOW, NOW + DAY, NOW - DAY]), [
      { startNs: NOW - DAY, lastNs: NOW + DAY, count: 3 },
    ]);
    assert.deepEqual(gathered([NOW + DAY + 1n, NOW]), [
      { startNs: NOW, lastNs: NOW, count: 1 },
      { startNs: NOW + DAY + 1n, lastNs: NOW + DAY + 1n, count: 1 },
    ]);
  });

  test('2000 parts them, however close they are', () => {
    assert.deepEqual(gathered([Y2000, Y2000 - 1n]), [
      { startNs: Y2000 - 1n, lastNs: Y2000 - 1n, count: 1 },
      { startNs: Y2000, lastNs: Y2000, count: 1 },
    ]);
  });

  test('the last of too many are joined', () => {
    const all = gathered([0n, 2n, 4n, 6n].map((days) => NOW + days * DAY));
    assert.deepEqual(atMost(all, 4), all);
    assert.deepEqual(atMost(all, 3), [
      ...all.slice(0, 2),
      { startNs: NOW + 4n * DAY, lastNs: NOW + 6n * DAY, count: 2 },
    ]);
  });

  test('are kept as text', () => {
    const all = gathered([5n, NOW, NOW + 1n, 2n ** 63n - 1n]);
    assert.deepEqual(stretchesOfForm(JSON.parse(JSON.stringify(stretchesForm(all)))), all);
  });

  /** Half days around two places, so that stretches meet, part and are bridged. */
  const time = fc
    .tuple(fc.constantFrom(NOW, Y2000), fc.integer({ min: -6, max: 6 }))
    .map(([place, halves]) => place + (BigInt(halves) * DAY) / 2n + BigInt(halves % 2));
  const group = fc.array(time, { maxLength: 4 });

  test('are the same however times are grouped and ordered', () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 4 }), fc.infiniteStream(fc.nat()), (groups, picks) => {
        const ordered = groups.flat().toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const shuffled = groups
          .map((each) => ({ each, pick: picks.next().value as number }))
          .toSorted((a, b) => a.pick - b.pick)
          .map(({ each }) => gathered(each));
        assert.deepEqual(stretchesOf(shuffled.flat()), gathered(ordered));
        assert.deepEqual(gathered(ordered.toReversed()), gathered(ordered));
      }),
    );
  });

  test('an exchange gives what summing anew gives, or says that it cannot', () => {
    let exact = 0;
    fc.assert(
      fc.property(fc.array(group, { maxLength: 3 }), group, group, (others, old, replacement) => {
        const all = gathered([...others.flat(), ...old]);
        const exchanged = exchangeStretches(all, gathered(old), gathered(replacement));
        if (exchanged === undefined) return;
        exact++;
        assert.deepEqual(exchanged, gathered([...others.flat(), ...replacement]));
      }),
      { numRuns: 2000 },
    );
    assert.ok(exact > 200, 'most are exact');
  });

  test('an exchange where the last of too many are joined gives that as well, or says that it cannot', () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 5 }), group, group, (others, old, replacement) => {
        for (const most of [2, 3]) {
          const sumOf = (groups: readonly (readonly bigint[])[]) => atMost(gathered(groups.flat()), most);
          const [before, after] = [sumOf([...others, old]), sumOf([...others, replacement])];
          const exchanged = exchangeAtMost(before, gathered(old), gathered(replacement), most);
          if (exchanged !== undefined) assert.deepEqual(exchanged, after);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what comes to too many need not be summed anew', () => {
    const days = Array.from({ length: 9 }, (_, i) => NOW + BigInt(3 * i) * DAY);
    for (const more of [NOW - 9n * DAY, days[1]! + 5n, days[7]! + 5n, days[8]! + 9n * DAY]) {
      assert.deepEqual(
        exchangeAtMost(atMost(gathered(days), 4), NO_STRETCHES, gathered([more]), 4),
        atMost(gathered([...days, more]), 4),
      );
    }
  });

  test('a group that only grows can always be exchanged', () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 3 }), group, group, (others, old, more) => {
        const all = gathered([...others.flat(), ...old]);
        const grown = [...old, ...more];
        assert.deepEqual(
          exchangeStretches(all, gathered(old), gathered(grown)),
          gathered([...others.flat(), ...grown]),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is believed', () => {
  test('a session of days ago that goes on, whole', () => {
    const { setAside, ...rest } = believed([NOW - 40n * DAY, NOW], [NOW - 40n * DAY + 5n, NOW + 7n]);
    assert.equal(setAside, 0);
    assert.deepEqual(rest, {
      startNs: NOW - 40n * DAY,
      lastNs: NOW + 7n,
      lastStartNs: NOW,
      endEventNs: undefined,
    });
  });

  test('a span that ends in 2262 lasts no time (S21)', () => {
    const last = 2n ** 63n - 1n;
    const { startNs, lastNs, setAside } = believed([NOW, NOW + 3n], [NOW + 9n, last]);
    assert.deepEqual([startNs, lastNs, setAside], [NOW, NOW + 9n, 1]);
  });

  test('a phone whose clock says 1970, beside a backend (S20)', () => {
    const { startNs, lastNs, setAside } = believed([5n * SECOND, NOW], [6n * SECOND, NOW + SECOND]);
    assert.deepEqual([startNs, lastNs, setAside], [NOW, NOW + SECOND, 2]);
  });

  test('a device whose clock is a year ahead, beside a backend (S21)', () => {
    const ahead = NOW + 365n * DAY;
    const { startNs, lastNs, lastStartNs, setAside } = believed([ahead, NOW], [ahead + SECOND, NOW + SECOND]);
    assert.deepEqual([startNs, lastNs, lastStartNs, setAside], [NOW, NOW + SECOND, NOW, 2]);
  });

  test('a clock that is hours ahead', () => {
    assert.equal(believed([NOW + DAY], [NOW + DAY]).setAside, 0);
    assert.equal(believed([NOW + DAY + 1n], [NOW + DAY + 1n]).setAside, 2);
  });

  test('if no time is believed, 1970 stays as it was sent (S22)', () => {
    assert.deepEqual(believed([5n * SECOND, 7n * SECOND], [9n * SECOND, NOW + 99n * DAY]), {
      startNs: 5n * SECOND,
      lastNs: 9n * SECOND,
      lastStartNs: 7n * SECOND,
      endEventNs: undefined,
      setAside: 4,
    });
  });

  test('if no time is believed, a future session is at 1970, as long as its first stretch (S22)', () => {
    const ahead = NOW + 23_000n * DAY;
    assert.deepEqual(believed([ahead, ahead + 9n * DAY], [ahead + SECOND], [ahead + SECOND]), {
      startNs: 0n,
      lastNs: SECOND,
      lastStartNs: 0n,
      endEventNs: SECOND,
      setAside: 3,
    });
  });

  test('an end is believed as any time is (S13)', () => {
    assert.equal(believed([NOW], [NOW], [NOW + 5n, 2n ** 62n * 2n - 1n, 0n]).endEventNs, NOW + 5n);
    assert.equal(believed([NOW], [NOW], [0n]).endEventNs, undefined);
    assert.equal(believed([], [], [NOW]).endEventNs, NOW);
  });

  test('the first time that will be believed later', () => {
    const times = {
      starts: gathered([NOW]),
      ends: gathered([NOW, NOW + 9n * DAY]),
      lifecycleEvents: NO_STRETCHES,
    };
    assert.equal(firstAhead(times, UNTIL), NOW + 9n * DAY);
    assert.equal(firstAhead({ ...times, ends: gathered([NOW]) }, UNTIL), undefined);
    const from = believedFrom(NOW + 9n * DAY);
    assert.equal(firstAhead(times, believedUntil(from)), undefined);
    assert.equal(firstAhead(times, believedUntil(from - 1n)), NOW + 9n * DAY);
  });
});
