import { setTimeout as delay } from 'node:timers/promises';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM, CHROMIUM_ARGUMENTS, NO_BROWSER } from '../test/support/chromium.js';
import type { Bench } from './bench.js';
import { heavySession } from './generate/heavy-session.js';
import type { StreamDescription } from './generate/open-stream.js';
import { note } from './ingest.js';
import { type LatencySummary, summarize } from './latency.js';

export interface PageResult {
  readonly sessions: number;
  /** In the order of the table. */
  readonly loads: readonly { readonly name: string; readonly times: PageTimes }[];
  readonly scrolls: readonly { readonly name: string; readonly frames: Frames }[];
  /** Bytes on the wire of the first load of the list, by kind. */
  readonly transferred: Readonly<Record<string, number>>;
}

export interface PageTimes {
  /** From the start of navigation, or from the click, to the frame that has the content, ms. */
  readonly shown: LatencySummary | undefined;
  /** Of it, what the page's main thread worked, ms. */
  readonly mainThread: LatencySummary | undefined;
}

export interface Frames {
  readonly perSecond: number;
  readonly longestMs: number;
}

const LOAD = 5;
const HOUR_MS = 3_600_000;
const SESSIONS = 20_000;
const SPANS_PER_SESSION = 3;
const LIMIT_MS = 60_000;
const SCROLL_MS = 3_000;
const PAUSE_MS = 300;

const ROWS = '.table-body .row-link';
const TRACE = '.waterfall [role=treeitem]';

/** 1,000 traces of 20 spans, and one of 10,000. */
const WIDE = { id: 'bench-wide', traces: 1_000, spansPerTrace: 20, number: 1 };
const DEEP = { id: 'bench-deep', traces: 1, spansPerTrace: 10_000, number: 2 };

/**
 * Run in the page before anything of its own. `shown(selector)` resolves to the time at which the frame that has the element was made, in
 * milliseconds since navigation: a task that follows a frame's callbacks runs when the frame is on its way to the screen. `clicked` is the time of the last click.
 */
const OBSERVER = `
  window.bench = {
    clicked: 0,
    shown: (selector) => new Promise((resolve) => {
      const look = () => {
        if (document.querySelector(selector) === null) return false;
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(0);
        });
        return true;
      };
      if (look()) return;
      const observer = new MutationObserver(() => { if (look()) observer.disconnect(); });
      observer.observe(document, { childList: true, subtree: true });
    }),
    scroll: (selector, ms) => new Promise((resolve) => {
      const place = document.querySelector(selector);
      const began = performance.now();
      let last = began, frames = 0, longest = 0, step = 40;
      const frame = (now) => {
        if (frames > 0) longest = Math.max(longest, now - last);
        last = now;
        frames++;
        if (place.scrollTop + place.clientHeight >= place.scrollHeight - 1) step = -40;
        if (place.scrollTop <= 0) step = 40;
        place.scrollTop += step;
        if (now - began < ms) requestAnimationFrame(frame);
        else resolve({ perSecond: (frames - 1) / ((now - began) / 1000), longestMs: longest });
      };
      requestAnimationFrame(frame);
    }),
  };
  addEventListener('click', () => { window.bench.clicked = performance.now(); }, true);
  window.bench.rows = window.bench.shown('${ROWS}');
  window.bench.trace = window.bench.shown('${TRACE}');
`;

/** How soon the web page shows what it is asked for, in a real browser. Undefined, and said so, where there is none. */
export async function measurePage(bench: Bench): Promise<PageResult | undefined> {
  if (CHROMIUM === undefined) {
    bench.progress(`page: skipped, ${NO_BROWSER}`);
    return undefined;
  }
  const { quick, connections, memoryBytes } = bench.options;
  const server = await bench.startServer(bench.newDirectory());
  const { origin } = server;
  await fill(bench, origin, { connections, memoryBytes });

  const runs = quick ? 5 : 20;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
  try {
    const visitor = new Visitor(origin, async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      context.setDefaultTimeout(LIMIT_MS);
      await context.addInitScript(OBSERVER);
      return context;
    });
    bench.progress('page: the list');
    await visitor.cold('/', 'rows');
    const list = new Samples();
    const again = new Samples();
    for (let i = 0; i < runs; i++) await visitor.coldThenWarm('/', 'rows', list, again);
    const transferred = await visitor.transferred('/');
    bench.progress('page: sessions');
    const wide = new Samples();
    const wideClick = new Samples();
    const deep = new Samples();
    for (let i = 0; i < runs; i++) {
      wide.add(await visitor.cold(`/sessions/${WIDE.id}`, 'trace'));
      deep.add(await visitor.cold(`/sessions/${DEEP.id}`, 'trace'));
      wideClick.add(await visitor.click(WIDE.id));
    }
    bench.progress('page: scrolling');
    const scrolls = [
      { name: 'the list', frames: await visitor.scroll('/', 'rows', 'html') },
      { name: '1,000 traces', frames: await visitor.scroll(`/sessions/${WIDE.id}`, 'trace', '.trace-rows') },
      {
        name: '10,000 spans of a trace',
        frames: await visitor.scroll(`/sessions/${DEEP.id}`, 'trace', '.span-rows'),
      },
    ];
    return {
      sessions: SESSIONS,
      loads: [
        { name: 'first rows of the list, nothing cached', times: list.times() },
        { name: 'first rows of the list, files cached', times: again.times() },
        { name: '1,000 traces and 20,000 spans, by its address, nothing cached', times: wide.times() },
        { name: 'the same, by a click in the list', times: wideClick.times() },
        { name: 'a trace of 10,000 spans, by its address, nothing cached', times: deep.times() },
      ],
      scrolls,
      transferred,
    };
  } finally {
    await browser.close();
    await bench.stopServer(server);
  }
}

