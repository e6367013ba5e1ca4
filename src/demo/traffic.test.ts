import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { isbot } from 'isbot';
import { type CountryResponse, open } from 'maxmind';
import { COUNTRY_SOURCE } from '../country-source.js';
import { AGENTS } from './agent-profiles.js';
import type { DemoRecord, DemoSpan } from './telemetry.js';
import { Traffic, type TrafficPlan } from './traffic.js';
import { BOT, DEVICES, NETWORKS } from './visitor-profiles.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.parse('2026-11-23T05:12:00Z');
const PLAN: TrafficPlan = { seed: 7, now: NOW, sessions: 200, days: 3 };

function history(plan: TrafficPlan = PLAN): DemoRecord[] {
  return new Traffic(plan).advance(plan.now);
}

function spansOf(records: readonly DemoRecord[]): DemoSpan[] {
  return records.filter((record) => record.type === 'span');
}

function traceOf(record: DemoRecord): string | undefined {
  return record.type === 'span' ? record.traceId : record.span?.traceId;
}

/** Sessions by their own ids, with traces found by any of their spans; crawlers' traces have none. */
function sessionsOf(records: readonly DemoRecord[]): Map<string, DemoRecord[]> {
  const byTrace = new Map<string, string>();
  const ownId = ({ attributes }: DemoRecord) =>
    attributes['session.id'] ?? attributes['gen_ai.conversation.id'];
  for (const record of records) {
    const id = ownId(record);
    const trace = traceOf(record);
    if (id !== undefined && trace !== undefined) byTrace.set(trace, String(id));
  }
  const sessions = new Map<string, DemoRecord[]>();
  for (const record of records) {
    const trace = traceOf(record);
    const id = String(ownId(record) ?? byTrace.get(trace!) ?? trace);
    sessions.set(id, [...(sessions.get(id) ?? []), record]);
  }
  return sessions;
}

