import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOutline } from './outline.js';

function outline(...spans: string[]): string {
  return `{"traces":[{"trace_id":"t","start_time_unix_nano":1795559372537059001,"end_time_unix_nano":1795559372537059900,"spans":[${spans}]}],"truncated":false}`;
}

describe('reading an outline', () => {
  it('keeps times exact to the nanosecond, beyond what a number holds', () => {
    const { origin, duration, traces } = readOutline(
      outline(
        '{"span_id":"a","name":"x","kind":1,"start_time_unix_nano":1795559372537059003,"end_time_unix_nano":1795559372537059010,"status_code":0}',
      ),
    );
    assert.equal(origin, 1795559372537059001n);
    assert.equal(duration, 0.000899);
    const [span] = traces[0]!.spans;
    assert.equal(span!.start, 0.000002);
    assert.equal(span!.end, 0.000009);
  });

  it('is not led astray by names that look like members', () => {
    const name = 'end ","start_time_unix_nano":1795559372537059999,"x":"';
    const { traces } = readOutline(
      outline(
        `{"span_id":"a","name":${JSON.stringify(name)},"kind":1,"start_time_unix_nano":1795559372537059003,"end_time_unix_nano":1795559372537059003,"status_code":2}`,
      ),
    );
    assert.equal(traces[0]!.spans[0]!.name, name);
    assert.equal(traces[0]!.spans[0]!.start, 0.000002);
    assert.equal(traces[0]!.errorCount, 1);
  });

  it('shows a span that ends before it starts as a point', () => {
    const { traces } = readOutline(
      outline(
        '{"span_id":"a","name":"x","kind":1,"start_time_unix_nano":1795559372537059500,"end_time_unix_nano":1,"status_code":0}',
      ),
    );
    assert.equal(traces[0]!.spans[0]!.end, traces[0]!.spans[0]!.start);
  });

  it('names a trace by its earliest span that has no parent in it', () => {
    const times =
      '"kind":1,"start_time_unix_nano":1795559372537059003,"end_time_unix_nano":1795559372537059003';
    const { traces } = readOutline(
      outline(
        `{"span_id":"a","parent_span_id":"b","name":"child",${times},"status_code":0}`,
        `{"span_id":"b","parent_span_id":"gone","name":"root",${times},"status_code":0}`,
      ),
    );
    assert.equal(traces[0]!.name, 'root');
  });

  it('may be empty', () => {
    const empty = readOutline('{"traces":[],"truncated":false}');
    assert.deepEqual(empty, { origin: 0n, duration: 0, traces: [], services: [], isTruncated: false });
  });
});
