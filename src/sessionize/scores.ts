import type { ScoreFacts } from '../normalize/facts.js';
import type { ByteString } from './records.js';
import { MOST_SCORE_IDS, MOST_SCORE_LABELS, MOST_SCORE_NAMES } from './score-limits.js';
import type { ScoresForm, ScoreVersionForm } from './stored-form.js';

/**
 * The scores of a fragment or session (S80, S81). Scores without an id are counted by name. Of scores with an
 * id, each version is kept until a later one replaces it, because versions may be in different groups.
 */

/** Scores of one name. */
export interface ScoreSum {
  readonly count: number;
  /** Those with a value, and the sum of their values in millionths. */
  readonly valued: number;
  readonly units: bigint;
  /** Scores by label. */
  readonly labels: ReadonlyMap<string, number>;
}

/** A version of a score with an id. */
interface ScoreVersion {
  readonly score: ScoreFacts;
  /** Digest of its log record. */
  readonly record: ByteString;
}

/** The scores of a fragment: never modified. */
export interface Scores {
  readonly sums: ReadonlyMap<string, ScoreSum>;
  /** By `versionKey`. */
  readonly versions: ReadonlyMap<string, ScoreVersion>;
  /** Whether names, labels or ids were left out. */
  readonly isCut: boolean;
}

export const NO_SCORES: Scores = { sums: new Map(), versions: new Map(), isCut: false };

const NO_LABELS: ReadonlyMap<string, number> = new Map();

/** The scores of a session, or of a fragment while it is made. */
export class ScoreCounts {
  #sums = new Map<string, ScoreSum>();
  #versions = new Map<string, ScoreVersion>();
  #isCut = false;

