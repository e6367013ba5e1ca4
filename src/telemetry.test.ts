import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTelemetry, METRICS } from './telemetry.js';

test('every metric of the table is rendered with its help and type', async () => {
  const text = await createTelemetry().render();
  for (const { name, type, help } of Object.values(METRICS)) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
  }
});

test('names follow the conventions of Prometheus', () => {
  const names = Object.values(METRICS).map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, type, unit } of Object.values(METRICS)) {
    assert.match(name, /^sojourn_[a-z]+(?:_[a-z]+)*$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    if (unit === 'bytes' || unit === 'seconds') assert.match(name, new RegExp(`_${unit}(?:_total)?$`));
  }
});

test('counts and measures, together with what the process is doing', async () => {
  const telemetry = createTelemetry();
  telemetry.recordsStored.inc({ signal: 'traces' }, 3);
  telemetry.httpRequestSeconds.observe({ route: '/api/v1/sessions', status: '200' }, 0.002);
  const text = await telemetry.render();
  assert.match(text, /^sojourn_records_stored_total\{signal="traces"\} 3$/m);
  assert.match(
    text,
    /^sojourn_http_request_seconds_bucket\{le="0.0025",route="\/api\/v1\/sessions",status="200"\} 1$/m,
  );
  assert.match(text, /^process_resident_memory_bytes \d+$/m);
  assert.match(telemetry.contentType, /^text\/plain; version=0\.0\.4/);
});

test('two sets of instruments share nothing', async () => {
  const [one, other] = [createTelemetry(), createTelemetry()];
  one.recordsReplaced.inc(5);
  assert.match(await other.render(), /^sojourn_records_replaced_total 0$/m);
});
