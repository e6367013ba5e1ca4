import type { PageUrlReader } from '../../normalize/visit/page-url.js';
import type { ExceptionScan, FoundExceptions } from '../contract/exception.js';
import type { GroupPosition } from '../contract/group.js';
import { ExceptionKinds, MOST_GROUPS, MOST_RECORDS } from './exception-pages.js';
import type { FoundSession, SessionMoment } from './found-session.js';
import type { GroupLoader } from './group-loader.js';
import { edgeOf, positionOf, recordsIn } from './session-records.js';

/** The exceptions of a session, read from a limited number of groups and records at a time. */
export async function readExceptions(
  moment: SessionMoment,
  loader: GroupLoader,
  found: FoundSession,
  { behind, after, limit }: ExceptionScan,
  readUrl: PageUrlReader,
): Promise<FoundExceptions> {
  if (found.session.exceptions.isEmpty) return { exceptions: [] };
  const rows = await moment.reads.groups(found.row, {
    of: 'records',
    ...(behind && { from: edgeOf(behind) }),
    direction: 'forward',
    limit: MOST_GROUPS + 1,
  });
  const kinds = new ExceptionKinds(readUrl);
  let groupCount = 0;
  let recordCount = 0;
  let rest: GroupPosition | undefined;
  for await (const loaded of loader.groups(moment, rows)) {
    const { traceId, records } = recordsIn(loaded, found.session.id);
    kinds.addGroup(traceId, loaded.group.spans, records);
    groupCount++;
    recordCount += loaded.group.size;
    const isFull = groupCount === MOST_GROUPS || recordCount >= MOST_RECORDS;
    if (!isFull || groupCount === rows.length) continue;
    rest = positionOf(loaded.row);
    break;
  }
  const { items, isMore } = kinds.page(after, limit);
  const last = items.at(-1)?.position;
  const next =
    isMore && last !== undefined ? { ...(behind && { behind }), after: last } : rest && { behind: rest };
  return { exceptions: items, ...(next && { next }) };
}
