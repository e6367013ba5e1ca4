/**
 * Plots as SVG that are readable on light and dark pages. Texts are escaped here; sizes are in pixels of the
 * drawing.
 */

export interface Series {
  readonly name: string;
  /** One value for each bar, or for each point. */
  readonly values: readonly number[];
}

export interface BarPlot {
  readonly title: string;
  readonly unit: string;
  /** Names of the bars, from the top. */
  readonly bars: readonly string[];
  /** Stacked in each bar, from the left. */
  readonly series: readonly Series[];
}

export interface LinePlot {
  readonly title: string;
  readonly unit: string;
  readonly xUnit: string;
  readonly x: readonly number[];
  readonly series: readonly Series[];
  /** A logarithmic x axis, in powers of two. */
  readonly doubling?: boolean;
}

const WIDTH = 760;
const LEFT = 275;
const RIGHT = 70;
const TOP = 62;
const BAR = 22;
const BAR_STEP = 32;
const LINE_LEFT = 60;
const LINE_HEIGHT = 240;
const BOTTOM = 44;
const TICKS = 5;
/** Width of a series' mark and of each letter of its name in the legend. */
const LEGEND_MARK = 34;
const LEGEND_LETTER = 6.3;

/** Distinguishable with colour blindness, on both backgrounds. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .small { font-size: 12px; fill: #59636e }
  .axis { stroke: #d1d9e0; fill: none }
  .s0 { fill: #0969da; stroke: #0969da } .s1 { fill: #bc4c00; stroke: #bc4c00 } .s2 { fill: #1a7f64; stroke: #1a7f64 }
  .s3 { fill: #8250df; stroke: #8250df } .s4 { fill: #6e7781; stroke: #6e7781 }
  path.line { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 } .axis { stroke: #3d444d }
    .s0 { fill: #4493f8; stroke: #4493f8 } .s1 { fill: #f0883e; stroke: #f0883e } .s2 { fill: #3fb99a; stroke: #3fb99a }
    .s3 { fill: #ab7df8; stroke: #ab7df8 } .s4 { fill: #9198a1; stroke: #9198a1 }
  }`;

export function barPlot({ title, unit, bars, series }: BarPlot): string {
  const totals = bars.map((_, i) => series.reduce((sum, { values }) => sum + values[i]!, 0));
  const { top, ticks } = scale(Math.max(...totals));
  const plotWidth = WIDTH - LEFT - RIGHT;
  const x = (value: number): number => LEFT + (value / top) * plotWidth;
  const end = TOP + bars.length * BAR_STEP;
  const parts = [heading(title, unit), ...(series.length > 1 ? legend(series) : [])];
  for (const tick of ticks) {
    parts.push(path(`M${round(x(tick))} ${TOP - 6}V${end}`, 'axis'));
    parts.push(text(x(tick), end + 18, short(tick), 'small', 'middle'));
  }
  bars.forEach((name, i) => {
    const y = TOP + i * BAR_STEP;
    parts.push(text(LEFT - 10, y + BAR / 2 + 5, name, '', 'end'));
    let at = 0;
    series.forEach(({ values }, k) => {
      const value = values[i]!;
      const width = x(at + value) - x(at);
      if (value > 0) parts.push(rectangle(x(at), y, width, BAR, `s${k}`));
      at += value;
    });
    parts.push(text(x(at) + 6, y + BAR / 2 + 5, short(at), 'small', 'start'));
  });
  return drawing(title, end + BOTTOM - 14, parts);
}

export function linePlot({ title, unit, xUnit, x: xs, series, doubling = false }: LinePlot): string {
  const { top, ticks } = scale(Math.max(...series.flatMap(({ values }) => values)));
  const place = (value: number): number => (doubling ? Math.log2(value) : value);
  const first = place(doubling ? xs[0]! : 0);
  const span = place(xs.at(-1)!) - first;
  const right = WIDTH - RIGHT / 2;
  const x = (value: number): number => LINE_LEFT + ((place(value) - first) / span) * (right - LINE_LEFT);
  const y = (value: number): number => TOP + (1 - value / top) * LINE_HEIGHT;
  const parts = [heading(title, unit), ...legend(series)];
  for (const tick of ticks) {
    parts.push(path(`M${LINE_LEFT} ${round(y(tick))}H${right}`, 'axis'));
    parts.push(text(LINE_LEFT - 8, y(tick) + 4, short(tick), 'small', 'end'));
  }
  const xTicks = doubling ? xs : scale(xs.at(-1)!).ticks.filter((tick) => tick <= xs.at(-1)!);
  for (const tick of xTicks)
    parts.push(text(x(tick), TOP + LINE_HEIGHT + 18, short(tick), 'small', 'middle'));
  parts.push(text(right, TOP + LINE_HEIGHT + 36, xUnit, 'small', 'end'));
  series.forEach(({ values }, k) => {
    const points = values.map((value, i) => `${round(x(xs[i]!))} ${round(y(value))}`);
    parts.push(path(`M${points.join('L')}`, `s${k} line`));
    values.forEach((value, i) => {
      parts.push(`<circle class="s${k}" cx="${round(x(xs[i]!))}" cy="${round(y(value))}" r="2.5"/>`);
    });
  });
  return drawing(title, TOP + LINE_HEIGHT + BOTTOM, parts);
}

/** Round numbers from 0 to at least `most`. */
function scale(most: number): { readonly top: number; readonly ticks: readonly number[] } {
  const rough = most / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power;
  const count = Math.ceil(most / step);
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, i) => i * step) };
}

/** In the line above the plot, to the right: few series with short names. */
function legend(series: readonly Series[]): string[] {
  let x = WIDTH - 10;
  return series
    .map(({ name }, k) => ({ name, k }))
    .reverse()
    .flatMap(({ name, k }) => {
      x -= LEGEND_MARK + name.length * LEGEND_LETTER;
      return [rectangle(x + 10, 34, 10, 10, `s${k}`), text(x + 25, 43, name, 'small', 'start')];
    });
}

function heading(title: string, unit: string): string {
  return text(10, 20, title, 'title', 'start') + text(10, 43, unit, 'small', 'start');
}

function drawing(title: string, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${round(height)}" role="img" aria-labelledby="title">
<title id="title">${escaped(title)}</title>
<style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`;
}

function text(
  x: number,
  y: number,
  content: string,
  style: string,
  anchor: 'start' | 'middle' | 'end',
): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${style}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function rectangle(x: number, y: number, width: number, height: number, style: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}" class="${style}"/>`;
}

function path(data: string, style: string): string {
  return `<path d="${data}" class="${style}"/>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function short(value: number): string {
  if (value >= 1e6) return `${Math.round(value / 1e4) / 100} M`;
  if (value >= 10_000) return `${Math.round(value / 1000)} k`;
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
