import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { WATCH } from './watch.js';

/** Work of the page's main thread since the start of its process, ms. */
export interface MainThread {
  readonly taskMs: number;
  readonly scriptMs: number;
  readonly layoutMs: number;
}

/** Transferred bytes of answers, headers included, by type of resource. */
export type BytesByKind = Readonly<Record<string, number>>;

const LIMIT_MS = 60_000;
const VIEWPORT = { width: 1440, height: 900 };

/**
 * A first-time visitor: a new context of a running browser, with an empty cache and a new process for its
 * page.
 */
export class Visitor {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #debugger: CDPSession;
  readonly #kinds = new Map<string, string>();
  readonly #bytes: Record<string, number> = {};

  private constructor(context: BrowserContext, page: Page, cdp: CDPSession) {
    this.#context = context;
    this.page = page;
    this.#debugger = cdp;
    cdp.on('Network.responseReceived', ({ requestId, type }) => this.#kinds.set(requestId, type));
    cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const kind = this.#kinds.get(requestId) ?? 'Other';
      this.#bytes[kind] = (this.#bytes[kind] ?? 0) + encodedDataLength;
    });
  }

  static async arrive(browser: Browser): Promise<Visitor> {
    const context = await browser.newContext({ viewport: VIEWPORT });
    context.setDefaultTimeout(LIMIT_MS);
    await context.addInitScript(WATCH);
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable');
    return new Visitor(context, page, cdp);
  }

  /** Navigates to the address and resolves to the value of the expression there. */
  async go(address: string, expression: string): Promise<number> {
    // Does not wait for the end of loading, but for the expression.
    await this.page.goto(address, { waitUntil: 'commit' });
    return this.page.evaluate<number>(expression);
  }

  /** Opens an empty page, so that the next address is a navigation and not a reload. */
  async leave(): Promise<void> {
    await this.page.goto('about:blank');
  }

  async mainThread(): Promise<MainThread> {
    const { metrics } = await this.#debugger.send('Performance.getMetrics');
    const ms = (name: string) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000;
    return { taskMs: ms('TaskDuration'), scriptMs: ms('ScriptDuration'), layoutMs: ms('LayoutDuration') };
  }

  /** Counts transferred bytes from now on. It slows the page down, so it is never used where time is measured. */
  async countBytes(): Promise<void> {
    await this.#debugger.send('Network.enable');
  }

  bytes(): BytesByKind {
    return { ...this.#bytes };
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
