import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Linux counts CPU time of processes in hundredths of a second, whatever the kernel's own tick. */
const MS_PER_TICK = 10;
const PARENT_AFTER_NAME = 1;
/** User and system time; those of ended children follow. */
const UTIME_AFTER_NAME = 11;

/**
 * CPU time that a process has used so far with all its threads, ms; undefined without /proc.
 *
 * @param withEnded Adds the time of its children that have ended and were waited for.
 */
export function cpuMsOf(pid: number, withEnded = false): number | undefined {
  const fields = statFields(pid);
  if (fields === undefined) return undefined;
  const times = fields.slice(UTIME_AFTER_NAME, UTIME_AFTER_NAME + (withEnded ? 4 : 2));
  return sum(times.map(Number)) * MS_PER_TICK;
}

/** Fields of a process in /proc after its name. */
function statFields(pid: number): string[] | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  // The name, in parentheses, may contain spaces.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Largest resident memory of a process so far, bytes; undefined without /proc. */
export function peakMemoryOf(pid: number): number | undefined {
  const kilobytes = readProc(`/proc/${pid}/status`)?.match(/^VmHWM:\s+(\d+) kB$/m)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/**
 * CPU time of a process and all its descendants, including ended ones that were waited for, ms; undefined
 * without /proc.
 */
export function cpuMsOfTree(pid: number): number | undefined {
  const times = treeOf(pid).map((each) => cpuMsOf(each, true));
  return times.some((each) => each !== undefined) ? sum(times) : undefined;
}

/**
 * Sum of the largest resident memory of a process and each of its descendants, bytes; undefined without
 * /proc.
 */
export function peakMemoryOfTree(pid: number): number | undefined {
  const peaks = treeOf(pid).map(peakMemoryOf);
  return peaks.some((each) => each !== undefined) ? sum(peaks) : undefined;
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

/** A process and all its descendants. */
function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of existsSync('/proc') ? readdirSync('/proc') : []) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? statFields(pid)?.[PARENT_AFTER_NAME] : undefined;
    if (parent === undefined) continue;
    const siblings = children.get(Number(parent));
    if (siblings) siblings.push(pid);
    else children.set(Number(parent), [pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Bytes of a directory's files on disk, as counted by `du`. */
export function diskBytesOf(directory: string): number {
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += diskBytesOf(path);
    else bytes += lstatSync(path).blocks * 512;
  }
  return bytes;
}
