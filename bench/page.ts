import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchChromium, NO_BROWSER } from '../test/support/chromium.js';
import { ApiClient, type SessionItem } from './api-client.js';
import type { Bench } from './bench.js';
import { type LatencySummary, summarize } from './latency.js';
import { framesOf } from './page/frames.js';
import { idOf, requestsOf, type Shape } from './page/telemetry.js';
import { type BytesByKind, type MainThread, Visitor } from './page/visitor.js';
import { drawn, drawnAfterClick, scroll } from './page/watch.js';

export interface ListTimes {
  /** From the navigation to the first painted rows, ms. */
  readonly cold: LatencySummary | undefined;
  readonly warm: LatencySummary | undefined;
  /** Main thread until then in an empty context, ms. */
  readonly coldMainThread: Readonly<Record<keyof MainThread, LatencySummary | undefined>>;
  readonly firstLoadBytes: BytesByKind;
}

export interface BigSessionTimes {
  readonly traces: number;
  readonly spans: number;
  /** From the click on its row in the list to its painted timeline, ms. */
  readonly clicked: LatencySummary | undefined;
  /** From the navigation to its address, in an empty context. */
  readonly cold: LatencySummary | undefined;
  /** While scrolling. */
  readonly framesPerSecond: { readonly median: number; readonly lowest: number } | undefined;
  readonly longestFrame: LatencySummary | undefined;
}

export interface PageResult {
  /** Why nothing was measured, or false. */
  readonly skipped: string | false;
  readonly list: ListTimes | undefined;
  readonly sessions: readonly BigSessionTimes[];
}

const RUNS = 20;
const QUICK_RUNS = 5;
const SMALL_SESSIONS = 300;
const MINUTE_MS = 60_000;
const SCROLL_MS = 2000;
const SCROLL_PIXELS = 120;
/** Time after the first rows in which further requests may follow. */
const SETTLE_MS = 2000;

const ROW = '.row-link';
const SPAN = '.span-row';
const TRACE = '.trace-link';

/** Measures how soon a person sees the page, in a browser of this machine. */
export async function measurePage(bench: Bench): Promise<PageResult> {
  if (NO_BROWSER !== false) {
    bench.progress(`page: skipped: ${NO_BROWSER}`);
    return { skipped: NO_BROWSER, list: undefined, sessions: [] };
  }
  const server = await bench.startServer(bench.newDirectory());
  const browser = await launchChromium();
  try {
    const runs = bench.options.quick ? QUICK_RUNS : RUNS;
    const now = Date.now();
    // The big ones start last, so that they are at the top of the list and can be clicked.
    const wide: Shape = { number: 1, startMs: now - 20 * MINUTE_MS, traces: 1000, spansPerTrace: 20 };
    const deep: Shape = { number: 2, startMs: now - 19 * MINUTE_MS, traces: 1, spansPerTrace: 10_000 };
    bench.progress('page: sending');
    await fill(bench, server.origin, [...smallSessions(now - 60 * MINUTE_MS), wide, deep]);
    bench.progress('page: the list');
    const list = await measureList(browser, server.origin, runs);
    const sessions: BigSessionTimes[] = [];
    for (const [shape, scrolled] of [
      [wide, '.trace-rows'],
      [deep, '.span-rows'],
    ] as const) {
      bench.progress(`page: a session of ${shape.traces} traces`);
      sessions.push(await measureSession(browser, server.origin, shape, scrolled, runs));
    }
    return { skipped: false, list, sessions };
  } finally {
    await browser.close();
    await bench.stopServer(server);
  }
}

function smallSessions(startMs: number): Shape[] {
  return Array.from({ length: SMALL_SESSIONS }, (_, i) => ({
    number: 100 + i,
    startMs: startMs + i * 1000,
    traces: 3,
    spansPerTrace: 5,
  }));
}

