import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Linux counts CPU time of processes in hundredths of a second, whatever the kernel's own tick. */
const MS_PER_TICK = 10;
const UTIME_AFTER_NAME = 11;

/** CPU time that a process has used so far with all its threads, ms; undefined where there is no /proc. */
export function cpuMsOf(pid: number): number | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name, in parentheses, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME_AFTER_NAME]) + Number(fields[UTIME_AFTER_NAME + 1])) * MS_PER_TICK;
}

/** Largest resident memory a process has had, bytes; undefined where there is no /proc. */
export function peakMemoryOf(pid: number): number | undefined {
  const kilobytes = readProc(`/proc/${pid}/status`)?.match(/^VmHWM:\s+(\d+) kB$/m)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Bytes that the files of a directory take on disk, as `du` counts them. */
export function diskBytesOf(directory: string): number {
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += diskBytesOf(path);
    else bytes += lstatSync(path).blocks * 512;
  }
  return bytes;
}
