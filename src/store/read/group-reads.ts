import type {
  GroupPosition,
  GroupScan,
  GroupVersions,
  KnownGroups,
  StoredGroup,
  StoredPageGroup,
} from '../contract/group.js';
import { encodeRecords } from '../records/block.js';
import type { FoundSession, SessionMoment } from './found-session.js';
import type { ReportedCall, SessionCalls } from './group-calls.js';
import type { GroupLoader, LoadedGroup } from './group-loader.js';
import { groupVersion, hexOf } from './group-versions.js';
import type { GroupRow, Reads } from './reads.js';
import { edgeOf, positionOf, recordsIn } from './session-records.js';
import { callRecordsOf, NO_REASONS, type SessionReasons, type SessionVerdicts } from './session-verdicts.js';
import { pagesOf, visitFactsOf } from './visit-facts.js';

/** What reads of groups need. */
export interface GroupReads {
  readonly loader: GroupLoader;
  readonly calls: SessionCalls;
  readonly verdicts: SessionVerdicts;
}

export async function readGroups(
  moment: SessionMoment,
  reads: GroupReads,
  found: FoundSession,
  { after, limit, maxBytes = Number.POSITIVE_INFINITY }: GroupScan,
): Promise<StoredGroup[]> {
  const rows = await rowsOf(moment, found, after, limit);
  const groups: StoredGroup[] = [];
  let bytes = 0;
  for await (const loaded of reads.loader.groups(moment, rows)) {
    const group = await storedGroup(moment, reads, found, loaded, after === undefined);
    groups.push(group);
    bytes += group.spans.length + group.logs.length;
    if (bytes > maxBytes) break;
  }
  return groups;
}

export async function readGroupsAt(
  moment: SessionMoment,
  reads: GroupReads,
  found: FoundSession,
  at: readonly GroupPosition[],
): Promise<StoredGroup[]> {
  const edges = at.map(edgeOf);
  const places = await moment.reads.places(edges.map(({ key }) => ({ project: moment.project, key })));
  const rows = edges.map((edge, index): GroupRow => ({ ...edge, places: places[index] ?? NOWHERE }));
  const groups: StoredGroup[] = [];
  for await (const loaded of reads.loader.groups(moment, rows)) {
    const group = await storedGroup(moment, reads, found, loaded, false);
    if (group.spans.length + group.logs.length > 0) groups.push(group);
  }
  return groups;
}

export async function readPageGroups(
  moment: SessionMoment,
  { loader }: GroupReads,
  found: FoundSession,
  { after, limit, maxBytes = Number.POSITIVE_INFINITY }: GroupScan,
): Promise<StoredPageGroup[]> {
  const rows = await rowsOf(moment, found, after, limit);
  const groups: StoredPageGroup[] = [];
  let bytes = 0;
  for await (const loaded of loader.groups(moment, rows)) {
    const { traceId, records } = recordsIn(loaded, found.session.id);
    const position = positionOf(loaded.row);
    groups.push({
      position,
      version: groupVersion(loaded.row, found.versionSuffix),
      ...pagesOf(position, traceId, records),
    });
    for (const { source } of records) bytes += source.batch.length[source.index]!;
    if (bytes > maxBytes) break;
  }
  return groups;
}

export async function readGroupVersions(
  reads: Reads,
  stamp: number,
  found: FoundSession | undefined,
  known: KnownGroups,
): Promise<GroupVersions> {
  if (stamp === known.stamp) return { stamp };
  if (found === undefined) return { stamp, versions: '' };
  return { stamp, versions: await reads.groupVersions(found.row, found.versionSuffix, known.count) };
}

const NOWHERE = new Uint8Array();

function rowsOf(
  { reads }: SessionMoment,
  { row }: FoundSession,
  after: GroupPosition | undefined,
  limit: number,
): Promise<GroupRow[]> {
  return reads.groups(row, {
    of: 'records',
    ...(after && { from: edgeOf(after) }),
    direction: 'forward',
    limit,
  });
}

async function storedGroup(
  moment: SessionMoment,
  { calls, verdicts }: GroupReads,
  found: FoundSession,
  loaded: LoadedGroup<GroupRow>,
  isFirst: boolean,
): Promise<StoredGroup> {
  const { row, group } = loaded;
  const { traceId, records } = recordsIn(loaded, found.session.id);
  const reported = await calls.reportedBy(moment, row, group, found.session.id);
  const reasons = await reasonsFor(moment, verdicts, found, reported, isFirst);
  const facts = visitFactsOf({ traceId, group, records });
  return {
    position: positionOf(row),
    version: groupVersion(row, found.versionSuffix),
    ...(traceId === '' ? {} : { traceId: hexOf(traceId) }),
    ...encodeRecords(records.map(({ source }) => source)),
    usageRecords: callRecordsOf(reported, reasons),
    ...(facts.length > 0 && { facts }),
  };
}

/** Does not look up calls with shared ids: if no calls can be the same, a group knows everything itself. */
async function reasonsFor(
  moment: SessionMoment,
  verdicts: SessionVerdicts,
  found: FoundSession,
  reported: readonly ReportedCall[],
  isFirst: boolean,
): Promise<SessionReasons> {
  if (!found.session.usage.needsDeduplication) return NO_REASONS;
  const counted = reported.filter(({ reason }) => reason === undefined).map(({ call }) => call);
  return verdicts.reasons(moment, found, counted, isFirst);
}
