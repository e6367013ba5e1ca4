import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { type SpanSpec, spanBatch } from '../../../test/support/telemetry.js';
import { Listing } from '../contract/listing.js';
import { BlockBuilder, decodePlaces } from '../records/block.js';
import type { StoredBlock } from '../records/log.js';
import { CallIndex } from './call-index.js';
import { ChangeSet } from './changes.js';
import { DirtyGroups } from './dirty-groups.js';
import { FacetKind } from './facets.js';
import { Fold } from './fold.js';
import { type HotGroup, HotGroups } from './hot-groups.js';
import { Intake } from './intake.js';
import type { LoadAnswer, LoadRequest, Plan } from './loads.js';
import { Dimension } from './rollups.js';
import { GroupKind } from './row-values.js';
import { Sessions } from './sessions.js';
import { blocksOf } from './staging.js';

/** Plans without a store: their requests in order, and the rows that they return. */

const PROJECT = 1;
const NOW_NS = 1_790_000_000_000_000_000n;
const SECOND_NS = 1_000_000_000n;

const normalizer = await plainNormalizer();

function span(trace: string, id: string, session: string, atS = 0n): SpanSpec {
  const start = NOW_NS - 60n * SECOND_NS + atS * SECOND_NS;
  return { trace, span: id, start, end: start + SECOND_NS, attributes: { 'session.id': session } };
}

/** The memory of an engine alone. */
function memory() {
  const callIndex = new CallIndex();
  callIndex.begin(new Uint8Array(8));
  const groups = new HotGroups(normalizer, callIndex, undefined);
  const sessions = new Sessions({
    settings: 'test',
    implicitSessions: true,
    timeoutNs: 1_800n * SECOND_NS,
    now: () => NOW_NS,
  });
  sessions.begin({ invalidated: [], lastSession: 0 }, 1, false);
  const fold = new Fold(groups, sessions, callIndex, undefined, normalizer.priceOf);
  const intake = new Intake(groups);
  return { fold, dirty: new DirtyGroups(), groups, sessions, intake };
}

type Memory = ReturnType<typeof memory>;

/** Adds spans to their groups, as records of this block. */
function* take({ intake, dirty }: Memory, spans: readonly SpanSpec[], block: number): Plan<StoredBlock> {
  const touched = new Set<HotGroup>();
  yield* intake.add(
    [{ project: PROJECT, batch: spanBatch(normalizer, spans) }],
    (_, hot, source, outcome) => {
      if (outcome === 'duplicate') return;
      hot.pending.push(source);
      touched.add(hot);
    },
  );
  const [staged] = blocksOf(new BlockBuilder(), [...touched], (bytes) => Buffer.from(bytes));
  const { groups, places, records, directory, data } = staged!;
  for (const [i, hot] of groups.entries()) {
    hot.places.push({ block, ...places[i]! });
    dirty.touch(hot, hot.pending.length, block - 1);
    hot.pending = [];
    for (const each of hot.group.spans.values()) each.source = undefined;
  }
  return { id: block, project: PROJECT, records, directory, bytes: data };
}

function* folded({ fold, dirty, sessions }: Memory): Plan<ChangeSet> {
  const changes = new ChangeSet();
  dirty.folded(yield* fold.plan(changes, dirty.all()));
  sessions.flush(changes);
  sessions.applied();
  return changes;
}

/**
 * Runs a plan with these answers, given by name of the request. Returns its result and the names of its
 * requests in order.
 */
function run<T>(
  plan: Plan<T>,
  answers: { readonly [N in LoadRequest['name']]?: (of: never) => LoadAnswer },
): { result: T; asked: string[]; requests: LoadRequest[] } {
  const requests: LoadRequest[] = [];
  let step = plan.next();
  while (!step.done) {
    const request = step.value;
    requests.push(request);
    const answer = answers[request.name];
    assert.ok(answer, `it was not to ask for ${request.name}`);
    step = plan.next((answer as (of: unknown) => LoadAnswer)(request.of));
  }
  return { result: step.value, asked: requests.map(({ name }) => name), requests };
}

const nothing = (of: readonly unknown[]) => of.map(() => undefined);

/** The content of an empty store after these changes. */
function stored(changes: ChangeSet, block: StoredBlock) {
  const places = new Map(changes.groups.put.map((row) => [row.key, row.places]));
  return {
    places: (of: readonly { key: string }[]) => of.map(({ key }) => places.get(key)),
    blocks: (ids: readonly number[]) => ids.map((id) => (id === block.id ? block : undefined)),
    sessions: (of: readonly { id: string }[]) =>
      of.map(({ id }) => {
        const row = changes.newSessions.find((each) => each.id === id);
        if (row === undefined) return undefined;
        const { no, place, progress, traits } = row;
        const { invalidated, settings, implicit, earliest, shown } = traits;
        const { sums } = progress;
        return { no, invalidated, settings, implicit, earliest, listing: place.listing, sums, traits: shown };
      }),
    sessionGroups: (nos: readonly number[]) =>
      nos.map((no) =>
        changes.memberships.put
          .filter(({ session, kind }) => session === no && kind <= GroupKind.lifecycleEvent)
          .map(({ key }) => key),
      ),
  };
}

