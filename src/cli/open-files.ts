import { readFileSync } from 'node:fs';

/** A server needs about 60 files for itself, and one for each connection. */
const FEW = 256;

/** Whether an error means that the process, or the machine, has reached its limit of open files. */
export function isOutOfFiles(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  return code === 'EMFILE' || code === 'ENFILE' || /\bE[MN]FILE\b/.test(String(message));
}

let limit: number | undefined;

/**
 * How many files this process may open; undefined on systems other than Linux, which do not report it.
 * Cached, because later there may be no file descriptor left to read it.
 */
export function openFilesLimit(): number | undefined {
  try {
    limit ??= limitIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    // The limit is unknown.
  }
  return limit;
}

/** The soft limit in the text of `/proc/self/limits` (proc(5)). */
export function limitIn(limits: string): number | undefined {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}

/** Whether a limit leaves too few files for connections. */
export function isTight(limit: number | undefined): boolean {
  return limit !== undefined && limit < FEW;
}

/** The remedy, in one line. */
export function tooFewFiles(limit: number | undefined): string {
  const allowed = limit === undefined ? 'too few files' : `only ${limit} files`;
  return `this process may open ${allowed}: allow more, as with "ulimit -n 4096" or LimitNOFILE= of systemd; each connection takes one`;
}
