import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { TestBrowser, type TestPage, untilEqual } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import { startServer, type TestServer } from '../support/server.js';
import { spanId, traceId } from '../support/telemetry.js';

/** The pages of tools and errors across sessions. */

const MS = 1_000_000n;
const START = BigInt(Date.now()) * MS - 3_600_000n * MS;
/** More than a table shows at first. */
const TOOLS = 120;

let browser: TestBrowser;
let server: TestServer;
let empty: TestServer;
const pages: TestPage[] = [];

interface Call {
  readonly session: string;
  readonly tool: string;
  readonly ms: number;
  readonly error?: string;
  readonly service?: string;
}

const CALLS: readonly Call[] = [
  { session: 'one', tool: 'search', ms: 100 },
  { session: 'one', tool: 'search', ms: 200, error: 'no answer after 2000 ms' },
  { session: 'one', tool: 'search', ms: 300 },
  { session: 'two', tool: 'search', ms: 400, service: 'other' },
  { session: 'two', tool: 'pay', ms: 9_000, error: 'no answer after 9000 ms', service: 'other' },
  { session: 'three', tool: '<b>bold</b>', ms: 1 },
];

function bodyOf(calls: readonly Call[], first: number): string {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  return JSON.stringify({
    resourceSpans: calls.map(({ session, tool, ms, error, service = 'agent' }, index) => {
      const start = START + BigInt((first + index) * 10_000) * MS;
      return {
        resource: { attributes: [text('service.name', service)] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: traceId(`a${session.length}${session.charCodeAt(0).toString(16)}`),
                spanId: spanId((0x1000 + first + index).toString(16)),
                name: `execute_tool ${tool}`,
                kind: 1,
                startTimeUnixNano: String(start),
                endTimeUnixNano: String(start + BigInt(ms) * MS),
                status: error === undefined ? {} : { code: 2, message: error },
                attributes: [
                  text('session.id', session),
                  text('gen_ai.operation.name', 'execute_tool'),
                  text('gen_ai.tool.name', tool),
                  ...(error === undefined ? [] : [text('error.type', 'TimeoutError')]),
                ],
              },
            ],
          },
        ],
      };
    }),
  });
}

async function open(path: string, on: TestServer = server): Promise<TestPage> {
  const opened = await browser.open();
  pages.push(opened);
  await opened.page.goto(on.httpUrl + path);
  return opened;
}

/** The texts of each row's cells. */
function rowsOf({ page }: TestPage): Promise<string[][]> {
  return page
    .locator('.sorted-table tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => (cell.textContent ?? '').replace(/\s/g, ' '))),
    );
}

describe('the tables of tools and errors', { skip: NO_BROWSER }, () => {
  before(async () => {
    [browser, server, empty] = await Promise.all([TestBrowser.launch(), startServer(), startServer()]);
    const many = Array.from({ length: TOOLS }, (_, index) => ({
      session: 'many',
      tool: `tool-${index}`,
      ms: 5,
    }));
    assert.equal((await server.post('/v1/traces', bodyOf(CALLS, 0))).status, 200);
    assert.equal((await server.post('/v1/traces', bodyOf(many, 100))).status, 200);
    await server.settled();
  });
  afterEach(async () => {
    for (const opened of pages.splice(0)) await opened.closeUntroubled();
  });
  after(async () => {
    await browser?.close();
    await Promise.all([server?.dispose(), empty?.dispose()]);
  });

  it('has the slowest tool two clicks from the list, and leads to its sessions under the same filters', async () => {
    const opened = await open('/?range=all&service=other');
    const { page } = opened;
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Tools' }).click();
    await untilEqual(async () => (await rowsOf(opened)).length, 2);
    await page.getByRole('columnheader', { name: 'p95' }).getByRole('button').click();
    await untilEqual(
      () => rowsOf(opened),
      [
        ['pay', '1', '1 (100 %)', '0', '1', '9 s', '9 s', '9 s'],
        ['search', '1', '0', '0', '1', '400 ms', '400 ms', '400 ms'],
      ],
    );
    assert.equal(
      await page.getByRole('columnheader', { name: 'p95' }).getAttribute('aria-sort'),
      'descending',
    );
    assert.match(page.url(), /\/tools\?.*sort=p95/);
    await opened.assertAccessible();
    await page.getByRole('link', { name: 'pay' }).click();
    await page.waitForURL('**/?service=other&range=all&tool=pay');
    await page.getByRole('table', { name: 'Sessions' }).getByRole('link', { name: /two/ }).waitFor();
  });

  it('leads from the failures of a tool to the sessions in which it failed', async () => {
    const opened = await open('/tools?range=all');
    await opened.page.getByRole('link', { name: /^1.\(25/ }).click();
    await opened.page.waitForURL('**/?range=all&failedTool=search');
    await opened.page.getByRole('table', { name: 'Sessions' }).getByRole('link', { name: /one/ }).waitFor();
  });

  it('shows errors by their shape, each with a way to its sessions', async () => {
    const opened = await open('/errors?range=all');
    const { page } = opened;
    await page.getByRole('link', { name: 'TimeoutError: no answer after # ms' }).waitFor();
    const rows = await rowsOf(opened);
    assert.deepEqual(
      rows.map((row) => row.slice(0, 3)),
      [['TimeoutError: no answer after # ms', '2', '2']],
    );
    await opened.assertAccessible();
    await page.getByRole('link', { name: /^TimeoutError/ }).click();
    const table = page.getByRole('table', { name: 'Sessions' });
    await table.getByRole('link', { name: /one/ }).waitFor();
    await table.getByRole('link', { name: /two/ }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('error'), 'TimeoutError: no answer after # ms');
    await page.getByRole('list', { name: 'Filters that are set' }).getByText('TimeoutError').waitFor();
  });

  it('says where the table is cut, and shows the rest', async () => {
    const opened = await open('/tools?range=all');
    const { page } = opened;
    await page.getByText(`100 of ${TOOLS + 3} tools`).waitFor();
    await page.getByRole('button', { name: 'All tools' }).click();
    await untilEqual(async () => (await rowsOf(opened)).length, TOOLS + 3);
    await page.getByRole('link', { name: '<b>bold</b>' }).waitFor();
  });

  it('says why it is empty, with a way out, and how to send telemetry where there is none', async () => {
    const opened = await open('/tools?range=all&service=nobody');
    const { page } = opened;
    await page.getByText('No tool was called in these sessions.').waitFor();
    await opened.assertAccessible();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('link', { name: 'pay' }).waitFor();
    const other = await open('/errors', empty);
    await other.page.locator('.snippet').first().waitFor();
  });
});
