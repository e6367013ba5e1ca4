import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RunningApi, startApi } from '../../test/support/api-server.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import type { StoredEvent } from '../store/contract/event.js';

const PATH = '/api/v1/sessions/s/events';
const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);
const RESOURCE = { attributes: [{ key: 'service.name', value: 'web' }] };

function log(id: string, seconds: number, more: object): StoredEvent {
  const log = { attributes: [], resource: RESOURCE, ...more };
  return { kind: 'log', position: { timeNs: at(seconds), id }, size: 100, log };
}

const SPAN_EVENT: StoredEvent = {
  kind: 'span_event',
  position: { timeNs: at(2), id: `${TRACE}-${SPAN}-0000` },
  size: 100,
  event: {
    name: 'exception',
    time_unix_nano: 0n,
    attributes: [{ key: 'exception.type', value: 'TypeError' }],
  },
  span: {
    trace_id: TRACE,
    span_id: SPAN,
    name: 'GET /cart',
    kind: 2,
    start_time_unix_nano: at(2),
    end_time_unix_nano: at(3),
    attributes: [],
    events: [],
    links: [],
    status: { code: 0 },
    resource: RESOURCE,
  },
};

describe('the events of a session', () => {
  let sut: RunningApi;
  before(async () => {
    const events = [
      log('11', 1, {
        observed_time_unix_nano: at(1),
        attributes: [{ key: 'event.name', value: 'click' }],
        body: { deep: [9007199254740993n, '</script>'] },
      }),
      SPAN_EVENT,
      log('22', 3, {
        time_unix_nano: at(3),
        event_name: 'load',
        severity_number: 17,
        severity_text: 'ERROR',
      }),
    ];
    sut = await startApi({
      sessions: ['s', 'silent'].map((id) => storedSession({ id })),
      events: events.map((event) => ({ sessionId: 's', event })),
    });
  });
  after(() => sut.close());

  const items = async (query: string): Promise<Record<string, unknown>[]> =>
    ((await (await sut.get(`${PATH}${query}`)).json()) as { items: Record<string, unknown>[] }).items;
  const names = async (query: string) => (await items(query)).map((item) => item.event_name);

  test('are log records with the names of OTLP', async () => {
    const response = await sut.get(PATH);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      items: [
        {
          id: '11',
          kind: 'log',
          time_unix_nano: String(at(1)),
          observed_time_unix_nano: String(at(1)),
          event_name: 'click',
          attributes: [{ key: 'event.name', value: 'click' }],
          body: { deep: ['9007199254740993', '</script>'] },
          resource: RESOURCE,
        },
        {
          id: '22',
          kind: 'log',
          time_unix_nano: String(at(3)),
          event_name: 'load',
          severity_number: 17,
          severity_text: 'ERROR',
          attributes: [],
          resource: RESOURCE,
        },
      ],
      has_more: false,
    });
  });

  test('include span events with their span on request', async () => {
    assert.deepEqual((await items('?spanEvents=true'))[1], {
      id: `${TRACE}-${SPAN}-0000`,
      kind: 'span_event',
      time_unix_nano: String(at(2)),
      event_name: 'exception',
      attributes: [{ key: 'exception.type', value: 'TypeError' }],
      trace_id: TRACE,
      span_id: SPAN,
      span_name: 'GET /cart',
      resource: RESOURCE,
    });
  });

  test('can be filtered, and have either order', async () => {
    assert.deepEqual(await names('?name=load&name=exception&spanEvents=true'), ['exception', 'load']);
    assert.deepEqual(await names('?minSeverity=warn'), ['load']);
    assert.deepEqual(await names('?minSeverity=18'), []);
    assert.deepEqual(await names(`?spanEvents=true&traceId=${TRACE.toUpperCase()}`), ['exception']);
    assert.deepEqual(await names('?order=desc&spanEvents=true'), ['load', 'exception', 'click']);
  });

  test('have pages in both directions and either order', async () => {
    for (const order of ['asc', 'desc']) {
      const query = `spanEvents=true&order=${order}`;
      const all = await names(`?${query}`);
      const found: unknown[] = [];
      const pages: string[] = [];
      let cursor = '';
      let page: { items: { event_name: string }[]; next_cursor?: string; prev_cursor?: string };
      do {
        page = (await (await sut.get(`${PATH}?${query}&limit=1&cursor=${cursor}`)).json()) as typeof page;
        found.push(...page.items.map((item) => item.event_name));
        pages.push(cursor);
        cursor = page.next_cursor ?? '';
      } while (cursor !== '');
      assert.deepEqual(found, all);
      const back = await (await sut.get(`${PATH}?${query}&limit=1&cursor=${page.prev_cursor}`)).json();
      assert.equal((back as typeof page).items[0]?.event_name, all.at(-2));
    }
  });

  test('are empty without log records, and a 404 for a missing session', async () => {
    const silent = await sut.get('/api/v1/sessions/silent/events');
    assert.deepEqual(await silent.json(), { items: [], has_more: false });
    const missing = await sut.get('/api/v1/sessions/none/events');
    assert.equal(missing.status, 404);
    assert.equal(((await missing.json()) as { type: string }).type, '/problems/session.not_found');
  });

  test('refuse invalid filters, and cursors of other filters', async () => {
    const { next_cursor } = (await (await sut.get(`${PATH}?limit=1`)).json()) as { next_cursor: string };
    for (const [query, code] of [
      ['limit=501', 'limit.out_of_range'],
      ['minSeverity=loud', 'query.invalid_severity'],
      ['minSeverity=0', 'query.invalid_severity'],
      ['minSeverity=25', 'query.invalid_severity'],
      ['minSeverity=', 'query.invalid_severity'],
      ['name=', 'query.invalid_length'],
      ['spanEvents=1', 'query.invalid_boolean'],
      ['order=up', 'query.invalid_enum'],
      ['traceId=zz', 'query.invalid_trace_id'],
      [`traceId=${'z'.repeat(32)}`, 'query.invalid_trace_id'],
      [`traceId=${TRACE}0`, 'query.invalid_trace_id'],
      [`cursor=${next_cursor}&order=desc`, 'cursor.invalid'],
      [`cursor=${next_cursor}&name=click`, 'cursor.invalid'],
    ]) {
      const response = await sut.get(`${PATH}?${query}`);
      assert.equal(response.status, 400, query);
      const { errors } = (await response.json()) as { errors: { code: string }[] };
      assert.equal(errors[0]?.code, code, query);
    }
  });
});
