import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpanSpec } from '../support/telemetry.js';
import { at, type Bench, log, span } from './bench.js';

export function numbers(bench: Bench): void {
  test('tokens and costs are exact beyond what a double holds', async () => {
    const p = await bench.project();
    const calls = 11;
    const call = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 2 ** 32 - 1,
      'gen_ai.usage.output_tokens': 1,
      'gen_ai.usage.cost': 999_999.999999999,
    };
    for (let i = 1; i <= calls; i++) await p.spans(span(`${i}`, '1', 's', i, { attributes: call }));
    const expected = {
      requestCount: calls,
      inputTokens: BigInt(calls) * (2n ** 32n - 1n),
      outputTokens: BigInt(calls),
      models: ['gpt-4o'],
      providers: ['openai'],
      // More than 2^53, and odd.
      costNanoUsd: BigInt(calls) * 999_999_999_999_999n,
      unpricedCount: 0,
      unreportedCount: 0,
    };
    assert.deepEqual((await p.session('s'))?.genai, expected);
    await p.store.reopen();
    assert.deepEqual((await p.session('s'))?.genai, expected);
    await p.spans({ ...span('1', '1', 's', 1), end: at(50) });
    const { requestCount, costNanoUsd } = (await p.session('s'))!.genai!;
    assert.deepEqual([requestCount, costNanoUsd], [10, 10n * 999_999_999_999_999n]);
  });

  test('calls without a price are counted as such, without an invented cost', async () => {
    const p = await bench.project();
    const call = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'a-model-nobody-knows',
      'gen_ai.usage.input_tokens': 5,
    };
    await p.spans(span('1', '1', 's', 0, { attributes: call }), span('2', '1', 'plain', 0));
    const genai = (await p.session('s'))?.genai;
    assert.equal(genai?.unpricedCount, 1);
    assert.ok(!('costNanoUsd' in genai));
    assert.ok(!('genai' in (await p.session('plain'))!));
  });

  test('of user, client and place the earliest report counts, each separately', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 9, { attributes: { 'user.id': 'late', 'geo.locality.name': 'Bern' } }));
    await p.spans(span('2', '1', 's', 5, { attributes: { 'user.id': 'early' } }));
    await p.logs(log('s', 7, { attributes: { 'geo.locality.name': 'Oslo', 'client.address': '192.0.2.7' } }));
    const session = await p.session('s');
    assert.equal(session?.userId, 'early');
    assert.equal(session.geo?.city, 'Oslo');
    assert.equal(session.client?.ip, '192.0.2.7');
    assert.deepEqual(await p.ids({ userIds: ['late'] }), ['s'], 'found by every user, whoever is shown');
    assert.deepEqual(await p.ids({ userIds: ['early'] }), ['s']);
  });

  test('services are named once each, sorted', async () => {
    const p = await bench.project();
    const service = (name: string): Partial<SpanSpec> => ({ resource: { 'service.name': name } });
    await p.spans(
      span('1', '1', 's', 0, service('web')),
      span('1', '2', 's', 0, service('api')),
      span('2', '1', 's', 0, service('web')),
    );
    assert.deepEqual((await p.session('s'))?.services, ['api', 'web']);
  });
}
