import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNormalizer } from '../normalize/create.js';
import { decodeLogs } from './decode.js';
import { logsJsonToProtobuf } from './json.js';
import { logIds } from './log-ids.js';

test('log records have the ids that they were stored under', async () => {
  const normalizer = await createNormalizer({
    userIds: 'auto',
    userIdKey: new Uint8Array(32),
    clientIp: 'keep',
    geoDatabase: undefined,
  });
  const attributes = [{ key: 'session.id', value: { stringValue: 's' } }];
  const record = (time: number) => ({ timeUnixNano: String(time), attributes, body: { stringValue: 'x' } });
  const long = (end: string) => ({ key: 'long', value: { stringValue: 'y'.repeat(5000) + end } });
  const scopes = [
    { scope: { name: 'a', version: '1' }, schemaUrl: 'u', logRecords: [record(1), record(2)] },
    { logRecords: [record(3)] },
  ];
  const { bytes } = logsJsonToProtobuf(
    JSON.stringify({
      resourceLogs: [
        { resource: { attributes }, scopeLogs: scopes, schemaUrl: 'v' },
        { scopeLogs: scopes.slice(1) },
        // So long that their digests are used.
        { resource: { attributes: [...attributes, long('1')] }, scopeLogs: scopes.slice(1) },
        { resource: { attributes: [...attributes, long('2')] }, scopeLogs: scopes.slice(1) },
        {
          resource: { attributes },
          scopeLogs: [{ scope: { name: 'a', attributes: [long('1')] }, logRecords: [record(3)] }],
        },
      ],
    }),
  );
  const { batch } = decodeLogs(bytes, normalizer, { maxRecords: 100, maxAttributesPerRecord: 100 });
  const stored = Array.from({ length: batch.count }, (_, index) =>
    Buffer.from(batch.digest.subarray(index * 16, index * 16 + 16)).toString('hex'),
  );
  assert.equal(new Set(stored).size, 7);
  assert.deepEqual(logIds(bytes), stored);
});
