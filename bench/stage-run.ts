import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import lz4 from 'lz4-napi';
import type { Intake } from './intake.js';

export const STAGES = ['gunzip', 'decode', 'append', 'fold'] as const;
export type Stage = (typeof STAGES)[number];

/**
 * Measured beside the stages: redaction with default settings (user ids only) and with all built-in sets, whose
 * results go nowhere; and `limit`, one pass over the same bytes, LZ4, and a durable sequential write.
 */
export const ASIDES = ['redactUserIds', 'redactSets', 'limit'] as const;
export type Aside = (typeof ASIDES)[number];

/** CPU time of each, µs. */
export type StageMicros = Record<Stage | Aside, number>;

/** A request in the sender's form. */
export interface StagedRequest {
  readonly isLogs: boolean;
  readonly gzip: Buffer;
  readonly spans: number;
}

/** gunzip is the smallest number and the yardstick, so it is measured several times. */
const GUNZIP_TIMES = 4;
const LIMIT_BLOCK_BYTES = 64 * 1024;

export function noMicros(): StageMicros {
  return { gunzip: 0, decode: 0, append: 0, fold: 0, redactUserIds: 0, redactSets: 0, limit: 0 };
}

/** Takes requests through the stages one after the other, and adds up the cost of each stage. */
export class StageRun {
  readonly #intake: Intake;
  readonly #commitsPerFold: number;
  readonly #limitFile: number;
  #micros = noMicros();
  #commits = 0;
  #at = 0;

  /** `limitPath`: the file that the comparison writes to. */
  constructor(intake: Intake, commitsPerFold: number, limitPath: string) {
    this.#intake = intake;
    this.#commitsPerFold = commitsPerFold;
    this.#limitFile = openSync(limitPath, 'w');
  }

  /**
   * Commits some requests together, and folds after every `commitsPerFold` commits. The caller lets the event
   * loop turn afterwards, so that native code frees its memory as in the server.
   */
  commit(requests: readonly StagedRequest[]): void {
    this.#at = cpuMicros();
    let bodies: Buffer[] = [];
    for (let time = 0; time < GUNZIP_TIMES; time++) bodies = requests.map(({ gzip }) => gunzipSync(gzip));
    this.#lap('gunzip');
    const batches = requests.map(({ isLogs }, i) => this.#intake.decode(bodies[i]!, isLogs));
    this.#lap('decode');
    this.#intake.append(batches);
    this.#lap('append');
    if (++this.#commits % this.#commitsPerFold === 0) this.#intake.fold();
    this.#lap('fold');
    for (const [i, { isLogs }] of requests.entries()) this.#intake.redactUserIds(bodies[i]!, isLogs);
    this.#lap('redactUserIds');
    for (const [i, { isLogs }] of requests.entries()) this.#intake.redactSets(bodies[i]!, isLogs);
    this.#lap('redactSets');
    writeLimit(this.#limitFile, bodies);
    this.#lap('limit');
  }

  /** CPU time since the last call, after folding the rest. */
  take(): StageMicros {
    this.#at = cpuMicros();
    this.#intake.fold();
    this.#lap('fold');
    const taken = this.#micros;
    this.#micros = noMicros();
    taken.gunzip /= GUNZIP_TIMES;
    return taken;
  }

  close(): void {
    closeSync(this.#limitFile);
  }

  #lap(stage: Stage | Aside): void {
    const now = cpuMicros();
    this.#micros[stage] += now - this.#at;
    this.#at = now;
  }
}

/** CPU time of this process so far, including its helper threads, µs. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The least possible work: one pass over the bytes, compressing them, one durable sequential write. */
function writeLimit(file: number, bodies: readonly Buffer[]): void {
  let sum = 0;
  for (const body of bodies) {
    for (let i = 0; i < body.length; i++) sum = (sum + body[i]!) | 0;
    for (let start = 0; start < body.length; start += LIMIT_BLOCK_BYTES) {
      writeSync(file, lz4.compressSync(body.subarray(start, start + LIMIT_BLOCK_BYTES)));
    }
  }
  writeSync(file, String(sum));
  fsyncSync(file);
}
