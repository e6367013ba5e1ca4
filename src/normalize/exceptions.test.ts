import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ExceptionRecord, readExceptionTexts } from './exception-texts.js';
import {
  exceptionKey,
  type ReportedBy,
  type ReportedExceptionFacts,
  reportedException,
} from './exceptions.js';
import { OWN_URL_KEYS, PAGE_URL_KEYS } from './visit/page-keys.js';
import { createPageUrls, type PageUrlMode } from './visit/page-url.js';

type Attributes = Readonly<Record<string, string>>;

function reported(attributes: Attributes, by: Partial<ReportedBy> = {}): ReportedExceptionFacts | undefined {
  return reportedException((key) => attributes[key], { signal: 'log', name: '', ...by });
}

const SENDERS: readonly [
  sender: string,
  attributes: Attributes,
  by: Partial<ReportedBy>,
  is: ReportedExceptionFacts,
][] = [
  [
    'OpenTelemetry, browser',
    { 'exception.type': 'TypeError', 'exception.message': 'boom' },
    { name: 'exception' },
    { isCrash: false, type: 'TypeError', message: 'boom' },
  ],
  [
    'OpenTelemetry, Android’s log bridge',
    { 'exception.type': 'TypeError' },
    {},
    { isCrash: false, type: 'TypeError' },
  ],
  [
    'OpenTelemetry, a crash of a device',
    { 'exception.message': 'boom' },
    { name: 'device.crash' },
    { isCrash: true, message: 'boom' },
  ],
  [
    'OpenTelemetry, an app that stands still',
    { 'exception.stacktrace': 'at x' },
    { name: 'device.anr' },
    { isCrash: true },
  ],
  [
    'Honeycomb, attributes of a span',
    { 'exception.type': 'Error', 'exception.message': 'boom' },
    { signal: 'span', failed: true },
    { isCrash: false, type: 'Error', message: 'boom' },
  ],
  [
    'Splunk',
    { error: 'true', 'error.object': 'TypeError', 'error.message': 'boom' },
    { signal: 'span', failed: true },
    { isCrash: false, type: 'TypeError', message: 'boom' },
  ],
  ['OpenTracing, a span that did not fail', { error: 'true' }, { signal: 'span' }, { isCrash: false }],
  [
    'Elastic Common Schema',
    { 'error.type': 'Error', 'error.message': 'boom', 'error.stack_trace': 'at x' },
    {},
    { isCrash: false, type: 'Error', message: 'boom' },
  ],
  [
    'Faro, through a collector',
    { kind: 'exception', type: 'Error', value: 'boom' },
    {},
    { isCrash: false, type: 'Error', message: 'boom' },
  ],
  ['Embrace, a crash', { 'emb.type': 'sys.ios.crash' }, {}, { isCrash: true }],
  [
    'Embrace, an exception',
    { 'emb.type': 'sys.exception', 'exception.message': 'boom' },
    {},
    { isCrash: false, message: 'boom' },
  ],
  [
    'Swift, from MetricKit',
    { 'metrickit.diagnostic.crash.exception.objc.type': 'NSRangeException' },
    { name: 'metrickit.diagnostic.crash' },
    { isCrash: true, type: 'NSRangeException' },
  ],
  [
    'AWS, Swift',
    { 'crash.exception_reason.name': 'NSRangeException', 'crash.exception_reason.message': 'boom' },
    { name: 'device.crash' },
    { isCrash: true, type: 'NSRangeException', message: 'boom' },
  ],
];

describe('exceptions and crashes are read from', () => {
  for (const [sender, attributes, by, is] of SENDERS) {
    test(sender, () => assert.deepEqual(reported(attributes, by), is));
  }
});

test('a span that froze or crashed reports it by its name or component', () => {
  const stacktrace = { 'exception.stacktrace': 'at x' };
  assert.equal(reported(stacktrace, { signal: 'span', name: 'ANR', failed: true })?.isCrash, true);
  assert.equal(reported(stacktrace, { signal: 'span', name: 'GET' })?.isCrash, false);
  assert.equal(reported({ component: 'crash', error: 'true' }, { signal: 'span' })?.isCrash, true);
});

describe('not an exception:', () => {
  const none: readonly [string, Attributes, Partial<ReportedBy>][] = [
    [
      'a tag that says what the status says',
      { error: 'true', 'error.type': '500' },
      { signal: 'span', failed: true },
    ],
    ['a tag that says there was none', { error: 'false' }, { signal: 'span' }],
    ['the type of a failed request', { 'error.type': '500' }, { signal: 'span', failed: true }],
    ['the message of an error in a log record', { 'error.message': 'slow' }, {}],
    ['a kind of anything else', { kind: 'event', type: 'x', value: 'y' }, {}],
    ['a message of Embrace', { 'emb.type': 'sys.log' }, {}],
    ['a span whose name alone says so', {}, { signal: 'span', name: 'exception' }],
    ['an event of another name', {}, { name: 'toString' }],
  ];
  for (const [what, attributes, by] of none) {
    test(what, () => assert.equal(reported(attributes, by), undefined));
  }
});

