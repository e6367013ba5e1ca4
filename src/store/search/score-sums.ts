import { Session } from '../../sessionize/session.js';
import type { SessionFilter } from '../contract/session-filter.js';
import type { StoredScoreSum } from '../contract/statistics.js';
import { type MatchOptions, matchingSessions } from './matching-sessions.js';

interface Sum {
  sessions: number;
  count: number;
  valued: number;
  units: bigint;
  readonly labels: Map<string, number>;
}

/**
 * Scores by name over the sessions that match any filter and have scores, from their rows: the names of which
 * most sessions have scores, at most `limit`, and of each as many labels.
 */
export async function countScores(
  filter: SessionFilter,
  limit: number,
  options: MatchOptions,
): Promise<StoredScoreSum[]> {
  const sums = new Map<string, Sum>();
  const scored = { ...filter, hasScores: true as const };
  const { rows } = await matchingSessions(scored, { kind: 'scores', parts: [] }, options);
  for await (const some of rows) {
    for (const [, text] of some) {
      if (text === null) continue;
      const scores = Session.decodeReported(text).scores?.all() ?? [];
      for (const [name, { count, valued, units, labels }] of scores) {
        const sum = sums.get(name) ?? { sessions: 0, count: 0, valued: 0, units: 0n, labels: new Map() };
        sums.set(name, sum);
        sum.sessions++;
        sum.count += count;
        sum.valued += valued;
        sum.units += units;
        for (const [label, scores] of labels) sum.labels.set(label, (sum.labels.get(label) ?? 0) + scores);
      }
    }
  }
  return [...sums]
    .map(([name, { labels, ...sum }]) => ({ name, ...sum, labels: mostCommon(labels, limit) }))
    .sort((a, b) => b.sessions - a.sessions || (a.name < b.name ? -1 : 1))
    .slice(0, limit);
}

function mostCommon(labels: ReadonlyMap<string, number>, limit: number) {
  return [...labels]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1))
    .slice(0, limit);
}
