/**
 * Named moments at which a crash leaves something half done. A test ends the process at one of them, as `kill -9`
 * does: the variable SOJOURN_CRASH_AT has its name, or `name:3` for the third time that it is reached. In all other
 * processes a point is one comparison. `npm run test:crash` ends processes at every point.
 */
export const CRASH_POINTS = [
  // Appending to the log, and opening it.
  'log.segment-created',
  'log.written',
  'log.synced',
  'log.segment-closed',
  'log.cut',
  'log.confirmed',
  // Rows that follow from the log, and a new file of them.
  'rows.written',
  'rows.committed',
  'sessions.created',
  'sessions.adopting',
  'sessions.adopted',
  // A closed segment gets its smaller form.
  'compaction.written',
  'compaction.renamed',
  'compaction.removing',
  // A segment is written again without what was erased.
  'rewriting.written',
  'rewriting.unindexed',
  'rewriting.renamed',
  // A job of erasure, and the databases that are written again at its end.
  'erasure.asked',
  'erasure.listed',
  'erasure.removed',
  'erasure.rewritten',
  'erasure.cleaned',
  'vacuum.sessions',
  'vacuum.logs-cut',
  'erasure.concluded',
  'vacuum.decisions',
  // Sessions leave by retention.
  'retention.listed',
  'retention.removed',
  'retention.rewritten',
  'retention.merged',
  'retention.cleaned',
  // A damaged directory is repaired.
  'repair.decisions-copied',
  'repair.decisions-named',
  'repair.segment-filled',
  'repair.log-mended',
  'repair.rows-aside',
  'repair.sessions-made',
  // Backup and restore.
  'backup.begun',
  'backup.segment-copied',
  'backup.decisions-copied',
  'backup.manifest-written',
  'backup.manifest-named',
  'restore.begun',
  'restore.file-copied',
  'restore.copied',
  'restore.ended',
  // A directory of an older version.
  'takeover.moved',
  'takeover.made',
  'takeover.closed',
  'takeover.named',
  'schema.created',
  'schema.noting',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

const [chosen, times = '1'] = (process.env.SOJOURN_CRASH_AT ?? '').split(':');
let left = Number(times);

/** Ends the process if it was told to end at this point. */
export function crashPoint(point: CrashPoint): void {
  if (point === chosen && --left === 0) process.kill(process.pid, 'SIGKILL');
}
