import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPath } from './json-path.js';
import { parseRules, rulesOfSets, SET_NAMES } from './policy.js';

const errorOf = (content: string): string => {
  try {
    parseRules(content, 'rules.json');
  } catch (error) {
    assert.equal((error as Error).name, 'RedactionRulesError');
    return (error as Error).message;
  }
  return assert.fail(`accepted: ${content}`);
};
const ruleError = (rule: object): string => errorOf(JSON.stringify({ rules: [rule] }));

test('a rule is read with all of its parts', () => {
  const rule = { name: 'said', action: 'truncate', length: 3, in: ['body'], key: ['a.*', 'b'], json: '$.a' };
  const { key: keys, ...others } = rule;
  assert.deepEqual(parseRules(`\uFEFF${JSON.stringify({ rules: [rule] })}`, 'f'), [{ ...others, keys }]);
  assert.deepEqual(parseRules('{"rules":[{"name":"email","set":"email","action":"hash"}]}', 'f'), [
    { name: 'email', set: 'email', action: 'hash' },
  ]);
});

test('an error of syntax is told with its line and column', () => {
  assert.match(
    errorOf('{\n  "rules": [\n    {"name": "a",, }\n  ]\n}'),
    /^rules.json, line 3, column 18: not JSON/,
  );
  assert.match(errorOf('{"rules": [}'), /line 1, column 12: not JSON/);
  assert.match(errorOf('{"rules": ['), /line 1, column 12: not JSON/);
  assert.match(errorOf(''), /line 1, column 1/);
});

test('an error in a rule is told with its number and name, and what would be right', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ name: 'A b', action: 'mask', key: 'a' }, /rule 1: "name" must be/],
    [{ name: 'a', action: 'blur', key: 'a' }, /"a": "action" must be one of drop, mask, hash, truncate/],
    [{ name: 'a', action: 'mask' }, /not to what/],
    [{ name: 'a', action: 'mask', in: ['attributes'] }, /not to what/],
    [{ name: 'a', action: 'mask', kee: 'a' }, /has "kee", which is none of/],
    [{ name: 'a', action: 'mask', key: '' }, /"key" must be/],
    [{ name: 'a', action: 'mask', pattern: '(' }, /"pattern": .*RE2/],
    [{ name: 'a', action: 'mask', pattern: '(?=a)b' }, /"pattern": .*look-around/],
    [{ name: 'a', action: 'mask', pattern: '(a)\\1' }, /"pattern": .*back-references/],
    [{ name: 'a', action: 'mask', pattern: 'x*' }, /matches an empty text/],
    [{ name: 'a', action: 'mask', json: 'a.b' }, /"json": a path starts with \$/],
    [{ name: 'a', action: 'mask', json: '$.a[?(@.b)]' }, /from character 4 on/],
    [{ name: 'a', action: 'mask', set: 'emails' }, /"set" must be one of secrets/],
    [{ name: 'email', action: 'mask', key: 'a' }, /the name "email" is taken/],
    [{ name: 'a', action: 'truncate', key: 'a' }, /"length" belongs to "truncate"/],
    [{ name: 'a', action: 'truncate', length: 3, pattern: 'b' }, /shortens whole values/],
    [{ name: 'a', action: 'mask', key: 'a', in: ['spans'] }, /"in" must list some of attributes/],
    [{ name: 'a', action: 'mask', pattern: 'a', set: 'email' }, /give one of/],
  ];
  for (const [rule, expected] of cases) assert.match(ruleError(rule), expected, JSON.stringify(rule));
  const twice = { name: 'a', action: 'mask', key: 'a' };
  assert.match(errorOf(JSON.stringify({ rules: [twice, twice] })), /rule 2: an earlier rule has the name/);
  assert.match(errorOf('[]'), /must hold \{"rules"/);
  assert.match(errorOf('{"rules":[],"sets":[]}'), /nothing such as "sets"/);
});

test('sets are applied in one order, however they are given', () => {
  assert.deepEqual(rulesOfSets(['phone', 'secrets']), rulesOfSets(['secrets', 'phone']));
  assert.deepEqual(
    rulesOfSets(SET_NAMES).map(({ name }) => name),
    [...SET_NAMES],
  );
});

test('JSON paths', () => {
  const reaches = (path: string, ...steps: (string | number)[]): boolean => {
    const followed = jsonPath(path);
    return followed.isEnd(steps.reduce<number>((at, step) => followed.step(at, step), followed.start));
  };
  assert.ok(reaches('$'));
  assert.ok(reaches('$.a.b', 'a', 'b'));
  assert.ok(reaches("$['a.b'][0]", 'a.b', 0));
  assert.ok(reaches('$[*].parts[*].content', 3, 'parts', 0, 'content'));
  assert.ok(reaches('$..ssn', 'a', 0, 'ssn'));
  assert.ok(reaches('$..a.b', 'a', 'a', 'b'));
  assert.ok(!reaches('$.a', 'b'));
  assert.ok(!reaches('$.a', 'a', 'b'));
  assert.ok(!reaches('$[1]', '1'));
});
