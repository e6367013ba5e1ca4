import type { Finding } from '../store/open-backup.js';
import { count } from './progress-line.js';

/** Findings that are shown one by one. */
const MOST_SHOWN = 100;

/** A line for each finding: file, byte, what is wrong, and what is lost by it. */
export function findingLines(findings: readonly Finding[]): string {
  const lines = findings.slice(0, MOST_SHOWN).map(lineOf);
  const others = findings.length - lines.length;
  return [...lines, ...(others > 0 ? [`and ${count(others)} more`] : [])].map((line) => `${line}\n`).join('');
}

function lineOf({ path, at, text, lost }: Finding): string {
  const place = at === undefined ? path : `${path}, byte ${at}`;
  return `${place}: ${text}${lost === undefined ? '' : `; ${lossOf(lost)}`}`;
}

function lossOf({ first, last, records, times }: NonNullable<Finding['lost']>): string {
  const blocks = first === last ? `block ${first}` : `blocks ${first} to ${last}`;
  const number = records === undefined ? 'an unknown number of records' : `${count(records)} record(s)`;
  const range =
    times === undefined ? '' : ` of about ${timeOf(times.leastNs)} to ${timeOf(times.greatestNs)}`;
  return `lost: ${blocks}, ${number}${range}`;
}

function timeOf(ns: bigint): string {
  const ms = Number(ns / 1_000_000n);
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ns);
}
