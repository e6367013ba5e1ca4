// Takes the pictures of docs/images: starts a server of its own, fills it with the demo's traffic, and
// photographs its web page.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestBrowser } from '../dist/test/support/browser.js';
import { NO_BROWSER } from '../dist/test/support/chromium.js';
import { runCommand, startServer } from '../dist/test/support/server.js';
import { installChromium } from './chromium.mjs';

const FOLDER = fileURLToPath(new URL('../docs/images', import.meta.url));
/**
 * The pictures, in light and dark: a name, an address, and what to wait for. `SESSION` is a conversation of
 * an agent that failed, `SPAN` its failed span.
 */
const PICTURES = [
  { name: 'sessions', path: '/', ready: '.breakdown-row' },
  { name: 'sessions-narrow', path: '/', viewport: { width: 360, height: 780 }, ready: '.breakdown-row' },
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

installChromium();
if (NO_BROWSER) throw new Error(NO_BROWSER);
mkdirSync(FOLDER, { recursive: true });
const browser = await TestBrowser.launch();
const [filled, empty] = await Promise.all([startServer(), startServer()]);
try {
  const traffic = ['--sessions', '5000', '--days', '2', '--seed', '11'];
  const { code, stderr } = await runCommand('demo', '--endpoint', filled.httpUrl, ...traffic);
  if (code !== 0) throw new Error(stderr);
  const names = await namesIn(filled);
  for (const picture of PICTURES) {
    for (const colorScheme of ['light', 'dark']) await take(picture, colorScheme, names);
  }
} finally {
  await browser.close();
  await Promise.all([filled.dispose(), empty.dispose()]);
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
