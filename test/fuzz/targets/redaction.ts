import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { MalformedRequestError } from '../../../src/otlp/decode-errors.js';
import { transcodeJson } from '../../../src/otlp/decode-request.js';
import { type Attribute, type AttributeValue, readLogRecords, readSpans } from '../../../src/otlp/read.js';
import type { RedactedRequest, RedactedSignal } from '../../../src/otlp/redaction.js';
import { finish } from '../../../src/otlp/steps.js';
import { REDACTED_BY } from '../../../src/redact/marks.js';
import { planOf } from '../../../src/redact/plan.js';
import { parseRules, rulesOfSets, SET_NAMES } from '../../../src/redact/policy.js';
import { createRedactor } from '../../../src/redact/redactor.js';
import { findCards, findEmails, findIbans, findPhones, findSecrets } from '../../../src/redact/sets.js';
import { redactedPattern } from '../../../src/redact/text.js';
import { anyOf } from '../mutate-bytes.js';
import { mutateProtobuf } from '../mutate-protobuf.js';
import { textMutator } from '../mutate-text.js';
import { assertSame } from '../same.js';
import type { FuzzTarget } from '../target.js';

const OWN = { name: 'order', pattern: 'order-[0-9]{4,8}', action: 'mask' };
const RULES = [...rulesOfSets(SET_NAMES), ...parseRules(JSON.stringify({ rules: [OWN] }), 'test')];
const FINDS = [findSecrets, findCards, findIbans, findEmails, findPhones];
const DONE = redactedPattern([...RULES.map(({ name }) => name), 'user-ids', 'content', 'unknown-field']);

const SECRETS = [
  ...['4111 1111 1111 1111', '378282246310005', 'DE89370400440532013000', 'GB29 NWBK 6016 1331 9268 19'],
  ...['ann@shop.example', 'ann%40shop.example', '+49 30 1234567', 'AKIAIOSFODNN7EXAMPLE', 'order-12345'],
  ...['api_key=Zx9Kq2Lm8Np4Rt6Vw1Yb3', 'Bearer Zx9Kq2Lm8Np4Rt6Vw1Yb3', 'https://app:pw@db.example/x'],
  ...['sk-Zx9Kq2Lm8Np4Rt6Vw1Yb3', '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----'],
];

/** Requests with secrets in every place. */
function seeds(signal: 'traces' | 'logs'): Uint8Array[] {
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  return SECRETS.map((secret) => {
    const value = { stringValue: `before ${secret} after` };
    const attributes = [
      { key: 'note', value },
      { key: 'user.id', value: { stringValue: secret } },
      { key: 'json', value: { stringValue: JSON.stringify({ a: [secret, { b: `x ${secret}` }] }) } },
      {
        key: 'map',
        value: { kvlistValue: { values: [{ key: 'inner', value: { arrayValue: { values: [value] } } }] } },
      },
      { key: 'number', value: { intValue: '4111111111111111' } },
    ];
    const resource = { attributes: [{ key: 'owner', value }] };
    const scope = { name: 'test', attributes: [{ key: 'contact', value }] };
    const time = '1790000000000000000';
    const span = {
      ...ids,
      name: secret,
      startTimeUnixNano: time,
      attributes,
      events: [{ name: 'e', attributes }],
      status: { code: 2, message: secret },
    };
    const log = { ...ids, timeUnixNano: time, body: value, attributes };
    return signal === 'traces'
      ? { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] }
      : { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [log] }] }] };
  }).map((request) => transcodeJson(signal, Buffer.from(JSON.stringify(request))).bytes);
}

/**
 * What is left of a request has no match of any rule in a value, redacting it again changes nothing, and no record
 * disappears without being counted.
 */
export async function openRedaction(): Promise<FuzzTarget> {
  const redactor = createRedactor(
    planOf({ rules: RULES, userIds: 'auto', content: true }, new Uint8Array(32).fill(7)),
  );
  const redacted = (signal: RedactedSignal, bytes: Uint8Array): RedactedRequest | undefined => {
    try {
      return finish(redactor.steps(signal, bytes));
    } catch (error) {
      if (error instanceof MalformedRequestError) return undefined;
      throw error;
    }
  };
  const check = (signal: 'traces' | 'logs', input: Uint8Array): void => {
    const first = redacted(signal, Uint8Array.from(input));
    if (first === undefined) return;
    const again = redacted(signal, first.bytes);
    assertSame(again && Buffer.from(again.bytes), Buffer.from(first.bytes), 'redacted twice');
    for (const text of textsIn(signal, first.bytes)) assertClean(text);
  };
  return {
    seeds: [...seeds('traces'), ...seeds('logs')],
    mutate: anyOf({ weight: 3, mutate: mutateProtobuf }, { weight: 1, mutate: textMutator(SECRETS) }),
    run: (input) => {
      check('traces', input);
      check('logs', input);
    },
  };
}

function assertClean(text: string): void {
  const done = [...text.matchAll(DONE)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  }));
  for (const find of FINDS) {
    for (const { start, end } of find(text)) {
      const isDone = done.some((part) => part.start < end && part.end > start);
      assert.ok(
        isDone,
        `left: ${find.name} finds ${JSON.stringify(text.slice(start, end))} in ${JSON.stringify(text)}`,
      );
    }
  }
  assert.doesNotMatch(text, /order-[0-9]{4,8}/);
}

/** The texts of all values; none if the records cannot be read, because then they are not stored either. */
function textsIn(signal: 'traces' | 'logs', bytes: Uint8Array): string[] {
  try {
    return signal === 'traces'
      ? readSpans(bytes).flatMap(({ name, status, attributes, events, resource, instrumentation_scope }) => [
          name,
          ...(status.message === undefined ? [] : [status.message]),
          ...[
            attributes,
            resource.attributes,
            instrumentation_scope?.attributes ?? [],
            ...events.map((each) => each.attributes),
          ].flatMap(attributeTexts),
        ])
      : readLogRecords(bytes).flatMap(({ body = null, attributes, resource, instrumentation_scope }) => [
          ...valueTexts(body),
          ...[attributes, resource.attributes, instrumentation_scope?.attributes ?? []].flatMap(
            attributeTexts,
          ),
        ]);
  } catch (error) {
    if (error instanceof MalformedRequestError) return [];
    throw error;
  }
}

function attributeTexts(attributes: readonly Attribute[]): string[] {
  return attributes.flatMap(({ key, value }) => (key === REDACTED_BY ? [] : valueTexts(value)));
}

function valueTexts(value: AttributeValue): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(valueTexts);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(valueTexts);
  return [];
}
