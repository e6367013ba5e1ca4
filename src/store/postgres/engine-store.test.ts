import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeSet } from '../engine/changes.js';
import { PostgresEngineStore } from './engine-store.js';
import { DatabaseError, type Result, type Statement, type SyncSession } from './statement.js';

/** Answers every statement with no rows, and fails those that contain `failing`. */
class FakeSession implements SyncSession {
  /** The first words of what was run, by call. */
  readonly runs: string[] = [];
  failing: string | undefined;

  run(statements: readonly Statement[]): Result[] {
    const texts = statements.map(({ text }) => text.trim().replace(/\s+/g, ' '));
    this.runs.push(texts.map((text) => text.split(' ').slice(0, 3).join(' ')).join('; '));
    if (texts.some((text) => this.failing !== undefined && text.includes(this.failing))) {
      throw new DatabaseError(`cannot run ${this.failing}`, '40001');
    }
    return statements.map(() => ({ rows: [], count: 0 }));
  }
}

function open() {
  const [session, decisions] = [new FakeSession(), new FakeSession()];
  const store = new PostgresEngineStore(session, decisions, () => ({ text: 'FENCE' }));
  return { session, decisions, store };
}

const CHANGE = 'INSERT INTO meta';

test('a change set is one call, and the fence comes right before the commit', () => {
  const { session, store } = open();
  store.apply(new ChangeSet(), false);
  assert.deepEqual(session.runs, [`BEGIN; ${CHANGE}; FENCE; COMMIT`]);
});

test('parts share a transaction', () => {
  const { session, store } = open();
  store.apply(new ChangeSet(), true);
  store.apply(new ChangeSet(), true);
  store.end();
  store.end();
  assert.deepEqual(session.runs, [`BEGIN; ${CHANGE}`, CHANGE, 'FENCE; COMMIT']);
});

test('a decision is durable on its own, after what was open before it', () => {
  const { session, decisions, store } = open();
  store.apply(new ChangeSet(), true);
  const changes = new ChangeSet();
  changes.invalidated.push({ project: 1, id: 's' });
  decisions.failing = 'invalidation';
  assert.throws(() => store.apply(changes, false), /cannot run invalidation/);
  assert.deepEqual(session.runs, [`BEGIN; ${CHANGE}`, 'FENCE; COMMIT']);
});

test('a failed load takes open parts with it, on whichever connection it failed', () => {
  for (const failing of ['record_group', 'project']) {
    const { session, decisions, store } = open();
    store.apply(new ChangeSet(), true);
    session.failing = failing;
    decisions.failing = failing;
    const load = () =>
      failing === 'project'
        ? store.load({ name: 'projects', of: ['shop'] })
        : store.load({ name: 'places', of: [{ project: 1, key: 'k' }] });
    assert.throws(load, DatabaseError);
    assert.equal(session.runs.at(-1), 'ROLLBACK');
    session.failing = undefined;
    // The engine must learn that its parts are lost.
    assert.throws(() => store.end(), DatabaseError);
    store.end();
    assert.equal(session.runs.at(-1), 'ROLLBACK');
  }
});

test('a change set that cannot be encoded takes open parts with it', () => {
  const { session, store } = open();
  store.apply(new ChangeSet(), true);
  const changes = new ChangeSet();
  changes.listings.push({ no: 0.5, listing: 1 });
  assert.throws(() => store.apply(changes, false), RangeError);
  assert.equal(session.runs.at(-1), 'ROLLBACK');
  store.apply(new ChangeSet(), false);
  assert.equal(session.runs.at(-1), `BEGIN; ${CHANGE}; FENCE; COMMIT`);
});

test('errors of the connection, of the system and of other processes may pass', () => {
  const { store } = open();
  for (const code of [undefined, '40001', '53100', '57P01', 'SJ001']) {
    assert.ok(store.mayPass(new DatabaseError('', code)), code);
  }
  for (const code of ['0A000', '21000', '22003', '23505', '42P01', '54000', 'XX001']) {
    assert.ok(!store.mayPass(new DatabaseError('', code)), code);
  }
  assert.ok(store.mayPass(Object.assign(new Error('ENOSPC'), { errno: -28 })));
  assert.ok(!store.mayPass(new RangeError('')));
});