  /** What was added, as plain values. Undefined if nothing was. */
  finish(): Scores | undefined {
    if (this.#sums.size === 0 && this.#versions.size === 0) return undefined;
    return { sums: this.#sums, versions: this.#versions, isCut: this.#isCut };
  }

  /** Adds a score by its log record's digest. */
  add(score: ScoreFacts, record: ByteString): void {
    if (score.id === undefined) this.#addSum(score.name, sumOf(score), 1);
    else this.#addVersion(versionKey(score), { score, record });
  }

  /**
   * Replaces the scores of a fragment by those of its new version. Returns false if what was left out may now
   * belong to the kept ones, or a version that another one had replaced may count again: then the session has
   * to be folded again (S18).
   */
  exchange(old: Scores, replacement: Scores): boolean {
    if (old === replacement || areSame(old, replacement)) return true;
    const wasCut = this.#isCut;
    for (const [name, sum] of replacement.sums) this.#addSum(name, sum, 1);
    for (const [name, sum] of old.sums) this.#addSum(name, sum, -1);
    for (const [key, version] of replacement.versions) this.#addVersion(key, version);
    if (replacement.isCut) this.#isCut = true;
    if (old === NO_SCORES) return true;
    if (wasCut || this.#isCut || old.isCut) return false;
    for (const [key, version] of old.versions) {
      const now = replacement.versions.get(key);
      if (now === undefined || compareVersions(now, version) < 0) return false;
    }
    return true;
  }

  /** The scores that count, by name in order of code units. */
  all(): [string, ScoreSum][] {
    const all = new Map(this.#sums);
    for (const { score } of this.#versions.values()) {
      if (score.isDeleted !== true) all.set(score.name, added(all.get(score.name), sumOf(score), 1));
    }
    return [...all].sort(byKey);
  }

  /**
   * What the session is found by: `scoreValue` of each name, and of each name and label. Undefined without
   * scores.
   */
  values(): string[] | undefined {
    if (this.#sums.size === 0 && this.#versions.size === 0) return undefined;
    return this.all().flatMap(([name, { labels }]) => [
      scoreValue(name),
      ...[...labels.keys()].sort().map((label) => scoreValue(name, label)),
    ]);
  }

  /** The ids of its scores with an id, deleted ones included, but for those of senders. */
  ids(): string[] {
    return [...this.#versions.values()].flatMap(({ score }) => (score.isOfSender ? [] : [score.id!]));
  }

  /** The stored form; undefined if there are no scores. */
  form(): ScoresForm | undefined {
    if (this.#sums.size === 0 && this.#versions.size === 0) return undefined;
    return {
      sums: [...this.#sums]
        .sort(byKey)
        .map(([name, { count, valued, units, labels }]) => [
          name,
          count,
          valued,
          String(units),
          [...labels].sort(byKey),
        ]),
      versions: [...this.#versions].sort(byKey).map(([, version]) => versionForm(version)),
      ...(this.#isCut && { isCut: true }),
    };
  }

  static ofForm({ sums, versions, isCut }: ScoresForm): ScoreCounts {
    const counts = new ScoreCounts();
    for (const [name, count, valued, units, labels] of sums) {
      counts.#sums.set(name, { count, valued, units: BigInt(units), labels: new Map(labels) });
    }
    for (const form of versions) {
      const version = versionOf(form);
      counts.#versions.set(versionKey(version.score), version);
    }
    counts.#isCut = isCut === true;
    return counts;
  }

  #addSum(name: string, sum: ScoreSum, sign: 1 | -1): void {
    const next = added(this.#sums.get(name), sum, sign);
    if (next.count === 0) {
      this.#sums.delete(name);
      return;
    }
    this.#sums.set(name, next);
    this.#cut(this.#sums, MOST_SCORE_NAMES);
    if (next.labels.size > MOST_SCORE_LABELS) {
      const labels = new Map(next.labels);
      this.#cut(labels, MOST_SCORE_LABELS);
      if (this.#sums.has(name)) this.#sums.set(name, { ...next, labels });
    }
  }

  #addVersion(key: string, version: ScoreVersion): void {
    const known = this.#versions.get(key);
    if (known !== undefined && compareVersions(known, version) >= 0) return;
    this.#versions.set(key, version);
    this.#cut(this.#versions, MOST_SCORE_IDS);
  }

  /** Leaves out the last of the keys, in order of code units, beyond this many. */
  #cut(map: Map<string, unknown>, most: number): void {
    if (map.size <= most) return;
    this.#isCut = true;
    for (const key of [...map.keys()].sort().slice(most)) map.delete(key);
  }
}

/**
 * What the versions of a score with an id have in common. Scores of senders without the scope `score` have ids of their own. Their keys come last,
 * so that of too many ids those of senders are left out.
 */
export function versionKey({ id, isOfSender }: Pick<ScoreFacts, 'id' | 'isOfSender'>): string {
  return `${isOfSender ? 'sender' : 'own'} ${id}`;
}

/** The text by which sessions with scores of a name are found, or with a label of that name. */
export function scoreValue(name: string, label?: string): string {
  return JSON.stringify(label === undefined ? [name] : [name, label]);
}

function sumOf({ units, label }: ScoreFacts): ScoreSum {
  return {
    count: 1,
    valued: units === undefined ? 0 : 1,
    units: BigInt(units ?? 0),
    labels: label === undefined ? NO_LABELS : new Map([[label, 1]]),
  };
}

function added(known: ScoreSum | undefined, sum: ScoreSum, sign: 1 | -1): ScoreSum {
  if (known === undefined && sign === 1) return sum;
  const { count = 0, valued = 0, units = 0n, labels = NO_LABELS } = known ?? {};
  const all = new Map(labels);
  for (const [label, scores] of sum.labels) {
    const now = (all.get(label) ?? 0) + sign * scores;
    if (now === 0) all.delete(label);
    else all.set(label, now);
  }
  return {
    count: count + sign * sum.count,
    valued: valued + sign * sum.valued,
    units: units + BigInt(sign) * sum.units,
    labels: all,
  };
}

/** The later of two versions is the greater; of versions of one instant, the one with the greater digest. */
function compareVersions(a: ScoreVersion, b: ScoreVersion): number {
  const [aNs, bNs] = [a.score.givenNs ?? 0n, b.score.givenNs ?? 0n];
  if (aNs !== bNs) return aNs < bNs ? -1 : 1;
  return a.record < b.record ? -1 : a.record > b.record ? 1 : 0;
}

function areSame(a: Scores, b: Scores): boolean {
  if (a.isCut !== b.isCut || a.sums.size !== b.sums.size || a.versions.size !== b.versions.size) return false;
  for (const [name, sum] of a.sums) {
    const other = b.sums.get(name);
    if (other === undefined || sum.count !== other.count || sum.valued !== other.valued) return false;
    if (sum.units !== other.units || sum.labels.size !== other.labels.size) return false;
    for (const [label, count] of sum.labels) if (other.labels.get(label) !== count) return false;
  }
  for (const [key, version] of a.versions) if (b.versions.get(key)?.record !== version.record) return false;
  return true;
}

function versionForm({ score, record }: ScoreVersion): ScoreVersionForm {
  const { givenNs = 0n, ...rest } = score;
  return { ...rest, givenNs: String(givenNs), record: Buffer.from(record, 'latin1').toString('base64') };
}

function versionOf({ record, givenNs, ...rest }: ScoreVersionForm): ScoreVersion {
  return {
    score: { ...rest, givenNs: BigInt(givenNs) },
    record: Buffer.from(record, 'base64').toString('latin1'),
  };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