/** Sends the sessions, and compares the server's sessions with what was sent. */
async function fill(bench: Bench, origin: string, shapes: readonly Shape[]): Promise<void> {
  const client = new ApiClient(origin);
  try {
    for (const shape of shapes) {
      for (const body of requestsOf(shape)) {
        const { status } = await client.postOtlp('/v1/traces', body);
        if (status !== 200) throw new Error(`page: a request was answered with status ${status}`);
      }
    }
    // An acknowledged record is in its session a moment later.
    await delay(SETTLE_MS);
    for (const shape of shapes) {
      const { trace_count, span_count } = await client.json<SessionItem>(`/api/v1/sessions/${idOf(shape)}`);
      if (trace_count !== shape.traces || span_count !== shape.traces * shape.spansPerTrace) {
        bench.problem(`page: ${idOf(shape)} has ${trace_count} traces and ${span_count} spans`);
      }
    }
  } finally {
    client.close();
  }
}

async function measureList(browser: Browser, origin: string, runs: number): Promise<ListTimes> {
  const cold: number[] = [];
  const threads: MainThread[] = [];
  for (let i = 0; i < runs; i++) {
    await visit(browser, async (visitor) => {
      cold.push(await visitor.go(origin, drawn([ROW])));
      threads.push(await visitor.mainThread());
    });
  }
  const warm: number[] = [];
  await visit(browser, async (visitor) => {
    await visitor.go(origin, drawn([ROW]));
    await delay(SETTLE_MS);
    for (let i = 0; i < runs; i++) {
      await visitor.leave();
      warm.push(await visitor.go(origin, drawn([ROW])));
    }
  });
  const firstLoadBytes = await visit(browser, async (visitor) => {
    await visitor.countBytes();
    await visitor.go(origin, drawn([ROW]));
    await delay(SETTLE_MS);
    return visitor.bytes();
  });
  const thread = (of: keyof MainThread) => summarize(threads.map((each) => each[of]));
  return {
    cold: summarize(cold),
    warm: summarize(warm),
    coldMainThread: {
      taskMs: thread('taskMs'),
      scriptMs: thread('scriptMs'),
      layoutMs: thread('layoutMs'),
    },
    firstLoadBytes,
  };
}

async function measureSession(
  browser: Browser,
  origin: string,
  shape: Shape,
  scrolled: string,
  runs: number,
): Promise<BigSessionTimes> {
  const path = `/sessions/${idOf(shape)}`;
  // A session of one trace has no list of traces.
  const timeline = shape.traces > 1 ? [SPAN, TRACE] : [SPAN];
  const clicked: number[] = [];
  const cold: number[] = [];
  const perSecond: number[] = [];
  const longest: number[] = [];
  for (let i = 0; i < runs; i++) {
    await visit(browser, async (visitor) => {
      await visitor.go(origin, drawn([ROW]));
      await delay(SETTLE_MS);
      // Watched from before the click.
      const [ms] = await Promise.all([
        visitor.page.evaluate<number>(drawnAfterClick(timeline)),
        visitor.page.click(`${ROW}[href="${path}"]`),
      ]);
      clicked.push(ms);
    });
    await visit(browser, async (visitor) => {
      cold.push(await visitor.go(origin + path, drawn(timeline)));
      const frames = framesOf(
        await visitor.page.evaluate<number[]>(scroll(scrolled, SCROLL_PIXELS, SCROLL_MS)),
      );
      if (frames === undefined) return;
      perSecond.push(frames.perSecond);
      longest.push(frames.longestMs);
    });
  }
  const median = summarize(perSecond)?.p50;
  return {
    traces: shape.traces,
    spans: shape.traces * shape.spansPerTrace,
    clicked: summarize(clicked),
    cold: summarize(cold),
    framesPerSecond: median === undefined ? undefined : { median, lowest: Math.min(...perSecond) },
    longestFrame: summarize(longest),
  };
}

async function visit<T>(browser: Browser, what: (visitor: Visitor) => Promise<T>): Promise<T> {
  const visitor = await Visitor.arrive(browser);
  try {
    return await what(visitor);
  } finally {
    await visitor.close();
  }
}
