import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { type AttributeValue, spanBatch } from '../../test/support/telemetry.js';
import { type AttributeView, attributeKey, declaredKeys, KeyGroup } from './attributes.js';
import type { Dialect } from './dialects/dialect.js';
import { otelGenAi } from './dialects/otel-genai.js';
import { DIALECTS } from './dialects/registry.js';
import { isNoValue } from './no-value.js';
import type { Normalizer, RecordFacts } from './normalizer.js';
import { createSessionIdReader, normalizeSessionId } from './session-id.js';

const key = (name: string) => attributeKey(name, KeyGroup.session);

function sessionOf(attributes: Record<string, AttributeValue>, dialects: readonly Dialect[] = DIALECTS) {
  const read = createSessionIdReader(dialects);
  const normalizer: Normalizer = {
    serviceName: undefined,
    metricNames: new Set(),
    priceOf: () => undefined,
    resource: () => {},
    scope: () => {},
    record: (view: AttributeView): RecordFacts => ({
      session: read(view),
      identity: undefined,
      usage: undefined,
      visit: undefined,
      exceptions: undefined,
      lifecycleEvent: undefined,
    }),
  };
  const batch = spanBatch(normalizer, [{ trace: '1', span: '1', start: 1n, end: 1n, attributes }]);
  return batch.strings[batch.session[0]!];
}

const KEYS = [
  // In the order of the registry's dialects.
  'session.id',
  'anthropic.session.id',
  'spring.ai.chat.client.conversation.id',
  'gcp.vertex.agent.session_id',
  'genkit:sessionId',
  'ai.telemetry.metadata.sessionId',
  'ai.settings.context.sessionId',
  'ai.telemetry.metadata.session_id',
  'ai.settings.context.session_id',
  'mlflow.trace.session',
  'langsmith.metadata.session_id',
  'langsmith.metadata.thread_id',
  'langsmith.metadata.conversation_id',
  'langfuse.session.id',
  'traceloop.association.properties.session_id',
  'traceloop.association.properties.sessionId',
  'copilot_chat.chat_session_id',
  'copilot_chat.session_id',
  'gen_ai.conversation.id',
  'gen_ai.session.id',
  'gen_ai.thread.id',
  'gen_ai.openai.thread.id',
  'langwatch.thread.id',
  'langwatch.thread_id',
  'lmnr.association.properties.session_id',
  'honeyhive.session_id',
  'galileo.session.id',
  'wandb.thread_id',
  // General names that others may use for something else come last.
  'anthropic.session.thread.id',
  'mastra.metadata.sessionId',
  'mastra.metadata.threadId',
  'ai.telemetry.metadata.threadId',
  'ai.settings.context.threadId',
  'ai.telemetry.metadata.thread_id',
  'ai.settings.context.thread_id',
  'ai.telemetry.metadata.chatId',
  'ai.settings.context.chatId',
  'ai.telemetry.metadata.chat_id',
  'ai.settings.context.chat_id',
  'ai.telemetry.metadata.conversationId',
  'ai.settings.context.conversationId',
  'ai.telemetry.metadata.conversation_id',
  'ai.settings.context.conversation_id',
  'langfuse.trace.metadata.langfuse_session_id',
  'langfuse.observation.metadata.langfuse_session_id',
  'traceloop.association.properties.conversation_id',
  'traceloop.association.properties.thread_id',
  'traceloop.association.properties.chat_id',
  'traceloop.association.properties.session',
  'traceloop.association.properties.thread',
  'traceloop.association.properties.chat',
  'conversation.id',
  'thread_id',
];

for (const [place, name] of KEYS.entries()) {
  test(`${name} is read, after the ${place} before it`, () => {
    const rest = Object.fromEntries(KEYS.slice(place).map((each) => [each, `of ${each}`]));
    assert.equal(sessionOf(rest), `of ${name}`);
    assert.equal(sessionOf(Object.fromEntries(Object.entries(rest).toReversed())), `of ${name}`);
  });
}

test('the keys are in the order of the dialects', () => {
  const langfuse: Dialect = { ...otelGenAi, name: 'langfuse', sessionKeys: [key('langfuse.session.id')] };
  const attributes = { 'langfuse.session.id': 'langfuse', 'gen_ai.conversation.id': 'otel' };
  assert.equal(sessionOf(attributes, [langfuse, otelGenAi]), 'langfuse');
  assert.equal(sessionOf(attributes, [otelGenAi, langfuse]), 'otel');
});

for (const trap of [
  'langsmith.trace.session_id',
  'thread.id',
  'mcp.session.id',
  'langsmith.trace.session_name',
]) {
  test(`${trap} is no session`, () => assert.equal(sessionOf({ [trap]: 's' }), undefined));
}