async function fill(
  bench: Bench,
  origin: string,
  load: { readonly connections: number; readonly memoryBytes: number },
): Promise<void> {
  bench.progress(`page: sending ${SESSIONS} sessions and two large ones`);
  const timeMs = Date.now();
  const stream: StreamDescription = { kind: 'history', stream: LOAD, seed: 11, timeMs, sessions: SESSIONS };
  const sender = bench.startSender();
  await sender.prepare({ stream, spans: SESSIONS * SPANS_PER_SESSION, maxBytes: load.memoryBytes });
  note(bench, 'page', await sender.send({ stream: LOAD, origin, connections: load.connections }));
  await bench.stopSender(sender);
  // The newest, so that the list begins with them.
  const startNs = BigInt(timeMs - HOUR_MS / 60) * 1_000_000n;
  for (const session of [WIDE, DEEP]) {
    for (const body of heavySession({ ...session, startNs })) {
      const answer = await fetch(`${origin}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (answer.status !== 200) throw new Error(`page: ${session.id}: status ${answer.status}`);
    }
  }
  // Sessions are folded a moment after large requests.
  while (!/^sojourn_records_unfolded 0$/m.test(await (await fetch(`${origin}/metrics`)).text())) {
    await delay(PAUSE_MS);
  }
}

interface Sample {
  readonly shownMs: number;
  readonly mainThreadMs: number;
}

class Samples {
  readonly #samples: Sample[] = [];

  add(sample: Sample): void {
    this.#samples.push(sample);
  }

  times(): PageTimes {
    return {
      shown: summarize(this.#samples.map(({ shownMs }) => shownMs)),
      mainThread: summarize(this.#samples.map(({ mainThreadMs }) => mainThreadMs)),
    };
  }
}

/** What is waited for: see OBSERVER. */
type Content = 'rows' | 'trace';

class Visitor {
  readonly #origin: string;
  readonly #newContext: () => Promise<BrowserContext>;

  constructor(origin: string, newContext: () => Promise<BrowserContext>) {
    this.#origin = origin;
    this.#newContext = newContext;
  }

  /** In a context of its own, which shares nothing with others: as a browser that has never been here. */
  async cold(path: string, content: Content): Promise<Sample> {
    return this.#inContext((page) => this.#load(page, path, content));
  }

  async coldThenWarm(path: string, content: Content, cold: Samples, warm: Samples): Promise<void> {
    await this.#inContext(async (page) => {
      cold.add(await this.#load(page, path, content));
      await page.goto('about:blank');
      warm.add(await this.#load(page, path, content));
    });
  }

  /** From the click on a session in the list to its timeline. */
  async click(session: string): Promise<Sample> {
    return this.#inContext(async (page) => {
      await this.#load(page, '/', 'rows');
      await delay(PAUSE_MS);
      const worked = await mainThread(page);
      await page.locator(`.table-body a[href="/sessions/${session}"]`).click();
      const shownMs = (await page.evaluate('bench.trace.then((shown) => shown - bench.clicked)')) as number;
      return { shownMs, mainThreadMs: await worked() };
    });
  }

  /** Bytes on the wire until nothing more comes, by kind. */
  async transferred(path: string): Promise<Record<string, number>> {
    return this.#inContext(async (page) => {
      await this.#load(page, path, 'rows');
      await delay(PAUSE_MS);
      const sizes = (await page.evaluate(`
        performance.getEntries().filter((entry) => 'transferSize' in entry)
          .map(({ name, entryType, transferSize }) => [entryType === 'navigation' ? 'page.html' : new URL(name).pathname, transferSize])
      `)) as [string, number][];
      const bytes: Record<string, number> = { html: 0, js: 0, css: 0, api: 0 };
      for (const [name, size] of sizes) {
        const kind = /\.(html|js|css)$/.exec(name)?.[1] ?? (name.startsWith('/api/') ? 'api' : 'other');
        bytes[kind] = (bytes[kind] ?? 0) + size;
      }
      return bytes;
    });
  }

  async scroll(path: string, content: Content, place: string): Promise<Frames> {
    return this.#inContext(async (page) => {
      await this.#load(page, path, content);
      await delay(PAUSE_MS);
      return (await page.evaluate(`bench.scroll('${place}', ${SCROLL_MS})`)) as Frames;
    });
  }

  async #load(page: Page, path: string, content: Content): Promise<Sample> {
    const worked = await mainThread(page);
    await page.goto(this.#origin + path, { waitUntil: 'commit' });
    const shownMs = (await page.evaluate(`bench.${content}`)) as number;
    return { shownMs, mainThreadMs: await worked() };
  }

  async #inContext<T>(visit: (page: Page) => Promise<T>): Promise<T> {
    const context = await this.#newContext();
    try {
      return await visit(await context.newPage());
    } finally {
      await context.close();
    }
  }
}

/** Begins to count what the page's main thread works; what is returned ends it, in ms. */
async function mainThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const read = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  const before = await read();
  return async () => {
    // After a navigation to another process the count begins anew.
    const after = await read();
    await session.detach();
    return after < before ? after : after - before;
  };
}
