import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from './chromium.js';

/** A real browser, for tests and pictures of the web page. */

const require = createRequire(import.meta.url);

/** Far more than a busy machine needs, so that only a hang reaches it. */
const LIMIT_MS = 60_000;
const POLL_MS = 20;
/** How a violation of the page's policy is reported, besides a message on the console. */
const VIOLATIONS = `
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.violations.push(event.violatedDirective + ' ' + event.blockedURI);
  });
`;

/** The code that hostile telemetry tries to run on the page. */
export const OWNED = 'window.__owned=1';

/** Resolves when the result is as expected; fails with the difference if it never is. */
export async function untilEqual<T>(ask: () => Promise<T> | T, expected: T): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const actual = await ask();
    if (isDeepStrictEqual(actual, expected)) return;
    if (performance.now() > deadline) assert.deepEqual(actual, expected);
    await delay(POLL_MS);
  }
}

export class TestBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<TestBrowser> {
    return new TestBrowser(await launchChromium());
  }

  /** A page of a browser with empty storage. */
  async open(options: BrowserContextOptions = {}): Promise<TestPage> {
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    context.setDefaultTimeout(LIMIT_MS);
    await context.addInitScript(VIOLATIONS);
    return new TestPage(context, await context.newPage());
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** A page that records its errors. */
export class TestPage {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #troubles: string[] = [];

  constructor(context: BrowserContext, page: Page) {
    this.page = page;
    this.#context = context;
    page.on('pageerror', (error) => this.#troubles.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.#troubles.push(`${message.type()}: ${message.text()} ${message.location().url}`);
      }
    });
    page.on('dialog', (dialog) => {
      this.#troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /**
   * Resolves when the expression is true in the page. Evaluated by the debugger, which is not subject to the
   * page's policy.
   */
  async until(expression: string): Promise<void> {
    await untilEqual(() => this.page.evaluate(expression), true);
  }

  /** Fails if there was an exception, a logged error, a dialog or a violation of the page's policy. */
  async assertNoTrouble(): Promise<void> {
    const violations = (await this.page.evaluate('window.violations')) as string[];
    assert.deepEqual([...this.#troubles, ...violations], []);
  }

  /** Fails if axe finds accessibility problems. */
  async assertAccessible(): Promise<void> {
    await this.page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const { violations } = (await this.page.evaluate('axe.run(document)')) as AxeResults;
    const found = violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
    assert.deepEqual(found, []);
  }

  /** Fails if there was an error on the page or telemetry was executed; otherwise closes it. */
  async closeUntroubled(): Promise<void> {
    assert.equal(await this.page.evaluate('window.__owned'), undefined);
    await this.assertNoTrouble();
    await this.close();
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

interface AxeResults {
  readonly violations: {
    readonly id: string;
    readonly nodes: { readonly html: string; readonly failureSummary: string }[];
  }[];
}
