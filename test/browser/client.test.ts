import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { rolldown } from 'rolldown';
import type { SojournClient } from '../../client/src/index.js';
import { launchChromium, NO_BROWSER } from '../support/chromium.js';
import { startServer } from '../support/server.js';
import { chatSpan, tracesJson } from '../support/telemetry.js';

/** The TypeScript client in a real browser, bundled as a web page would have it, behind the server's own origin. */

const CLIENT = fileURLToPath(new URL('../../client/src/index.js', import.meta.url));
/** More than a page of the client. */
const SESSIONS = 105;

/** What there is in the page. */
declare const sojourn: { readonly SojournClient: typeof SojournClient };
declare const location: { readonly origin: string };

async function bundled(): Promise<string> {
  const build = await rolldown({ input: CLIENT, platform: 'browser' });
  try {
    const { output } = await build.generate({ format: 'iife', name: 'sojourn' });
    return output[0].code;
  } finally {
    await build.close();
  }
}

test('the client reads lists and the live stream in a browser', { skip: NO_BROWSER }, async () => {
  const server = await startServer();
  let browser: Browser | undefined;
  const send = async (number: number): Promise<void> => {
    const spans = [chatSpan(number, { 'session.id': `visitor/${number}` }, {})];
    assert.equal((await server.post('/v1/traces', tracesJson(spans))).status, 200);
  };
  try {
    for (let number = 1; number <= SESSIONS; number++) await send(number);
    await server.settled();
    browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(`${server.httpUrl}/`);
    await page.evaluate(`${await bundled()}; globalThis.sojourn = sojourn;`);
    const read = await page.evaluate(async () => {
      const client = new sojourn.SojournClient({ baseUrl: location.origin });
      let sessions = 0;
      for await (const _ of client.sessions()) sessions++;
      let calls = 0;
      for await (const { counted } of client.usage('visitor/7')) calls += counted ? 1 : 0;
      const unknown = await client.session('nobody').catch(({ code }) => code);
      return { sessions, calls, unknown };
    });
    assert.deepEqual(read, { sessions: SESSIONS, calls: 1, unknown: 'session.not_found' });
    const changed = page.evaluate(async () => {
      const client = new sojourn.SojournClient({ baseUrl: location.origin });
      for await (const event of client.changes())
        if (event.type === 'session') return event.session['session.id'];
      return undefined;
    });
    // The page cannot say when its stream is open, so sessions are sent until one has come.
    let id: string | undefined;
    const came = changed.then((value) => {
      id = value;
    });
    for (let number = SESSIONS + 1; id === undefined; number++) {
      await send(number);
      await Promise.race([came, server.settled()]);
    }
    assert.match(id, /^visitor\/\d+$/);
  } finally {
    await browser?.close();
    await server.dispose();
  }
});
