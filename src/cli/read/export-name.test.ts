import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exportFileName, type NamedExport } from './export-name.js';

/** A Tuesday, at half past nine in the time zone of this machine. */
const NOW = new Date(2026, 11, 1, 9, 30).getTime();
const WHENEVER = { lastMs: undefined, during: undefined };
const LIST: NamedExport = {
  ...{ query: {}, format: 'csv', id: undefined, gzip: false, range: WHENEVER, project: undefined },
};

describe('the name of a file that was not named', () => {
  for (const [name, asked] of [
    ['sessions-2026-11-23-to-2026-11-29.csv', { range: { ...WHENEVER, during: 'last-week' } }],
    ['sessions-until-2026-12-01.csv', { query: { bom: true } }],
    ['sessions-2026-11-30-to-2026-12-01.csv', { range: { ...WHENEVER, during: 'this-week' } }],
    ['sessions-2026-11-30.csv', { range: { ...WHENEVER, during: 'yesterday' } }],
    ['sessions-2026-12-01.csv', { range: { ...WHENEVER, during: 'today' } }],
    ['sessions-2026-11-01-to-2026-11-30.csv', { range: { ...WHENEVER, during: 'last-month' } }],
    ['sessions-last-7d-until-2026-12-01.csv', { range: { ...WHENEVER, lastMs: 7 * 86_400_000 } }],
    ['sessions-last-90m-until-2026-12-01T09.csv', { range: { ...WHENEVER, lastMs: 90 * 60_000 } }],
    ['sessions-until-2026-12-01.parquet', { format: 'parquet' }],
    [
      'sessions-from-2026-11-23T000000Z-until-2026-11-29T235959.5+0100.csv',
      { query: { startTime: '2026-11-23T00:00:00Z', endTime: '2026-11-29T23:59:59.5+01:00' } },
    ],
    [
      'sessions-with-turns-filtered-1c1a0d-until-2026-12-01.jsonl.gz',
      { format: 'jsonl', gzip: true, query: { include: 'turns', hasErrors: 'true' } },
    ],
    ['sessions-shop-until-2026-12-01.otlp.jsonl', { format: 'otlp', project: 'shop' }],
    ['session-.._visitor_3.perfetto.json', { format: 'perfetto', id: '../visitor/3' }],
  ] as const) {
    it(`says what is in it: ${name}`, () => {
      assert.equal(exportFileName({ ...LIST, ...(asked as Partial<NamedExport>) }, NOW), name);
    });
  }
});
