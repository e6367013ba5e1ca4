import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MOST_USERS, NO_USERS, UserCounts, type Users, usersOf } from './user-counts.js';

function counted(fragments: Iterable<Users>): UserCounts {
  const counts = new UserCounts();
  for (const users of fragments) assert.ok(counts.exchange(NO_USERS, users));
  return counts;
}

/** What is kept, whatever the order in which it came. */
function kept(counts: UserCounts): unknown {
  const form = counts.form(undefined);
  assert.ok(typeof form !== 'number');
  // That ids were left out says nothing once all are gone.
  return form === undefined || counts.size === 0 ? undefined : form;
}

/** As it comes back from where it was stored. */
const parsed = <T>(form: T): T => (form === undefined ? form : JSON.parse(JSON.stringify(form)));

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `u${100_000 + from + i}`);

test('the users of a fragment are distinct and sorted, and the first of them where there are many', () => {
  assert.deepEqual(usersOf(['b', 'a', 'b']), { ids: ['a', 'b'], cut: false });
  assert.deepEqual(usersOf(ids(MOST_USERS)), { ids: ids(MOST_USERS), cut: false });
  assert.deepEqual(usersOf(ids(MOST_USERS + 1).reverse()), { ids: ids(MOST_USERS), cut: true });
  assert.equal(usersOf([]), NO_USERS);
});

test('an id is kept for as long as one fragment has it', () => {
  const [one, two] = [usersOf(['a', 'b']), usersOf(['b'])];
  const counts = counted([one, two]);
  assert.ok(counts.exchange(one, NO_USERS));
  assert.deepEqual(counts.ids(), ['b']);
  assert.ok(counts.exchange(two, usersOf(['c'])));
  assert.deepEqual(counts.ids(), ['c']);
  assert.ok(counts.exchange(usersOf(['c']), NO_USERS));
  assert.equal(counts.size, 0);
});

test('of 100,000 ids as many are kept as of 65', () => {
  const counts = counted(ids(100_000).map((id) => usersOf([id])));
  assert.deepEqual(counts.ids(), ids(MOST_USERS));
  assert.equal(
    JSON.stringify(counts.form(undefined)).length,
    JSON.stringify(counted([usersOf(ids(65))]).form(undefined)).length,
  );
});

test('where an id may come back that was left out, they have to be counted anew', () => {
  const all = ids(MOST_USERS + 1).map((id) => usersOf([id]));
  assert.equal(counted(all).exchange(all[0]!, NO_USERS), false, 'the last one is kept now');
  assert.equal(counted(all).exchange(all.at(-1)!, NO_USERS), false, 'nothing is left out any more');
});

const fragment = fc
  .tuple(fc.integer({ min: 0, max: 90 }), fc.constantFrom(0, 1, 2, 40, 70))
  .map(([from, count]) => usersOf(ids(count, from)));

test('whatever came and went, what is kept follows from the fragments there are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fragment), { maxLength: 20 }),
      (changes) => {
        const fragments = new Map<number, Users>();
        let counts = new UserCounts();
        for (const [group, users] of changes) {
          const old = fragments.get(group) ?? NO_USERS;
          fragments.set(group, users);
          if (!counts.exchange(old, users)) counts = counted(fragments.values());
          assert.deepEqual(kept(counts), kept(counted(fragments.values())));
          for (const id of [undefined, counts.ids()[0]]) {
            const again = UserCounts.ofForm(parsed(counts.form(id)), id);
            assert.deepEqual(kept(again), kept(counts));
          }
          const every = [...new Set([...fragments.values()].flatMap((each) => each.ids))].sort();
          assert.deepEqual(counts.ids(), every.slice(0, MOST_USERS));
        }
      },
    ),
  );
});