describe('the key of an exception', () => {
  const same = (...all: Partial<ReportedExceptionFacts>[]) =>
    assert.equal(new Set(all.map((each) => exceptionKey(each))).size, 1);

  test('is the same with the type separate, before the message, or unknown', () => {
    same(
      { type: 'TypeError', message: 'boom' },
      { message: 'TypeError: boom' },
      { message: 'Uncaught TypeError: boom' },
      { message: 'Uncaught (in promise) TypeError: boom' },
      { message: 'boom' },
      { type: 'Timeout', message: 'Timeout: boom\n  at x' },
    );
  });

  test('is the same for one that wraps another', () => {
    same(
      { type: 'java.lang.IllegalStateException', message: 'boom' },
      { type: 'java.lang.RuntimeException', message: 'java.lang.IllegalStateException: boom' },
    );
  });

  test('is that of the type without a message', () => {
    same({ type: 'java.lang.NullPointerException' }, { type: 'NullPointerException' });
  });

  test('differs for another message', () => {
    assert.notEqual(exceptionKey({ message: 'order 1: gone' }), exceptionKey({ message: 'order 2: gone' }));
  });

  test('is of the start of a message, so that a huge one costs no more than a long one', () => {
    const start = 'order is gone '.repeat(100);
    assert.equal(exceptionKey({ message: `${start}here` }), exceptionKey({ message: `${start}there` }));
  });
});

describe('the texts of an exception', () => {
  const attributes = (of: Attributes) => Object.entries(of).map(([key, value]) => ({ key, value }));

  const read = (record: ExceptionRecord) => readExceptionTexts(record, createPageUrls('path'));

  test('are read from a log record, with the page', () => {
    const log = {
      event_name: 'exception',
      attributes: attributes({
        'exception.type': 'TypeError',
        'exception.stacktrace': 'at pay',
        'url.full': 'https://shop.example/pay',
      }),
    };
    assert.deepEqual(read({ log }), {
      type: 'TypeError',
      stacktrace: 'at pay',
      name: 'exception',
      page: 'https://shop.example/pay',
    });
  });

  test('are read from Faro’s frames, and from a message that begins with the type', () => {
    const frames = [{ filename: 'shop.js', function: 'pay', lineno: 32, colno: 17 }, { lineno: {} }, 'x'];
    const log = {
      attributes: [
        { key: 'exception.message', value: 'Uncaught TypeError: boom' },
        { key: 'faro.error.stacktrace', value: { frames } },
      ],
    };
    const { type, stacktrace } = read({ log });
    assert.equal(type, 'TypeError');
    assert.equal(stacktrace, '    at pay (shop.js:32:17)\n    at ? ()');
  });

  test('include the type at the start of the stack trace if there is no other, as for Dash0’s rejections', () => {
    const typeOf = (stacktrace: string, of: Attributes = {}) =>
      read({ log: { attributes: attributes({ 'exception.stacktrace': stacktrace, ...of }) } }).type;
    const message = { 'exception.message': 'no such amount' };
    assert.equal(typeOf('RangeError: no such amount\n    at pay (shop.js:4:1)', message), 'RangeError');
    assert.equal(typeOf('java.io.IOException: no such file: a', message), 'java.io.IOException');
    assert.equal(typeOf('RangeError: x', { ...message, 'exception.type': 'Error' }), 'Error');
    assert.equal(typeOf('Traceback (most recent call last):\nValueError: x', message), undefined);
    assert.equal(typeOf('at pay\nTypeError: x', message), undefined);
  });

  test('are read from frames as JSON text, as HyperDX writes them; other JSON is shown as it is', () => {
    const stacktraces = [
      '{"frames":[{"filename":"shop.js","function":"pay","lineno":32}]}',
      '{"frames":1}',
      '{"frames":',
    ];
    const shown = stacktraces.map(
      (stacktrace) =>
        read({ log: { attributes: attributes({ 'exception.parsed_stacktrace': stacktrace }) } }).stacktrace,
    );
    assert.deepEqual(shown, ['    at pay (shop.js:32)', ...stacktraces.slice(1)]);
  });

  test('are read from the body of a Faro record', () => {
    const body = String.raw`timestamp=2026 kind=exception type=Error value="no \"cart\"" stacktrace="Error: no\n  at pay" x=y`;
    const { type, message, stacktrace } = read({
      log: { body, attributes: attributes({ kind: 'exception' }) },
    });
    assert.deepEqual([type, message, stacktrace], ['Error', 'no "cart"', 'Error: no\n  at pay']);
  });

  test('are read from an event of a span', () => {
    const events = ['one', 'two'].map((message) => ({
      name: 'exception',
      attributes: attributes({ 'exception.message': message }),
    }));
    const span = { name: 'GET', status: { code: 0 }, attributes: [], events };
    assert.deepEqual(read({ span, event: 1 }), { message: 'two', name: 'GET' });
  });

  test('have the part of the page’s address that sessions keep', () => {
    const url = 'https://bob:secret@shop.example/cart?tok=1#x';
    const page = (key: string, mode: PageUrlMode) => {
      const log = { attributes: attributes({ 'exception.type': 'Error', [key]: url }) };
      return readExceptionTexts({ log }, createPageUrls(mode)).page;
    };
    for (const key of [...PAGE_URL_KEYS, ...OWN_URL_KEYS]) {
      assert.equal(page(key, 'path'), 'https://shop.example/cart', key);
      assert.equal(page(key, 'full'), 'https://shop.example/cart?tok=1#x', key);
    }
  });

  test('have the page of a span, not the address of its request; else the screen', () => {
    const page = (of: Attributes) =>
      read({ span: { name: 'GET', status: { code: 2 }, attributes: attributes(of), events: [] } }).page;
    const asked = { 'url.full': 'https://api.example/', 'exception.type': 'Error' };
    assert.equal(page(asked), undefined);
    assert.equal(page({ ...asked, 'screen.name': 'Cart' }), 'Cart');
    assert.equal(page({ ...asked, 'location.href': 'https://shop.example/#x' }), 'https://shop.example/');
  });
});
