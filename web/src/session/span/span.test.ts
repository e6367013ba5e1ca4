import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ExactSpan, exceptionOf, failureText } from './read-span.js';
import { copyText, prettyJson, valueText } from './value-text.js';

function span(more: object): ExactSpan {
  return { attributes: [], events: [], status: { code: 2 }, ...more } as unknown as ExactSpan;
}

const exception = (attributes: Record<string, unknown>) => ({
  name: 'exception',
  time_unix_nano: '1',
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
});

describe('a span that failed', () => {
  it('gives the reason: its status, else its last exception, else the type of its error', () => {
    const first = exception({ 'exception.type': 'First' });
    const last = exception({ 'exception.type': 'Last', 'exception.message': 'no money' });
    const type = { key: 'error.type', value: 'timeout' };
    assert.equal(failureText(span({ status: { code: 2, message: 'said' }, events: [last] })), 'said');
    assert.equal(failureText(span({ events: [first, last] })), 'Last: no money');
    assert.equal(failureText(span({ attributes: [type] })), 'timeout');
    assert.equal(failureText(span({})), undefined);
  });

  it('treats events with exception attributes as exceptions', () => {
    const read = exceptionOf(exception({ 'exception.type': 'E', 'exception.stacktrace': 'at x', more: 1 }));
    assert.deepEqual(read, { type: 'E', message: undefined, stack: 'at x' });
    assert.equal(exceptionOf({ name: 'log', attributes: [] }), undefined);
  });
});

describe('the text of a value', () => {
  it('is indented JSON with unchanged digits, order and strings', () => {
    const json = '{"b":[1,{"c":"x, {y}: [\\"z\\"]"}],"a":12345678901234567890,"e":{},"f":[]}';
    assert.equal(
      prettyJson(json),
      '{\n  "b": [\n    1,\n    {\n      "c": "x, {y}: [\\"z\\"]"\n    }\n  ],\n  "a": 12345678901234567890,\n  "e": {},\n  "f": []\n}',
    );
    assert.deepEqual(JSON.parse(prettyJson(json)!), JSON.parse(json));
  });

  it('is the text itself if it is not JSON, or too deep JSON', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const text of ['plain', '{broken', '[1,]', '"text"', '12', '', deep]) {
      assert.deepEqual(valueText(text), { text, isJson: false });
    }
  });

  it('has all digits of integers, also within objects', () => {
    assert.equal(valueText('9223372036854775807').text, '9223372036854775807');
    assert.equal(
      valueText({ n: ['9223372036854775807'] }).text,
      '{\n  "n": [\n    "9223372036854775807"\n  ]\n}',
    );
    assert.equal(copyText({ n: 1 }), '{\n  "n": 1\n}');
    assert.equal(copyText('{"as": "it was"}'), '{"as": "it was"}');
  });
});
