import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { attributeKey, KeyGroup } from '../../normalize/attributes.js';
import { FACTS_VERSION } from '../../normalize/create.js';
import type { Dialect } from '../../normalize/dialects/dialect.js';
import { DIALECTS } from '../../normalize/dialects/registry.js';
import {
  changedTables,
  dialectsDigest,
  digestOf,
  factsVersionOf,
  ROW_TABLES,
  type RowTables,
  sessionIdentity,
  tablesIdentity,
  textOf,
  userIdentity,
} from './identity.js';

const OPTIONS = { userIds: 'keep', clientIp: 'keep', geoDatabase: undefined } as const;

const changedIdentity = (tables: Partial<RowTables>): string[] =>
  changedTables(textOf(tablesIdentity()), textOf(tablesIdentity({ ...ROW_TABLES, ...tables })));

const KEY = attributeKey('identity.test.key', KeyGroup.session);
const ANOTHER: Dialect = { name: 'another' };
const swapped = DIALECTS.toReversed();

/** For each table, others that differ from it. */
const OTHER_TABLES: { readonly [K in keyof RowTables]: readonly RowTables[K][] } = {
  dialects: [
    swapped,
    [...DIALECTS, { ...ANOTHER, sessionKeys: [KEY] }],
    [...DIALECTS, { ...ANOTHER, looseSessionKeys: [KEY] }],
    [...DIALECTS, { ...ANOTHER, scopedSessionKeys: { scopeName: /^a$/, keys: [KEY] } }],
    [...DIALECTS, { ...ANOTHER, noSessions: [{ key: KEY, value: /^none$/ }] }],
  ],
  facetKinds: [{ ...ROW_TABLES.facetKinds, another: 99 }],
  errorFacets: [{ ...ROW_TABLES.errorFacets, crash: '3' }],
  dimensions: [{ ...ROW_TABLES.dimensions, another: 99 }],
  groupKinds: [{ ...ROW_TABLES.groupKinds, mark: 3 }],
  listings: [{ ...ROW_TABLES.listings, another: 9 }],
  levels: [ROW_TABLES.levels.map((level, i) => (i === 0 ? level * 2n : level))],
  timelineLevels: [ROW_TABLES.timelineLevels.slice(1)],
  buckets: [ROW_TABLES.buckets.map((bucket, i) => (i === 100 ? `${bucket}0` : bucket))],
};

test('a changed table changes the identity, which names it', () => {
  for (const [name, others] of Object.entries(OTHER_TABLES)) {
    const part = name === 'dialects' ? 'keys of sessions' : 'filters and counters';
    for (const [i, other] of others.entries())
      assert.deepEqual(changedIdentity({ [name]: other }), [part], `${name} ${i}`);
  }
  assert.deepEqual(changedIdentity({}), []);
  assert.deepEqual(changedIdentity({ dialects: [...DIALECTS, ANOTHER] }), [], 'one that binds nothing');
});

test('changed settings, prices and dialects change the identity of sessions, which names them', () => {
  const before = textOf(sessionIdentity(OPTIONS));
  const others = (options: Partial<Parameters<typeof sessionIdentity>[0]>, dialects = DIALECTS) =>
    changedTables(before, textOf(sessionIdentity({ ...OPTIONS, ...options }, dialects)));
  assert.deepEqual(others({}), []);
  assert.deepEqual(others({ userIds: 'pseudonymize' }), ['user ids']);
  assert.deepEqual(others({ clientIp: 'drop' }), ['client addresses']);
  assert.deepEqual(others({ geoDatabase: '/geo.mmdb' }), ['geo database']);
  assert.deepEqual(others({ trustedProxies: 1 }), ['trusted proxies']);
  assert.deepEqual(others({ pageUrls: 'full' }), ['addresses of pages']);
  assert.deepEqual(others({ prices: [{ model: 'a', input: 1, fromNs: 5n }] }), ['own prices']);
  assert.deepEqual(others({}, swapped), ['dialects']);
  for (const { name } of DIALECTS) {
    const without = DIALECTS.filter((each) => each.name !== name);
    assert.deepEqual(others({}, without), ['dialects'], name);
  }
  const read = (more: Partial<Dialect>) => others({}, [...DIALECTS.slice(1), { ...DIALECTS[0]!, ...more }]);
  assert.deepEqual(read({ identity: { userId: { 30: ['identity.test.user'] } } }), ['dialects']);
  const talk = DIALECTS.map((dialect) => ({ ...dialect, conversation: {} }));
  assert.deepEqual(others({}, talk), [], 'what is read when it is asked for is in no row');
});

test('the sources of user ids are part of the identity of sessions by user', () => {
  assert.equal(userIdentity(OPTIONS), userIdentity(OPTIONS));
  assert.notEqual(userIdentity(OPTIONS), userIdentity({ userIds: 'pseudonymize' }));
  const others = [...DIALECTS, { ...ANOTHER, identity: { userId: { 30: ['identity.test.user'] } } }];
  assert.notEqual(userIdentity(OPTIONS), userIdentity(OPTIONS, others));
});

test('patterns, functions and keys are part of a digest; an unknown stored form has no names', () => {
  assert.notEqual(digestOf([/a/]), digestOf([/a/i]));
  assert.notEqual(digestOf([() => 1]), digestOf([() => 2]));
  assert.notEqual(digestOf(new Set(['a'])), digestOf(new Set(['b'])));
  assert.equal(dialectsDigest([KEY]), digestOf(['key identity.test.key']));
  assert.notEqual(dialectsDigest([{ path: [0] }]), dialectsDigest([{ path: [1] }]));
  assert.notEqual(digestOf([0]), digestOf([1]));
  assert.deepEqual(changedTables('["of old"]', textOf({ a: '1' })), []);
  assert.deepEqual(changedTables('of old', textOf({ a: '1' })), []);
  assert.equal(factsVersionOf(textOf(sessionIdentity(OPTIONS))), FACTS_VERSION);
  assert.equal(factsVersionOf('of old'), undefined);
});

/**
 * All identities, computed by another process that has declared this many keys before those of the program.
 */
function identitiesAfter(keys: number): string {
  const from = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    const { attributeKey } = await import(${from('../../normalize/attributes.js')});
    for (let i = 0; i < ${keys}; i++) attributeKey('another.' + i, 1);
    const { tablesIdentity, sessionIdentity, userIdentity } = await import(${from('./identity.js')});
    const options = { ...${JSON.stringify(OPTIONS)}, prices: [{ model: 'a', input: 1, output: 2, fromNs: 5n }] };
    console.log(JSON.stringify([tablesIdentity(), sessionIdentity(options), userIdentity(options)]));`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
}

test('identities do not depend on the numbers of keys, which depend on earlier declarations', () => {
  const expected = identitiesAfter(0);
  assert.match(expected, /filters and counters/);
  for (const keys of [1, 2, 300]) assert.equal(identitiesAfter(keys), expected, `${keys}`);
});
