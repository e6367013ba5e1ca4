import { type CheckedSegment, checkSegment, type Finding, nameOf } from './check-segment.js';
import type { LogFiles } from './log-files.js';
import { coldPath, type ListedSegment, listSegments, segmentPath } from './log-segment.js';

/** What was found in a log. */
export interface CheckedLog {
  readonly segments: readonly CheckedSegment[];
  /** Number of the last block that can be found; 0 if there is none. */
  readonly last: number;
  readonly findings: readonly Finding[];
}

export interface CheckLogOptions {
  /** Blocks up to this number must be there. */
  readonly durableId: number;
  /** Whether a process may be appending now. Then bytes after the last block are no finding. */
  readonly isInUse: boolean;
  /** Called after each segment. */
  readonly progress?: (done: number, total: number) => void;
}

/** How often the segments are listed again if one got another form meanwhile. */
const LOOKS = 100;

/** Reads all segments of a log and verifies every checksum. Writes nothing. */
export function checkLog(files: LogFiles, directory: string, options: CheckLogOptions): CheckedLog {
  const checked = new Map<number, CheckedSegment>();
  let listed: ListedSegment[] = [];
  for (let look = 1; ; look++) {
    listed = segmentsIn(files, directory);
    try {
      for (const [i, segment] of listed.entries()) {
        if (checked.has(segment.first)) continue;
        checked.set(segment.first, checkFile(files, directory, segment, listed[i + 1]?.first));
        options.progress?.(checked.size, listed.length);
      }
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || look === LOOKS) throw error;
    }
  }
  const segments = listed.map(({ first }) => checked.get(first)!);
  return summed(directory, segments, options);
}

/** The segments of a log; none if its directory is lost. */
export function segmentsIn(files: LogFiles, directory: string): ListedSegment[] {
  try {
    return listSegments(files, directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function checkFile(
  files: LogFiles,
  directory: string,
  segment: ListedSegment,
  next: number | undefined,
): CheckedSegment {
  const path = (segment.isCold ? coldPath : segmentPath)(directory, segment.first);
  const file = files.openForReading(path);
  try {
    return checkSegment(file, path, segment, next);
  } finally {
    file.close();
  }
}

function summed(
  directory: string,
  segments: readonly CheckedSegment[],
  { durableId, isInUse }: CheckLogOptions,
): CheckedLog {
  const findings = segments.flatMap((segment) => segment.findings);
  const [first, end] = [segments[0], segments.at(-1)];
  if (first !== undefined && first.first > 1) findings.unshift(missing(directory, 1, first.first - 1));
  const last = end === undefined ? 0 : end.next - 1;
  if (last < durableId) findings.push(missing(end?.path ?? directory, last + 1, durableId));
  else if (end !== undefined && end.tailBytes > 0 && !isInUse) {
    findings.push({
      path: end.path,
      at: end.end,
      text: `${end.tailBytes} bytes at the end are no block: either a damaged one, or the rest of a write during which the process ended and which was not acknowledged; a start cuts them off`,
    });
  }
  return { segments, last, findings };
}

function missing(path: string, first: number, last: number): Finding {
  const lost = { first, last };
  return { path, text: `${nameOf(lost)} are missing`, lost };
}
