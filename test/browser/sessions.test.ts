import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { formatDuration } from '../../client/src/text/duration.js';
import { TestBrowser, type TestPage, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { runCommand, startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';

/** The page of all sessions, as people use it. */

const MS = 1_000_000n;

/** All columns fit. */
const WIDE = { viewport: { width: 1800, height: 900 } };

let browser: TestBrowser;
let server: TestServer;
const pages: TestPage[] = [];
let lastTrace = 0;

async function open(path: string, options: Parameters<TestBrowser['open']>[0] = {}): Promise<TestPage> {
  const opened = await browser.open(options);
  pages.push(opened);
  await opened.page.goto(server.httpUrl + path);
  return opened;
}

/** Sends a span of a session, in a trace of its own. */
async function send(session: string, more: Partial<SpanSpec> = {}, to = server): Promise<void> {
  const start = BigInt(Date.now()) * MS;
  const trace = (++lastTrace).toString(16);
  const { attributes, ...rest } = more;
  const span = { trace, span: trace, start, end: start + 250n * MS, ...rest };
  const body = tracesJson([{ ...span, attributes: { 'session.id': session, ...attributes } }]);
  assert.equal((await to.post('/v1/traces', body)).status, 200);
}

async function totalSessions(of: TestServer): Promise<number> {
  const statistics = await of.get<{ total_sessions: number }>('/api/v1/sessions/stats');
  return statistics.total_sessions;
}

const search = (page: Page) => new URL(page.url()).search;
const links = (page: Page) => page.locator('.table-body .row-link');
const row = (page: Page, session: string) =>
  page.locator('.table-body .row', {
    has: page.locator(`a[href="/sessions/${encodeURIComponent(session)}"]`),
  });

async function rowTexts(page: Page, cell: string): Promise<string[]> {
  await links(page).first().waitFor();
  return page.locator(`.table-body .cell-${cell}`).allInnerTexts();
}

describe('the page of all sessions', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
    const sent = await runCommand(
      ...['demo', '--endpoint', server.httpUrl, '--sessions', '400', '--days', '0.9', '--seed', '7'],
    );
    assert.equal(sent.code, 0, sent.stderr);
    await server.settled();
  });
  afterEach(async () => {
    for (const opened of pages.splice(0)) {
      await opened.assertNoTrouble();
      await opened.close();
    }
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('saves what the list shows as a file', async () => {
    const opened = await open('/?hasErrors=true&range=all');
    const { page } = opened;
    await links(page).first().waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await opened.assertAccessible();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^CSV/ }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^sessions-\d{4}-\d\d-\d\d\.csv$/);
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    const statistics = await server.get<{ total_sessions: number }>('/api/v1/sessions/stats?hasErrors=true');
    assert.equal(lines.length, 1 + statistics.total_sessions);
  });

  it('sorts by a click on a column, both ways, and back, each with an address', async () => {
    const opened = await open('/?range=all');
    const { page } = opened;
    await links(page).first().waitFor();
    const cost = page.getByRole('button', { name: 'Cost', exact: true });
    const listed = async (query: string): Promise<string[]> => {
      const { items } = await server.get<{ items: { 'session.id': string }[] }>(
        `/api/v1/sessions?limit=5&${query}`,
      );
      return items.map((item) => item['session.id']);
    };
    const shown = () =>
      links(page).evaluateAll((nodes) => nodes.slice(0, 5).map((node) => node.getAttribute('title')));
    await cost.click();
    await untilEqual(shown, await listed('sort=cost'));
    assert.match(search(page), /sort=cost/);
    assert.equal(
      await page.getByRole('columnheader', { name: 'Cost' }).getAttribute('aria-sort'),
      'descending',
    );
    await cost.click();
    await untilEqual(shown, await listed('sort=cost&order=asc'));
    await opened.assertAccessible();
    await cost.click();
    await untilEqual(shown, await listed('sort=start'));
    assert.doesNotMatch(search(page), /sort|order/);
  });

  it('has the columns that the reader chooses, as wide and in the order they like, also next time', async () => {
    const opened = await open('/');
    const { page } = opened;
    await links(page).first().waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await opened.assertAccessible();
    await page.getByRole('checkbox', { name: 'Models' }).uncheck();
    await page.getByRole('button', { name: 'Move State to the left' }).click();
    await page.keyboard.press('Escape');
    const handle = page.getByRole('separator', { name: 'Width of Title' });
    await handle.focus();
    const before = (await page.getByRole('columnheader', { name: 'Title' }).boundingBox())!.width;
    for (let i = 0; i < 5; i++) await handle.press('ArrowRight');
    await untilEqual(
      async () => Math.round((await page.getByRole('columnheader', { name: 'Title' }).boundingBox())!.width),
      Math.round(before) + 40,
    );
    await page.reload();
    const heads = () => page.getByRole('columnheader').allInnerTexts();
    await untilEqual(async () => (await heads()).slice(0, 3), ['Session', 'State', 'Title']);
    assert.equal((await heads()).includes('Models'), false);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('button', { name: 'Usual columns' }).click();
    await untilEqual(async () => (await heads()).slice(0, 3), ['Session', 'Title', 'State']);
  });

  it('saves what it shows as a view, whose link shows it again, and deletes it', async () => {
    const opened = await open('/?hasErrors=true&range=all&sort=duration');
    const { page } = opened;
    await links(page).first().waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByLabel('Save this list as').fill('Long & failing');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('link', { name: 'Long & failing' }).waitFor();
    await opened.assertAccessible();
    await page.goto(`${server.httpUrl}/views/${encodeURIComponent('Long & failing')}`);
    await links(page).first().waitFor();
    await untilEqual(
      () => [...new URL(page.url()).searchParams].sort(),
      [
        ['hasErrors', 'true'],
        ['range', 'all'],
        ['sort', 'duration'],
      ],
    );
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'Delete Long & failing' }).click();
    await page.getByText('No view is saved yet.').waitFor();
    await page.goto(`${server.httpUrl}/views/gone`);
    await page.getByRole('heading', { name: 'No such view' }).waitFor();
  });

  it('leads from a session to everything of its user', async () => {
    const { items } = await server.get<{ items: Record<string, unknown>[] }>('/api/v1/sessions?limit=200');
    const user = String(
      items.find((item) => item['user.id'] !== undefined && item.title !== undefined)!['user.id'],
    );
    const opened = await open(`/?userId=${encodeURIComponent(user)}&range=all`);
    const { page } = opened;
    await page.locator('.table-body').getByRole('link', { name: user }).first().click();
    await page.getByRole('heading', { name: user }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/users/${encodeURIComponent(user)}`);
    const { total_sessions: total } = await server.get<{ total_sessions: number }>(
      `/api/v1/sessions/stats?userId=${encodeURIComponent(user)}`,
    );
    await page
      .locator('.overview-numbers')
      .first()
      .getByText(String(total), { exact: true })
      .first()
      .waitFor();
    assert.equal(await links(page).count(), Math.min(total, 60));
    await opened.assertAccessible();
    await page.reload();
    await page.getByRole('heading', { name: user }).waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const csv = await page.getByRole('link', { name: /^CSV/ }).getAttribute('href');
    assert.equal(new URL(csv!, server.httpUrl).searchParams.get('userId'), user);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.keyboard.type('user');
    await page.getByText(/^None\. Attributes/).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('nobodysaysthis');
    await page.keyboard.press('Enter');
    await page.getByText('No session matches these filters.').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('q'), 'nobodysaysthis');
    await page.getByRole('heading', { name: user }).waitFor();
  });

  it('shows the newest sessions with their most important values, quickly', async () => {
    const { page } = await open('/');
    await links(page).first().waitFor();
    const { items } = await server.get<{ items: Record<string, unknown>[] }>('/api/v1/sessions?limit=5');
    const titles = await links(page).evaluateAll((nodes) =>
      nodes.slice(0, 5).map((node) => node.getAttribute('title')),
    );
    assert.deepEqual(
      titles,
      items.map((item) => item['session.id']),
    );
    const heads = await page.getByRole('columnheader').allInnerTexts();
    assert.deepEqual(heads, [
      ...[
        'Session',
        'Title',
        'State',
        'Outcome',
        'User',
        'Started',
        'Duration',
        'Services',
        'Spans',
        'Errors',
      ],
      ...['Tokens', 'Cost', 'Models'],
    ]);
    await page.getByText('3 columns do not fit').waitFor();
  });

  it('renders only visible rows, however far one scrolls', async () => {
    const opened = await open('/?range=all');
    const { page } = opened;
    const table = page.getByRole('table', { name: 'Sessions' });
    // The header counts as a row.
    await opened.until(`(() => {
      window.scrollTo(0, document.documentElement.scrollHeight);
      const rows = document.querySelector('[role=table]')?.getAttribute('aria-rowcount') ?? '-1';
      return rows !== '-1';
    })()`);
    const total = await totalSessions(server);
    assert.equal(await table.getAttribute('aria-rowcount'), String(total + 1));
    await page.locator(`[aria-rowindex="${total + 1}"] .row-link`).waitFor();
    assert.ok((await links(page).count()) < 80);
  });

  it('narrows the list by a filter, which is shown as a chip and in the address', async () => {
    const { page } = await open('/');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: 'Service' }).click();
    await page.getByRole('button', { name: /^checkout/ }).click();
    await untilEqual(() => search(page), '?service=checkout');
    await page.keyboard.press('Escape');
    await page.getByText('Service', { exact: true }).waitFor();
    const elsewhere = page.locator('.table-body .cell-services').filter({ hasNotText: 'checkout' });
    await untilEqual(() => elsewhere.count(), 0);
    await links(page).first().waitFor();
    // The overview is of the same sessions, and says how many.
    const matching = page.locator('.figure', { hasText: 'matching' });
    const { total_sessions } = await server.get<{ total_sessions: number }>(
      '/api/v1/sessions/stats?service=checkout',
    );
    await untilEqual(async () => parseInt((await matching.textContent()) ?? '', 10), total_sessions);

    await page.goBack();
    await matching.waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'Filters that are set' }).waitFor({ state: 'detached' });
    await page.goForward();
    await page.getByRole('button', { name: 'Remove filter Service checkout' }).click();
    await page.getByRole('list', { name: 'Filters that are set' }).waitFor({ state: 'detached' });
    await untilEqual(() => search(page), '');
  });

  it('accepts several values of a filter, and removes each by itself', async () => {
    const { page } = await open('/?range=all', WIDE);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: 'Device', exact: true }).click();
    const menu = page.getByRole('dialog', { name: 'Add a filter' });
    await menu.getByRole('button', { name: /^Desktop/ }).click();
    await menu.getByRole('button', { name: /^Mobile/ }).click();
    await untilEqual(() => search(page), '?deviceType=desktop&deviceType=mobile&range=all');
    await page.keyboard.press('Escape');
    await links(page).first().waitFor();
    await untilEqual(
      async () => [...new Set(await rowTexts(page, 'device'))].sort().join(),
      'Desktop,Mobile',
    );
    await page.getByRole('button', { name: 'Remove filter Device Desktop' }).click();
    await untilEqual(() => search(page), '?deviceType=mobile&range=all');
    await untilEqual(async () => [...new Set(await rowTexts(page, 'device'))].join(), 'Mobile');
  });

  it('counts the values of a filter under the other filters, and keeps chosen ones', async () => {
    const { page } = await open('/?range=all&hasErrors=true&service=checkout&service=none', WIDE);
    const { services } = await server.get<{ services: { value: string; count: number }[] }>(
      '/api/v1/sessions/facets?hasErrors=true&service=checkout&service=none',
    );
    assert.ok(services.some(({ value }) => value !== 'checkout'));
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    const menu = page.getByRole('dialog', { name: 'Add a filter' });
    await menu.getByRole('button', { name: /^Service/ }).click();
    const expected = [...services.map(({ value, count }) => `${value}${count}`), 'none0'];
    await untilEqual(
      async () => (await menu.locator('.menu-values .menu-item').allTextContents()).join(),
      expected.join(),
    );
  });

  it('hides bots and traces of one span with one switch, in the list and in the overview', async () => {
    const noisy = await startServer();
    try {
      const bot = { 'user_agent.original': 'Googlebot/2.1 (+http://www.google.com/bot.html)' };
      await send('visit', {}, noisy);
      await send('crawl', { attributes: bot }, noisy);
      const now = BigInt(Date.now()) * MS;
      const probe = { trace: 'fee', span: '1', kind: 2, start: now, end: now + MS };
      const body = tracesJson([{ ...probe, attributes: { 'url.path': '/probe' } }]);
      assert.equal((await noisy.post('/v1/traces', body)).status, 200);
      await noisy.settled();
      const opened = await browser.open();
      pages.push(opened);
      const { page } = opened;
      await page.goto(noisy.httpUrl);
      const ids = () =>
        links(page).evaluateAll((nodes) =>
          nodes
            .map((node) => node.title)
            .sort()
            .join(),
        );
      const total = page.locator('.figure', { hasText: /in all|matching/ });
      await untilEqual(ids, ['crawl', 'visit', 'fee'.padStart(32, '0')].sort().join());
      await untilEqual(async () => /\d+/.exec((await total.textContent()) ?? '')?.[0], '3');

      const toggle = page.getByRole('switch', { name: 'Hide bots and one-span traces' });
      await toggle.click();
      await untilEqual(ids, 'visit');
      await untilEqual(async () => /\d+/.exec((await total.textContent()) ?? '')?.[0], '1');
      await untilEqual(() => search(page), '?bots=false&minTraceSpans=2');
      await page.reload();
      await untilEqual(ids, 'visit');
      assert.equal(await toggle.getAttribute('aria-checked'), 'true');
      assert.equal(await page.getByRole('list', { name: 'Filters that are set' }).count(), 0);
      await toggle.click();
      await untilEqual(async () => /\d+/.exec((await total.textContent()) ?? '')?.[0], '3');
      await untilEqual(() => search(page), '');
    } finally {
      for (const opened of pages.splice(0)) {
        await opened.assertNoTrouble();
        await opened.close();
      }
      await noisy.dispose();
    }
  });

  it('shows which release crashes, where visitors leave and how slow pages were, and filters by them', async () => {
    const shop = await startServer();
    try {
      const url = 'https://shop.example/cart';
      const load = (release: string): Partial<SpanSpec> => ({
        name: 'documentLoad',
        attributes: { 'url.full': url, 'app.version': release },
      });
      await send('good', load('1.0'), shop);
      await send('bad', load('1.1'), shop);
      await send('bad', { error: true }, shop);
      const slow = { 'web_vital.name': 'LCP', 'web_vital.value': 4100 };
      await send('good', { name: 'web_vital.lcp', attributes: slow }, shop);
      await send('other', {}, shop);
      await shop.settled();
      const opened = await browser.open();
      pages.push(opened);
      const { page } = opened;
      await page.goto(shop.httpUrl);
      const visits = page.getByRole('region', { name: 'Visits', exact: true });
      await visits.getByText('2 visits').waitFor();
      await visits.getByRole('button', { name: 'Visits' }).click();
      await visits.getByRole('button', { name: /1\.1.*100 ?% with errors/ }).waitFor();
      await visits
        .getByText(/\bpoor$/)
        .first()
        .waitFor();

      await visits.getByRole('button', { name: new RegExp(url) }).click();
      await untilEqual(() => search(page), `?${new URLSearchParams({ url })}`);
      await untilEqual(() => links(page).count(), 2);
      await visits.getByRole('button', { name: /^1\.1/ }).click();
      await untilEqual(async () => (await links(page).first().getAttribute('title')) ?? '', 'bad');
      await untilEqual(() => links(page).count(), 1);
    } finally {
      for (const opened of pages.splice(0)) {
        await opened.assertNoTrouble();
        await opened.close();
      }
      await shop.dispose();
    }
  });

  it('shows a calendar day', async () => {
    const { page } = await open('/');
    await page.getByRole('button', { name: 'Last 24 hours' }).click();
    await page.getByText(/^Times in /).waitFor();
    await page.getByRole('button', { name: 'Yesterday', exact: true }).click();
    await untilEqual(() => search(page), '?range=yesterday');
    await page.getByRole('button', { name: 'Yesterday' }).waitFor();
  });

  it('compares this week with last by model in two clicks, and the link does too', async () => {
    const { page } = await open('/');
    await page.getByRole('button', { name: 'Last 24 hours' }).click();
    await page.getByRole('button', { name: 'This week and last week' }).click();
    await untilEqual(() => search(page), '?range=week&by=model&compare=1');
    const groups = page.getByRole('region', { name: 'Groups' });
    await groups.getByText('Below each number that of: last week, up to this time of it.').waitFor();
    const linked = await open('/?range=week&by=model&compare=1');
    await linked.page.getByText('Below each number that of: last week, up to this time of it.').waitFor();
    await linked.assertAccessible();
  });

  it('filters by the values of an indexed attribute, found as one types, and groups by it', async () => {
    const { page } = await open('/?range=all');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    const menu = page.getByRole('dialog', { name: 'Add a filter' });
    await menu.getByRole('button', { name: 'gen_ai.agent.name' }).waitFor();
    await page.getByRole('textbox', { name: 'Search filters and attributes' }).fill('agent');
    await menu.getByRole('button', { name: 'gen_ai.agent.name' }).click();
    await page.getByRole('textbox', { name: 'Search values' }).fill('support');
    await menu.getByRole('button', { name: /^Support assistant/ }).click();
    await untilEqual(() => search(page), '?range=all&attr.gen_ai.agent.name=Support+assistant');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Remove filter gen_ai.agent.name Support assistant' }).waitFor();
    const { total_sessions } = await server.get<{ total_sessions: number }>(
      '/api/v1/sessions/stats?attr.gen_ai.agent.name=Support%20assistant',
    );
    const matching = page.locator('.figure', { hasText: 'matching' });
    await untilEqual(async () => parseInt((await matching.textContent()) ?? '', 10), total_sessions);
    await page.getByRole('button', { name: 'Group by' }).click();
    await page.getByRole('combobox', { name: 'By', exact: true }).selectOption('attr.gen_ai.agent.name');
    const groups = page.getByRole('region', { name: 'Groups' });
    await groups.getByRole('button', { name: 'Support assistant' }).waitFor();
    await groups.getByRole('columnheader', { name: 'Cost' }).getByRole('button').click();
    await groups
      .getByRole('columnheader', { name: 'Cost', exact: false })
      .and(page.locator('[aria-sort=descending]'))
      .waitFor();
    assert.match(search(page), /[?&]most=cost/);
    assert.equal(await groups.getByRole('combobox', { name: 'Most' }).inputValue(), 'cost');
  });

  it('compares two values of a group, with the difference', async () => {
    const { page } = await open('/?range=all&by=device');
    const groups = page.getByRole('region', { name: 'Groups' });
    await groups.getByRole('button', { name: 'Mobile', exact: true }).click();
    await untilEqual(() => search(page), '?by=device&range=all&deviceType=mobile');
    await groups.getByText('A second value is compared with the chosen one.').waitFor();
    await groups.getByRole('button', { name: 'Desktop', exact: true }).click();
    const row = groups.getByRole('row', { name: /^Second against first/ });
    await row.waitFor();
    const { groups: all } = await server.get<{ groups: { value: string; session_count: number }[] }>(
      '/api/v1/sessions/groups?by=device',
    );
    const countOf = (device: string) => all.find(({ value }) => value === device)!.session_count;
    const percent = Math.round((countOf('desktop') / countOf('mobile') - 1) * 100);
    const expected = `${percent < 0 ? '−' : percent === 0 ? '±' : '+'}${Math.abs(percent)}%`;
    await untilEqual(async () => (await row.getByRole('cell').first().textContent()) ?? '', expected);
    const heads = await groups.getByRole('rowheader').allTextContents();
    assert.deepEqual(heads.slice(0, 3), ['Mobile', 'Desktop', 'Second against first']);
  });

  it('begins the value of a filter in its field, and says how it is compared', async () => {
    const { page } = await open('/?range=all');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('textbox', { name: 'Search filters and attributes' }).fill('page');
    const menu = page.getByRole('dialog', { name: 'Filter' });
    await menu.getByRole('button', { name: /^Page/ }).click();
    await menu.getByRole('button', { name: 'begins with', exact: true }).waitFor();
    await page.keyboard.type('/check');
    await page.keyboard.press('Enter');
    await untilEqual(() => search(page), '?range=all&url=%2Fcheck');
  });

  it('shows percentiles of the duration under a filter, of one request with the counts', async () => {
    const opened = await browser.open();
    pages.push(opened);
    const { page } = opened;
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname.endsWith('/sessions/stats')) asked.push(searchParams.get('percentiles') ?? 'none');
    });
    const path = 'url=/checkout';
    await page.goto(`${server.httpUrl}/?range=all&${path}`);
    const { duration_percentiles_ms } = await server.get<{ duration_percentiles_ms: { p95: number } }>(
      `/api/v1/sessions/stats?percentiles=true&${path}`,
    );
    const groups = page.getByRole('region', { name: 'Groups' });
    await groups.getByText(`p95 ${formatDuration(duration_percentiles_ms.p95)}`).waitFor();
    assert.deepEqual([...new Set(asked)], ['true']);
  });

  it('says how many values a card has, and shows all of them', async () => {
    const { page } = await open('/?range=all');
    const countries = page.getByRole('region', { name: /^Countries/ });
    await countries.getByText(/^5 of \d+/).waitFor();
    const { by_country } = await server.get<{ by_country: unknown[] }>('/api/v1/sessions/stats');
    await countries.getByRole('button', { name: 'All Countries' }).click();
    await untilEqual(() => countries.locator('.breakdown-row').count(), by_country.length);
  });

  it('says that a user is unknown, with a way back', async () => {
    const opened = await open('/users/nobody');
    const { page } = opened;
    await page.getByRole('heading', { name: 'No such user' }).waitFor();
    await opened.assertAccessible();
    await page.getByRole('main').getByRole('link', { name: 'All sessions' }).click();
    await links(page).first().waitFor();
  });

  it('restores the filters of a link, and ignores invalid ones', async () => {
    const { page } = await open(
      '/?range=all&hasErrors=true&minDurationMs=1500&state=nonsense&deviceType=desktop',
      WIDE,
    );
    const chips = page.getByRole('list', { name: 'Filters that are set' }).getByRole('listitem');
    await chips.first().waitFor();
    assert.deepEqual(
      (await chips.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')),
      ['Errors at least one', 'Device Desktop', 'Duration ≥ 1.5 s'],
    );
    for (const errors of await rowTexts(page, 'errors')) assert.ok(Number(errors) > 0);
    for (const device of await rowTexts(page, 'device')) assert.equal(device, 'Desktop');
  });

  it('filters by a click on a number, a bar and a share', async () => {
    const { page } = await open('/');
    await page.getByRole('button', { name: /with errors/ }).click();
    await page.waitForURL('**/?hasErrors=true');
    for (const [region, address] of [
      [/^Countries/, /country=[A-Z]{2}/],
      [/^Devices/, /deviceType=/],
      [/^Models/, /model=/],
    ] as const) {
      await page.goto(server.httpUrl);
      await page.getByRole('region', { name: region }).locator('.breakdown-row').first().click();
      await page.waitForURL(address);
    }
    await page.locator('.time-bars .u-over').first().click();
    await page.waitForURL(/startTime=[^&]+&endTime=/);
  });

  it('says why a list is empty, and offers a way out', async () => {
    const { page } = await open('/?userId=nobody');
    await page.getByText('No session matches these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await links(page).first().waitFor();
    await untilEqual(() => search(page), '');
  });

  it('announces new sessions without moving anything, and shows them on request', async () => {
    const { page } = await open('/');
    await page.getByTitle('Changes appear as they happen').waitFor();
    await page.locator('.live-on').waitFor();
    const first = await links(page).first().getAttribute('title');
    await send('brand-new-1');
    await send('brand-new-2');
    const pill = page.getByRole('button', { name: '2 new' });
    await pill.waitFor();
    assert.equal(await links(page).first().getAttribute('title'), first);
    await pill.click();
    await row(page, 'brand-new-2').waitFor();
    await pill.waitFor({ state: 'detached' });
    assert.deepEqual(
      await links(page).evaluateAll((nodes) => nodes.slice(0, 2).map((node) => node.getAttribute('title'))),
      ['brand-new-2', 'brand-new-1'],
    );
  });

  it('updates a changed row in place', async () => {
    await send('changing');
    const { page } = await open('/');
    await page.locator('.live-on').waitFor();
    const changing = row(page, 'changing');
    assert.equal(await changing.locator('.cell-spans').textContent(), '1');
    await send('changing', { attributes: { 'user.id': 'ann' } });
    await changing.locator('.cell-spans', { hasText: '2' }).waitFor();
    assert.equal(await changing.locator('.cell-user').textContent(), 'ann');
  });

  it('never goes back to the state of a slow answer', async () => {
    await send('overtaken');
    const opened = await browser.open();
    pages.push(opened);
    const { page } = opened;
    const gate = new EventEmitter();
    const [answered, released] = [once(gate, 'answered'), once(gate, 'released')];
    // The page's request after connecting is answered with the current state, but late.
    await page.route(/\/api\/v1\/sessions\?(?:.*&)?limit=20(?:&|$)/, async (route) => {
      const response = await route.fetch();
      gate.emit('answered');
      await released;
      await route.fulfill({ response });
    });
    await page.goto(server.httpUrl);
    await answered;
    await send('overtaken');
    const spans = row(page, 'overtaken').locator('.cell-spans');
    await spans.filter({ hasText: '2' }).waitFor();
    const late = page.waitForResponse(/[?&]limit=20(?:&|$)/);
    gate.emit('released');
    await late;
    // Reported later, and shown with the late answer or after it.
    await send('after');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    assert.equal(await spans.textContent(), '2');
  });

  it('can be used with the keyboard alone', async () => {
    const opened = await open('/');
    const { page } = opened;
    await links(page).first().waitFor();
    const focused = (): Promise<unknown> =>
      page.evaluate('document.activeElement?.closest("[data-index]")?.dataset.index');
    const focusedRow = (index: number) =>
      opened.until(`document.activeElement?.closest("[data-index]")?.dataset.index === '${index}'`);
    await page.keyboard.press('j');
    await focusedRow(0);
    for (let index = 1; index <= 60; index += 1) {
      await page.keyboard.press('j');
      await focusedRow(index);
    }
    await page.keyboard.press('k');
    await focusedRow(59);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sessions/*');
    await page.goBack();
    await links(page).first().waitFor();
    await focusedRow(59);
    await page.keyboard.press('j');
    await focusedRow(60);
    await page.keyboard.press('Escape');
    await untilEqual(focused, undefined);

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
    await page.keyboard.press('f');
    await page.getByRole('dialog', { name: 'Add a filter' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Add a filter' }).waitFor({ state: 'detached' });
    await untilEqual(() => page.evaluate('document.activeElement.textContent'), 'Filter');
  });

  it('is accessible: in light, in dark, narrow, with a menu open', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1440, 360]) {
        const opened = await open('/?hasErrors=true', { colorScheme, viewport: { width, height: 800 } });
        await links(opened.page).first().waitFor();
        if (width === 360) await opened.page.getByRole('button', { name: 'All charts' }).click();
        await opened.page
          .getByRole('region', { name: /^Countries/ })
          .getByRole('button')
          .first()
          .waitFor();
        await opened.assertAccessible();
        await opened.page.getByRole('button', { name: 'Filter', exact: true }).click();
        await opened.page.getByRole('button', { name: 'Country' }).click();
        await opened.page.getByRole('dialog').getByRole('button', { name: 'United States' }).waitFor();
        await opened.assertAccessible();
        const overflow = await opened.page.evaluate(
          'document.documentElement.scrollWidth - window.innerWidth',
        );
        assert.ok(Number(overflow) <= 0, `nothing is wider than ${width} px`);
      }
    }
  });

  it('has one chart above the list of a phone, and the others below it on demand', async () => {
    const { page } = await open('/', { viewport: { width: 360, height: 800 } });
    await links(page).first().waitFor();
    const cost = page.getByRole('region', { name: 'Cost', exact: true });
    assert.equal(await cost.isVisible(), false);
    await page.getByRole('button', { name: 'All charts' }).click();
    const bars = cost.getByRole('slider');
    await bars.waitFor();
    const [card, chart] = [(await cost.boundingBox())!, (await bars.locator('canvas').boundingBox())!];
    assert.ok(chart.width > 250 && chart.x + chart.width <= card.x + card.width, `${chart.width} px`);
    const overflow = "document.querySelector('.overview-grid').scrollWidth";
    assert.ok(Number(await page.evaluate(overflow)) <= 360);
  });

  it('keeps the chosen colours', async () => {
    const { page } = await open('/', { colorScheme: 'light' });
    const theme = (): Promise<unknown> => page.evaluate('document.documentElement.dataset.theme');
    assert.equal(await theme(), 'light');
    await page.getByRole('button', { name: /^Colours/ }).click();
    await page.getByRole('button', { name: /^Colours/ }).click();
    await untilEqual(theme, 'dark');
    await page.reload();
    await untilEqual(theme, 'dark');
  });

  it('works in a browser without storage and clipboard', async () => {
    const { page } = await open('/', { colorScheme: 'light' });
    await page.addInitScript(`
      Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    `);
    await page.reload();
    await links(page).first().waitFor();
    await page.getByRole('button', { name: /^Colours/ }).click();
    await page.getByRole('button', { name: /^Colours/ }).click();
    await untilEqual(() => page.evaluate('document.documentElement.dataset.theme'), 'dark');
    await links(page).first().click();
    await page.getByRole('button', { name: 'Copy the session id' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
  });

  it('has files of under 190 kB to load, and moves nothing while it does', async () => {
    const opened = await browser.open();
    pages.push(opened);
    let bytes = 0;
    const devtools = await opened.page.context().newCDPSession(opened.page);
    await devtools.send('Network.enable');
    // The API's answers grow with the sessions, and are requested again whenever one changes.
    const answers = new Set<string>();
    devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
      if (new URL(request.url).pathname.startsWith('/api/')) answers.add(requestId);
    });
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (!answers.has(requestId)) bytes += encodedDataLength;
    });
    await opened.page.addInitScript(`
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    `);
    await opened.page.goto(`${server.httpUrl}/`);
    await links(opened.page).first().waitFor();
    await opened.page
      .getByRole('region', { name: /^Countries/ })
      .getByRole('button')
      .first()
      .waitFor();
    assert.ok(bytes > 50_000 && bytes < 190_000, `${bytes} bytes`);
    const shift = Number(await opened.page.evaluate('window.shift'));
    assert.ok(shift < 0.01, `a layout shift of ${shift}`);
  });
});

describe('a page that has lost its server', { skip: NO_BROWSER }, () => {
  it('says so, and continues when the server is back', async () => {
    const [own, ownBrowser] = await Promise.all([startServer(), TestBrowser.launch()]);
    try {
      await send('lost', {}, own);
      const { page } = await ownBrowser.open();
      await page.goto(own.httpUrl);
      await links(page).first().waitFor();
      const gone = /\/(assets\/SessionPage|healthz)/;
      await page.route(gone, (route) => route.abort());
      await links(page).first().click();
      const note = page.getByRole('alert').filter({ hasText: 'The server does not answer.' });
      await note.waitFor();
      const asked = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/healthz'));
      await note.getByRole('button', { name: 'Try again' }).click();
      await asked;
      await note.waitFor();
      await page.unroute(gone);
      await note.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'lost', level: 1 }).waitFor();
    } finally {
      await ownBrowser.close();
      await own.dispose();
    }
  });
});

describe('a server without sessions', { skip: NO_BROWSER }, () => {
  it('shows how to send some, and opens the first that arrives', async () => {
    const [empty, own] = await Promise.all([startServer(), TestBrowser.launch()]);
    try {
      const opened = await own.open({ permissions: ['clipboard-read', 'clipboard-write'] });
      const { page } = opened;
      await page.goto(empty.httpUrl);
      await page.getByRole('heading', { name: 'Waiting for the first session' }).waitFor();
      for (const way of ['curl', 'Node.js', 'Python', 'Go', 'Browser', 'Claude Code', 'Vercel AI SDK']) {
        await page.getByRole('tab', { name: way }).click();
        assert.ok((await page.getByRole('tabpanel').textContent())?.includes(empty.httpUrl), way);
      }
      await page.getByText(`npm run demo -- --endpoint ${empty.httpUrl}`).waitFor();
      await opened.assertAccessible();
      await page.getByRole('button', { name: 'Copy the code' }).click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      assert.match(String(await page.evaluate('navigator.clipboard.readText()')), /@ai-sdk\/openai/);
      await send('the very first', {}, empty);
      await page.waitForURL(`${empty.httpUrl}/sessions/the%20very%20first`);
      await opened.assertNoTrouble();
    } finally {
      await own.close();
      await empty.dispose();
    }
  });
});
