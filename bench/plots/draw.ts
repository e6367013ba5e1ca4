import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CurveResult } from '../curve.js';
import { type ModelResult, model } from '../model.js';
import type { PeersResult } from '../peers/measure.js';
import type { Report } from '../report.js';
import type { StagesResult } from '../stages.js';
import { barPlot, linePlot } from './svg.js';

/** Results that are stored beside the page, as written by `--json`. */
const RESULTS = ['stages', 'curve', 'peers'] as const;

/**
 * Draws the plots of docs/performance.md from the results in docs/performance.
 *
 * @param docs Folder of the documentation.
 * @returns Paths of the files written.
 */
export function drawPlots(docs: string): string[] {
  const [stages, curve, peers] = RESULTS.map((name) => readResult(join(docs, 'performance', `${name}.json`)));
  const plots = new Map<string, string>();
  const kinds = Object.values(stages?.stages ?? {});
  if (kinds.length > 0) {
    plots.set('stages', stagesPlot(kinds));
    plots.set('cores', coresPlot(kinds));
  }
  if (curve?.curve) plots.set('curve', curvePlot(curve.curve));
  if (peers?.peers) {
    for (const kind of ['web', 'genai'] as const) plots.set(`peers-${kind}`, peersPlot(peers.peers, kind));
  }
  const images = join(docs, 'images');
  mkdirSync(images, { recursive: true });
  return [...plots].map(([name, svg]) => {
    const path = join(images, `performance-${name}.svg`);
    writeFileSync(path, svg);
    return path;
  });
}

function readResult(path: string): Partial<Report> | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Partial<Report>) : undefined;
}

const KIND_NAMES = { web: 'web spans', genai: 'GenAI spans' } as const;

function stagesPlot(kinds: readonly StagesResult[]): string {
  const limit = kinds.map(({ ratio }) => ratio.limit);
  const none = kinds.map(() => 0);
  const both = (first: readonly number[], second: readonly number[]): number[] =>
    first.flatMap((value, i) => [value, second[i]!]);
  return barPlot({
    title: 'What a span costs',
    unit: 'CPU time, in multiples of gunzip of the same bytes',
    bars: kinds.flatMap(({ kind }) => [KIND_NAMES[kind], 'the least']),
    series: [
      ...(['decode', 'append', 'fold'] as const).map((stage) => ({
        name: stage,
        values: both(
          kinds.map(({ ratio }) => ratio[stage]),
          none,
        ),
      })),
      { name: 'pass, LZ4, write', values: both(none, limit) },
    ],
  });
}

function curvePlot({ points }: CurveResult): string {
  return linePlot({
    title: 'A span among many',
    unit: 'CPU time a thin span, in multiples of gunzip of the same bytes',
    xUnit: 'million spans kept',
    x: points.map(({ spans }) => spans / 1e6),
    series: (['decode', 'append', 'fold'] as const).map((stage) => ({
      name: stage,
      values: points.map(({ ratio }) => ratio[stage]),
    })),
  });
}

function peersPlot(peers: PeersResult['peers'], kind: 'web' | 'genai'): string {
  const measured = Object.values(peers).flatMap((peer) => {
    const ratio = peer[kind]?.ratio;
    return ratio === undefined ? [] : [{ name: peer.title, ratio }];
  });
  return barPlot({
    title: `Peers, ${KIND_NAMES[kind]}`,
    unit: 'CPU time a span of all processes, in multiples of gunzip of the same bytes',
    bars: measured.map(({ name }) => name),
    series: [{ name: 'CPU', values: measured.map(({ ratio }) => ratio) }],
  });
}

function coresPlot(kinds: readonly StagesResult[]): string {
  const results = kinds.map((stages): readonly [string, ModelResult] => [
    KIND_NAMES[stages.kind],
    model(stages),
  ]);
  return linePlot({
    title: 'On more cores: a model, not a measurement',
    unit: 'spans a second',
    xUnit: 'cores',
    x: results[0]![1].points.today.map(({ cores }) => cores),
    series: results.flatMap(([name, { points }]) => [
      { name: `${name}, as it is`, values: points.today.map(({ spansPerSecond }) => spansPerSecond) },
      { name: `${name}, rows by lane`, values: points.rows.map(({ spansPerSecond }) => spansPerSecond) },
    ]),
    doubling: true,
  });
}