describe('traffic', () => {
  it('is determined by the seed and the present', () => {
    assert.deepEqual(history(), history());
    assert.notDeepEqual(history({ ...PLAN, seed: 8 }), history());
  });

  it('is the same whether time passes at once or in steps', () => {
    const traffic = new Traffic(PLAN);
    const records: DemoRecord[] = [];
    for (let time = traffic.begins; time < NOW; time += 17 * MINUTE) records.push(...traffic.advance(time));
    records.push(...traffic.advance(NOW));
    assert.deepEqual(records, history());
  });

  it('has the same people under other ids a day later', () => {
    const names = (plan: TrafficPlan) =>
      history(plan).map((record) => (record.type === 'span' ? record.name : record.eventName));
    assert.deepEqual(names({ ...PLAN, now: NOW + DAY }), names(PLAN));
    const ids = new Set(spansOf(history()).map(({ spanId }) => spanId));
    for (const { spanId } of spansOf(history({ ...PLAN, now: NOW + DAY }))) assert.ok(!ids.has(spanId));
  });

  it('has the requested number of sessions, within the requested days, in the order of their end', () => {
    const traffic = new Traffic(PLAN);
    const records = traffic.advance(NOW);
    assert.equal(traffic.sessionsBegun, PLAN.sessions);
    let last = NOW - PLAN.days * DAY;
    for (const record of records) {
      assert.ok(record.end >= last && record.end <= NOW);
      last = record.end;
      if (record.type === 'span')
        assert.ok(record.start > NOW - PLAN.days * DAY && record.start <= record.end);
    }
  });

  it('continues after now', () => {
    const traffic = new Traffic(PLAN);
    traffic.advance(NOW);
    const live = traffic.advance(NOW + 10 * MINUTE);
    assert.ok(traffic.sessionsBegun > PLAN.sessions + 50);
    assert.ok(live.every(({ end }) => end > NOW && end <= NOW + 10 * MINUTE));
  });

  it('has sessions in every state that time can bring, with any seed', () => {
    for (let seed = 0; seed < 40; seed++) {
      const records = history({ ...PLAN, seed });
      const sessions = sessionsOf(records);
      const ended = new Set<unknown>();
      for (const record of records) {
        if (record.type !== 'log') continue;
        if (record.eventName === 'session.end') ended.add(record.attributes['session.id']);
        if (record.eventName === 'session.start') ended.add(record.attributes['session.previous_id']);
      }
      const states = new Set<string>();
      for (const [id, of] of sessions) {
        const quiet = NOW - Math.max(...of.map(({ end }) => end));
        if (ended.has(id)) states.add('ended');
        else states.add(quiet < 5 * MINUTE ? 'active' : quiet < 30 * MINUTE ? 'idle' : 'timed_out');
      }
      assert.deepEqual([...states].sort(), ['active', 'ended', 'idle', 'timed_out'], `seed ${seed}`);
    }
  });

  it('chains sessions of the same visitor, the earlier one first', () => {
    const records = history({ ...PLAN, sessions: 1_000 });
    const sessions = sessionsOf(records);
    const starts = records.filter(({ attributes }) => attributes['session.previous_id'] !== undefined);
    assert.ok(starts.length > 50);
    for (const { attributes, end } of starts) {
      const previous = sessions.get(String(attributes['session.previous_id']));
      assert.ok(previous !== undefined);
      assert.ok(Math.max(...previous.map((record) => record.end)) < end);
    }
  });

  it('forms complete traces: one root each, every parent present, children of servers inside the request', () => {
    const spans = spansOf(new Traffic(PLAN).advance(NOW + DAY));
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    assert.equal(byId.size, spans.length);
    // The last traces may still be running.
    const complete = spans.filter(({ start }) => start < NOW);
    const roots = complete.filter(({ parentSpanId }) => parentSpanId === undefined);
    assert.equal(roots.length, new Set(complete.map(({ traceId }) => traceId)).size);
    for (const { parentSpanId, traceId, start } of complete) {
      if (parentSpanId === undefined) continue;
      const parent = byId.get(parentSpanId)!;
      assert.equal(parent.traceId, traceId);
      assert.ok(parent.start <= start);
    }
  });

  it('counts tokens in the way of the conventions: cached ones within input, reasoning within output', () => {
    const calls = spansOf(history()).filter(
      ({ attributes }) => attributes['gen_ai.operation.name'] === 'chat',
    );
    assert.ok(
      calls.some(({ attributes }) => attributes['gen_ai.usage.cache_read.input_tokens'] !== undefined),
    );
    assert.ok(
      calls.some(({ attributes }) => attributes['gen_ai.usage.reasoning.output_tokens'] !== undefined),
    );
    for (const { attributes, error } of calls) {
      const tokens = (key: string) => Number(attributes[`gen_ai.usage.${key}_tokens`] ?? 0);
      assert.equal(tokens('input') > 0 && tokens('output') > 0, error === undefined);
      assert.ok(tokens('cache_read.input') + tokens('cache_creation.input') <= tokens('input'));
      assert.ok(tokens('reasoning.output') <= tokens('output'));
      if (error === undefined) JSON.parse(String(attributes['gen_ai.input.messages']));
    }
  });

  it('reports visits page by page: how each was reached, how fast it was and where the visitor went', () => {
    const records = history();
    const events = (name: string) =>
      records.filter((record) => record.type === 'log' && record.eventName === name);
    const loads = spansOf(records).filter(({ name }) => name === 'documentLoad');
    const navigations = events('browser.navigation').map(
      ({ attributes }) => attributes['browser.navigation.same_document'],
    );
    assert.equal(navigations.filter((isSame) => isSame === false).length, loads.length);
    assert.ok(navigations.filter((isSame) => isSame === true).length > loads.length / 2);
    assert.ok(loads.some(({ attributes }) => attributes['document.referrer'] !== undefined));

    const vitals = events('browser.web_vital').map(({ attributes }) => attributes);
    for (const name of ['ttfb', 'lcp', 'inp', 'cls']) {
      const of = vitals.filter((vital) => vital['browser.web_vital.name'] === name);
      assert.ok(of.length > 0 && of.length <= loads.length, name);
      assert.equal(new Set(of.map((vital) => vital['browser.web_vital.id'])).size, of.length);
      const ratings = new Set(of.map((vital) => vital['browser.web_vital.rating']));
      assert.ok(ratings.has('good') && (name === 'ttfb' || ratings.has('needs-improvement')), name);
    }
  });

  it('has visits of apps: screens, and crashes that end them', () => {
    const sessions = [...sessionsOf(history({ ...PLAN, sessions: 1_000 })).values()].filter((records) =>
      records.some(({ source }) => /^shop-(android|ios)$/.test(String(source.resource['service.name']))),
    );
    assert.ok(sessions.length > 50);
    let crashes = 0;
    for (const records of sessions) {
      assert.ok(records.some(({ attributes }) => attributes['screen.name'] === 'Home'));
      const crash = records.find((record) => record.type === 'log' && record.eventName === 'device.crash');
      if (crash === undefined) continue;
      crashes++;
      assert.equal(crash.end, Math.max(...records.map(({ end }) => end)));
    }
    assert.ok(crashes > 0 && crashes < sessions.length / 5);
  });

  it('has two releases of the page and of the app, of which the newer fails more', () => {
    const records = history({ ...PLAN, sessions: 2_000 });
    for (const [service, event] of [
      ['shop-web', 'exception'],
      ['shop-android', 'device.crash'],
    ]) {
      const rates = new Map<string, { sessions: Set<unknown>; failures: number }>();
      for (const record of records) {
        const { 'service.name': name, 'service.version': version } = record.source.resource;
        if (name !== service) continue;
        const rate = rates.get(String(version)) ?? { sessions: new Set(), failures: 0 };
        rates.set(String(version), rate);
        rate.sessions.add(record.attributes['session.id']);
        if (record.type === 'log' && record.eventName === event) rate.failures++;
      }
      const [older, newer] = [...rates].sort().map(([, { sessions, failures }]) => failures / sessions.size);
      assert.equal(rates.size, 2);
      assert.ok(newer! > 2 * older!, `${service} ${older} ${newer}`);
    }
  });

  it('has errors of servers, models and tools', () => {
    const spans = spansOf(history({ ...PLAN, sessions: 1_000 }));
    const failed = spans.filter(({ error }) => error !== undefined);
    for (const name of ['GET', 'invoke', 'chat', 'execute_tool']) {
      const some = failed.some((span) => span.name.startsWith(name));
      assert.equal(some, name !== 'invoke', name);
    }
    assert.ok(failed.some(({ events }) => events.some((event) => event.name === 'exception')));
  });
});

