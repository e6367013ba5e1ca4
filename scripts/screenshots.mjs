// Takes the pictures of docs/images: starts a server of its own, fills it with the demo's traffic, and
// photographs its web page. `--all FOLDER` takes every view instead, in light and dark at three widths, into a
// folder of yours: to look at after a change of the page.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TestBrowser } from '../dist/test/support/browser.js';
import { NO_BROWSER } from '../dist/test/support/chromium.js';
import { runCommand, startServer } from '../dist/test/support/server.js';
import { SCHEMES, viewsOf, WIDTHS } from '../dist/test/support/views.js';
import { installChromium } from './chromium.mjs';

const FOLDER = fileURLToPath(new URL('../docs/images', import.meta.url));
/**
 * The pictures, in light and dark: a name, an address, and what to wait for. `SESSION` is a conversation of
 * an agent that failed, `SPAN` its failed span.
 */
const PICTURES = [
  { name: 'sessions', path: '/', ready: '.breakdown-row' },
  { name: 'sessions-narrow', path: '/', viewport: { width: 360, height: 780 }, ready: '.time-bars canvas' },
  { name: 'first-run', path: '/', ready: '.snippet', isEmpty: true },
  { name: 'session', path: '/sessions/SESSION?span=SPAN', ready: '.span-panel' },
  {
    name: 'session-narrow',
    path: '/sessions/SESSION',
    viewport: { width: 360, height: 780 },
    ready: '.waterfall',
  },
  { name: 'conversation', path: '/sessions/SESSION?view=conversation', ready: '.turn-head' },
  { name: 'usage', path: '/sessions/SESSION?view=usage', ready: '.usage-table' },
  { name: 'json', path: '/sessions/SESSION?view=json', ready: '.json-text' },
];
const DESKTOP = { width: 1440, height: 900 };

const { all } = parseArgs({ options: { all: { type: 'string' } } }).values;

installChromium();
if (NO_BROWSER) throw new Error(NO_BROWSER);
mkdirSync(all ?? FOLDER, { recursive: true });
const browser = await TestBrowser.launch();
const [filled, empty] = await Promise.all([startServer(), startServer()]);
try {
  const traffic = ['--sessions', all === undefined ? '5000' : '500', '--days', '2', '--seed', '11'];
  const { code, stderr } = await runCommand('demo', '--endpoint', filled.httpUrl, ...traffic);
  if (code !== 0) throw new Error(stderr);
  if (all === undefined) await takePictures();
  else await takeAll(all);
} finally {
  await browser.close();
  await Promise.all([filled.dispose(), empty.dispose()]);
}

async function takePictures() {
  const names = await namesIn(filled);
  for (const picture of PICTURES) {
    for (const colorScheme of SCHEMES) await take(picture, colorScheme, names);
  }
}

/** The first screen of every view. */
async function takeAll(folder) {
  await filled.settled();
  const views = await viewsOf(filled);
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      const opened = await browser.open({ colorScheme, viewport: { width, height: 900 } });
      for (const { name, path, ready } of views) {
        await opened.page.goto(filled.httpUrl + path);
        await opened.page.locator(ready).first().waitFor();
        await opened.page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {});
        await opened.page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
      }
      await opened.close();
    }
  }
  console.log(`${views.length * SCHEMES.length * WIDTHS.length} pictures in ${folder}`);
}

async function namesIn(server) {
  const { items } = await server.get('/api/v1/sessions?hasErrors=true&minCostUsd=0.05&limit=1');
  const id = items[0]['session.id'];
  const { traces } = await server.get(`/api/v1/sessions/${id}/outline`);
  const failed = traces.flatMap(({ spans }) => spans).find((span) => span.status_code === 2);
  return { SESSION: id, SPAN: failed?.span_id ?? '' };
}

async function take({ name, path, ready, isEmpty, viewport = DESKTOP }, colorScheme, names) {
  const opened = await browser.open({ colorScheme, viewport });
  const place = path.replace(/SESSION|SPAN/g, (word) => names[word]);
  await opened.page.goto((isEmpty ? empty : filled).httpUrl + place);
  await opened.page.locator(ready).first().waitFor();
  await opened.page.waitForLoadState('networkidle').catch(() => {});
  const file = `${name}${colorScheme === 'dark' ? '-dark' : ''}.png`;
  await opened.page.screenshot({ path: join(FOLDER, file) });
  await opened.close();
  console.log(join('docs/images', file));
}