test('a thread number is not a session', () => {
  assert.equal(sessionOf({ thread_id: 139_872 }), undefined);
  assert.equal(sessionOf({ thread_id: '139872' }), undefined);
  assert.equal(
    sessionOf({ thread_id: '0199a213-81c0-7800-8aa1-bbab2a035a53' }),
    '0199a213-81c0-7800-8aa1-bbab2a035a53',
  );
});

test("a response's id is not a conversation", () => {
  assert.equal(sessionOf({ 'gen_ai.conversation.id': 'resp_0001' }), undefined);
  assert.equal(sessionOf({ 'gen_ai.conversation.id': 'resp_0001', 'conversation.id': 'c' }), 'c');
  assert.equal(sessionOf({ 'gen_ai.conversation.id': 'conv_0001' }), 'conv_0001');
  assert.equal(sessionOf({ 'session.id': 'resp_0001' }), 'resp_0001');
});

test('integers are ids; empty texts, booleans and fractions are none', () => {
  assert.equal(sessionOf({ 'session.id': 42 }), '42');
  for (const none of ['', true, false, 1.5]) {
    assert.equal(sessionOf({ 'session.id': none, 'langfuse.session.id': 'next' }), 'next', `${none}`);
  }
  assert.equal(sessionOf({ 'session.id': 'true' }), 'true', 'a text is an id whatever it says');
});

test('ids of more than 128 characters are kept as their digest', () => {
  const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  assert.equal(sessionOf({ 'session.id': 'x'.repeat(128) }), 'x'.repeat(128));
  for (const length of [129, 2048, 2049, 100_000]) {
    const id = 'é'.repeat(length);
    assert.equal(sessionOf({ 'session.id': id }), sha256(id));
    assert.equal(normalizeSessionId(id), sha256(id), 'the same when asked again');
  }
});

test('NUL, which PostgreSQL cannot store, becomes U+FFFD', () => {
  assert.equal(sessionOf({ 'session.id': 'a\0b' }), 'a\uFFFDb');
});

test('a stored id is 1 to 128 units without NUL, and normalising it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (id) => {
      const kept = normalizeSessionId(id);
      const trimmed = id.trim();
      assert.equal(kept === undefined, trimmed === '' || isNoValue(trimmed));
      if (kept === undefined) return;
      assert.ok(kept.length >= 1 && kept.length <= 128 && !kept.includes('\0'));
      assert.equal(normalizeSessionId(kept), kept);
    }),
  );
});

test('a placeholder is skipped for the next key', () => {
  const attributes = { 'session.id': "[Scrubbed due to 'session']", 'gen_ai.conversation.id': ' c1 ' };
  assert.equal(sessionOf(attributes), 'c1');
  assert.equal(sessionOf({ 'session.id': 'undefined' }), undefined);
  assert.equal(sessionOf({ 'session.id': ' \t' }), undefined);
});

test('ids are trimmed, so that both spellings are one session', () => {
  assert.equal(normalizeSessionId(' a '), 'a');
  assert.equal(normalizeSessionId(`  ${'a'.repeat(128)}\n`), 'a'.repeat(128));
  assert.equal(normalizeSessionId(normalizeSessionId(' a b ')!), 'a b');
});

test('the conversation that Spring AI gives to all who have none is no session', () => {
  const key = 'spring.ai.chat.client.conversation.id';
  assert.equal(sessionOf({ [key]: 'default' }), undefined);
  assert.equal(sessionOf({ [key]: 'conv-1' }), 'conv-1');
});

test('a key that anything may have is read in the scope of its dialect, after all others', () => {
  const read = createSessionIdReader(DIALECTS);
  const view = (attributes: Record<string, string>): AttributeView => ({
    groups: KeyGroup.session,
    has: (each) => Object.hasOwn(attributes, declaredKeys()[each]!.name),
    text: (each) => attributes[declaredKeys()[each]!.name],
    utf8: () => undefined,
    number: () => undefined,
    boolean: () => undefined,
    sign: () => false,
    strings: () => undefined,
    entryText: () => undefined,
  });
  const group = view({ group_id: 'thread-7' });
  assert.equal(read(group, 'logfire.openai_agents'), 'thread-7');
  assert.equal(read(group, 'kafka'), undefined);
  assert.equal(read(group, 'logfire.openai_agents'), 'thread-7');
  assert.equal(read(group), undefined);
  assert.equal(read(view({ group_id: 'g', 'session.id': 's' }), 'logfire.openai_agents'), 's');
});
