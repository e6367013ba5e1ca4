import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laneImbalance, type ModelPart, point } from '../bench/model.js';
import { barPlot, linePlot } from '../bench/plots/svg.js';

const PARTS: readonly ModelPart[] = [
  { name: 'receiving thread', micros: 1 },
  { name: 'decoding threads', micros: 14 },
  { name: 'lanes', micros: 20 },
  { name: 'log', micros: 1 },
  { name: 'rows', micros: 4 },
];

describe('the model of more cores', () => {
  it('is limited by the cores while they are few', () => {
    assert.deepEqual(point(PARTS, 2, 1), {
      cores: 2,
      spansPerSecond: 50_000,
      limit: 'cores',
      busyCores: 2,
    });
  });

  it('is limited by the slowest single thread while the cores are many', () => {
    const { spansPerSecond, limit, busyCores } = point(PARTS, 32, 1);
    assert.equal(limit, 'rows');
    assert.equal(spansPerSecond, 250_000);
    assert.equal(busyCores, 10);
  });

  it('is limited by the busiest lane if traces are hashed badly', () => {
    const { spansPerSecond, limit } = point(PARTS.slice(0, 3), 4, 2);
    assert.equal(limit, 'lanes');
    assert.equal(spansPerSecond, 100_000);
  });

  it('is never limited by decoding threads, of which there are as many as cores', () => {
    assert.equal(point(PARTS.slice(1, 2), 32, 2).limit, 'cores');
  });

  it('hashes few traces less evenly than many', () => {
    assert.equal(laneImbalance(100, 1), 1);
    assert.ok(laneImbalance(10_000, 8) < laneImbalance(100, 8));
    assert.ok(laneImbalance(10_000, 8) < 1.1);
  });
});

describe('plots of the benchmark', () => {
  it('draw a bar for each value, with its sum beside it, and escape names', () => {
    const svg = barPlot({
      title: 'Title',
      unit: 'µs',
      bars: ['a < b', 'c & d'],
      series: [
        { name: 'one', values: [1, 2] },
        { name: 'two', values: [3, 0] },
      ],
    });
    assert.match(svg, />a &lt; b</);
    assert.match(svg, />c &amp; d</);
    // Two marks of the legend, and three values above zero.
    assert.equal(svg.match(/<rect/g)?.length, 5);
    assert.match(svg, />4</);
    assert.match(svg, /prefers-color-scheme: dark/);
  });

  it('draw a line through all points of a series, within the drawing', () => {
    const svg = linePlot({
      title: 'Title',
      unit: 'spans',
      xUnit: 'cores',
      x: [1, 2, 4],
      series: [{ name: 'one', values: [10, 20, 30] }],
      doubling: true,
    });
    const points = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    assert.equal(points.length, 3);
    const [first, second, third] = points as [number[], number[], number[]];
    assert.ok(Math.abs(second[0]! - first[0]! - (third[0]! - second[0]!)) < 0.2);
    assert.ok(first[1]! > second[1]! && second[1]! > third[1]!);
  });
});
