import { openCold } from './cold-segment.js';
import { diskFiles, type LogFiles } from './log-files.js';
import { listSegments, openWarm } from './log-segment.js';

/** The end of a log as seen by another process than its writer. */
export interface LogEnd {
  /** The last block that can be read; 0 if there is none. */
  readonly last: number;
  /**
   * The last block that was certainly acknowledged. An append begins only when the one before it is durable, so
   * these are all blocks but those of the last append.
   */
  readonly acknowledged: number;
}

/** How often it is looked again if the last segment was replaced meanwhile. */
const LOOKS = 3;

/** Finds the end of the log in a directory. Reads its last segment, and writes nothing. */
export function findLogEnd(directory: string, files: LogFiles = diskFiles): LogEnd {
  for (let look = 1; ; look++) {
    try {
      return endIn(directory, files);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || look === LOOKS) throw error;
    }
  }
}

function endIn(directory: string, files: LogFiles): LogEnd {
  const segment = listSegments(files, directory).at(-1);
  if (segment === undefined) return { last: 0, acknowledged: 0 };
  if (segment.isCold) {
    const { file, cold } = openCold(files, directory, segment.first);
    file.close();
    return { last: cold.next - 1, acknowledged: cold.next - 1 };
  }
  const { file, table } = openWarm(files, directory, segment.first);
  try {
    table.extend(file, Number.MAX_SAFE_INTEGER, true);
    return { last: table.next - 1, acknowledged: table.lastAppend - 1 };
  } finally {
    file.close();
  }
}
