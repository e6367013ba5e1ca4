import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointGroups, isFound, limitText, type Schema, typeText } from './document.js';

function shown(schema: Schema): string {
  return typeText(schema)
    .map((part) => (typeof part === 'string' ? part : part.ref))
    .join('');
}

describe('the reference of the API', () => {
  it('groups operations by their first tag, in the order of the document', () => {
    const operation = (operationId: string, tag?: string) => ({ operationId, ...(tag && { tags: [tag] }) });
    const groups = endpointGroups({
      paths: {
        '/b': { post: operation('send', 'Telemetry'), get: operation('look', 'Sessions') },
        '/a': { get: operation('list', 'Sessions') },
        '/c': { get: operation('odd') },
      },
    });
    assert.deepEqual(
      groups.map(({ tag, endpoints }) => [tag, endpoints.map(({ method, path }) => `${method} ${path}`)]),
      [
        ['Sessions', ['GET /b', 'GET /a']],
        ['Telemetry', ['POST /b']],
        ['Other', ['GET /c']],
      ],
    );
  });

  it('finds operations by all words, wherever they are', () => {
    const endpoint = {
      method: 'GET',
      path: '/api/v1/sessions',
      operation: {
        operationId: 'listSessions',
        summary: 'Lists them',
        parameters: [{ name: 'userId', in: 'query' }],
      },
    };
    assert.ok(isFound(endpoint, ''));
    assert.ok(isFound(endpoint, 'get userid LISTS'));
    assert.ok(!isFound(endpoint, 'get trace'));
  });

  it('names types', () => {
    const ref = { $ref: '#/components/schemas/Session' };
    assert.equal(shown({ type: 'array', items: ref }), 'Session[]');
    assert.equal(shown({ type: 'array', items: { enum: ['a', 'b'] } }), '("a" | "b")[]');
    assert.equal(
      shown({ anyOf: [ref, { type: 'string', format: 'date-time' }] }),
      'Session | string (date-time)',
    );
    assert.equal(shown({ type: 'object', additionalProperties: ref }), 'map of Session');
    assert.equal(shown({ type: ['string', 'null'] }), 'string | null');
    assert.equal(shown({}), 'any');
  });

  it('names limits', () => {
    assert.equal(limitText({ minimum: 1, maximum: 1000, default: 100 }), '1 to 1000, default 100');
    assert.equal(limitText({ maxLength: 256 }), 'at most 256 characters');
    assert.equal(limitText({}), '');
  });
});