describe('profiles', () => {
  it('are from networks of the countries they name', async () => {
    const path = `${COUNTRY_SOURCE.package}/${COUNTRY_SOURCE.file}`;
    const database = await open<CountryResponse & { country_code?: string }>(
      createRequire(import.meta.url).resolve(path),
    );
    for (const { addressPrefix, country } of NETWORKS) {
      for (const rest of ['0.1', '77.77', '128.3', '255.254']) {
        assert.equal(database.get(`${addressPrefix}.${rest}`)?.country_code, country, addressPrefix);
      }
    }
  });

  it('have one crawler among them', () => {
    assert.ok(isbot(BOT.userAgent));
    for (const { userAgent } of DEVICES) assert.ok(!isbot(userAgent), userAgent);
  });

  it('use models that have a list price', async () => {
    const { calcPrice } = await import('@pydantic/genai-prices');
    const named: Readonly<Record<string, string>> = { 'gcp.gemini': 'google', mistral_ai: 'mistral' };
    for (const { provider, answered } of AGENTS.flatMap(({ models }) => models)) {
      const price = calcPrice({ input_tokens: 1_000, output_tokens: 10 }, answered, {
        providerId: named[provider] ?? provider,
      });
      assert.ok((price?.total_price ?? 0) > 0, answered);
    }
  });

  it('have tools whose arguments are JSON', () => {
    for (const tool of AGENTS.flatMap(({ tools }) => tools)) JSON.parse(tool.arguments);
  });
});
