import { isLogRecord } from '../../sessionize/usage.js';
import type { FoundRecords, RecordPosition, RecordScan } from '../contract/record.js';
import { encodeRecords, type RecordSource } from '../records/block.js';
import type { SessionMoment } from './found-session.js';
import type { GroupLoader, LoadedGroup } from './group-loader.js';
import { hexOf } from './group-versions.js';
import type { GroupRow, SessionRow } from './reads.js';
import { edgeOf, groupBatches, positionOf, recordsIn } from './session-records.js';

/**
 * A part of the records of a session: by group, and within a group by id, spans before log records. So a group
 * that changes between two parts repeats no record, and loses none that it had.
 */
export async function readRecords(
  moment: SessionMoment,
  loader: GroupLoader,
  row: SessionRow,
  { after, maxBytes }: RecordScan,
): Promise<FoundRecords> {
  const found: RecordSource[] = [];
  let bytes = 0;
  let last: RecordPosition | undefined;
  const range = {
    of: 'records',
    direction: 'forward',
    ...(after && { from: edgeOf(after.group), isFromIncluded: after.record !== undefined }),
  } as const;
  for await (const rows of groupBatches(moment, { row }, range)) {
    for await (const loaded of loader.groups(moment, rows)) {
      const group = positionOf(loaded.row);
      for (const { name, source } of namedRecords(loaded, row.id, after)) {
        const length = source.batch.length[source.index]!;
        if (found.length > 0 && bytes + length > maxBytes) return { ...encoded(found), next: last! };
        found.push(source);
        bytes += length;
        last = { group, record: name };
      }
      last = { group };
    }
  }
  return encoded(found);
}

function encoded(sources: readonly RecordSource[]): Omit<FoundRecords, 'next'> {
  return { ...encodeRecords(sources), count: sources.length };
}

interface NamedRecord {
  readonly name: string;
  readonly source: RecordSource;
}

/** The records of a group in a session in order, without those that the part before has. */
function namedRecords(
  loaded: LoadedGroup<GroupRow>,
  sessionId: string,
  after: RecordPosition | undefined,
): NamedRecord[] {
  const done = after?.record !== undefined && hexOf(loaded.row.key) === after.group.key ? after.record : '';
  return recordsIn(loaded, sessionId)
    .records.map(({ usageRecord, source }) => ({
      name: `${isLogRecord(usageRecord) ? 'log' : 'a span'} ${hexOf(usageRecord.id)}`,
      source,
    }))
    .filter(({ name }) => name > done)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