describe('a plan', () => {
  test('of new records requests all of their groups at once and nothing else', () => {
    const plan = take(memory(), [span('a', '1', 's'), span('b', '1', 's'), span('a', '2', 's')], 1);
    const first = plan.next();
    assert.ok(!first.done && first.value.name === 'places');
    assert.equal(first.value.of.length, 2);
    assert.equal(plan.next([undefined, undefined]).done, true);
  });

  test('of a fold without a stored session creates one, with all derived rows', () => {
    const engine = memory();
    run(take(engine, [span('a', '1', 's'), span('b', '1', 's')], 1), { places: nothing });
    const { result, asked, requests } = run(folded(engine), { sessions: nothing });
    assert.deepEqual(asked, ['sessions']);
    assert.deepEqual(requests[0]!.of, [{ project: PROJECT, id: 's' }]);
    const [session, ...others] = result.newSessions;
    assert.equal(others.length, 0);
    assert.deepEqual(
      [session?.no, session?.id, session?.place.listing, session?.progress.spanCount],
      [1, 's', Listing.open, 2],
    );
    assert.deepEqual([result.changedSessions, result.goneSessions], [[], []]);
    assert.equal(result.groups.put.length, 2);
    assert.deepEqual(
      result.memberships.put.map(({ session: no, kind }) => [no, kind]),
      [
        [1, GroupKind.trace],
        [1, GroupKind.trace],
      ],
    );
    const counted = result.counters.filter(({ dimension }) => dimension === Dimension.sessions);
    assert.deepEqual(
      counted.map(({ level, added }) => [level, added]),
      [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
    );
    const [facets] = result.facets;
    assert.ok(
      facets?.come.facets.some(({ kind, value }) => kind === FacetKind.device && value === 'unknown'),
    );
    assert.deepEqual(facets?.gone.facets, []);
  });

  test('of a second fold writes only changes and requests nothing that is in memory', () => {
    const engine = memory();
    run(take(engine, [span('a', '1', 's')], 1), { places: nothing });
    run(folded(engine), { sessions: nothing });
    const { asked } = run(take(engine, [span('a', '2', 's', 1n)], 2), {});
    assert.deepEqual(asked, []);
    const { result } = run(folded(engine), {});
    assert.deepEqual(result.newSessions, []);
    const [changed] = result.changedSessions;
    assert.deepEqual(
      [changed?.no, changed?.progress.spanCount, changed?.place, changed?.traits],
      [1, 2, undefined, undefined],
    );
    assert.deepEqual(result.memberships, { put: [], gone: [] });
    assert.equal(decodePlaces(result.groups.put[0]!.places).length, 2);
  });

  test('of a group shared by two sessions gives each its part, and writes one row for the group', () => {
    const engine = memory();
    run(take(engine, [span('a', '1', 's'), span('a', '2', 't'), span('a', '3', 't')], 1), {
      places: nothing,
    });
    const { result, requests } = run(folded(engine), { sessions: nothing });
    assert.equal(requests.length, 1, 'both sessions are asked for at once');
    assert.equal(result.groups.put.length, 1);
    assert.deepEqual(
      result.newSessions.map(({ id, progress }) => [id, progress.spanCount]),
      [
        ['s', 1],
        ['t', 2],
      ],
    );
    assert.deepEqual(
      result.memberships.put.map(({ session }) => session),
      [1, 2],
    );
  });

  test('makes two requests if a group is on disk: its places, then their blocks', () => {
    const before = memory();
    const block = run(take(before, [span('a', '1', 's'), span('b', '1', 's')], 1), { places: nothing });
    const store = stored(run(folded(before), { sessions: nothing }).result, block.result);
    const engine = memory();
    const { asked, requests } = run(take(engine, [span('a', '1', 's'), span('a', '2', 's')], 2), store);
    // The first span is known, maybe as another version, so its bytes are compared. Their block is in memory.
    assert.deepEqual(asked, ['places', 'blocks']);
    assert.deepEqual(requests[1]!.of, [1]);
    const { result } = run(folded(engine), store);
    assert.deepEqual(
      result.changedSessions.map(({ no, progress }) => [no, progress.spanCount]),
      [[1, 3]],
    );
  });

  test('rebuilds a session from all of its groups if a minimum may have been removed with one', () => {
    const before = memory();
    const first = { ...span('a', '1', 's'), end: NOW_NS - 59n * SECOND_NS };
    const block = run(take(before, [first, span('b', '1', 's', 5n)], 1), { places: nothing });
    const store = stored(run(folded(before), { sessions: nothing }).result, block.result);
    const engine = memory();
    // A later version of the first span of the session. It begins later.
    run(take(engine, [span('a', '1', 's', 10n)], 2), store);
    const { result, asked } = run(folded(engine), store);
    assert.deepEqual(asked, ['sessions', 'sessionGroups', 'places']);
    const [changed] = result.changedSessions;
    assert.equal(changed?.place?.startNs, NOW_NS - 55n * SECOND_NS);
    assert.deepEqual(
      result.memberships.gone.map(({ startNs }) => startNs),
      [first.start],
    );
  });

  test('that ends with an error writes nothing and leaves no request open', () => {
    const engine = memory();
    const plan = take(engine, [span('a', '1', 's')], 1);
    plan.next();
    assert.throws(() => plan.throw(new Error('no answer')), /no answer/);
    assert.equal(engine.dirty.isEmpty, true);
  });
});

test('records of groups that came before the last rotation are not subtracted when these are dropped', () => {
  const { groups } = memory();
  const [old, kept] = ['old', 'kept'].map((key) => {
    const hot = groups.create(PROJECT, key, '');
    groups.count(hot, 5);
    return hot;
  });
  assert.equal(groups.records, 10);
  groups.rotate([]);
  assert.equal(groups.records, 0);
  groups.count(groups.create(PROJECT, 'new', ''), 3);
  groups.count(kept!, 2);
  groups.uncount(kept!, 4);
  assert.equal(groups.records, 3);
  groups.drop(PROJECT, [old!.key]);
  assert.equal(groups.records, 3);
  groups.drop(PROJECT, ['new']);
  assert.equal(groups.records, 0);
});
