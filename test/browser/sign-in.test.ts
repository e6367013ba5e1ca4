import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { TestBrowser, type TestPage } from '../support/browser.js';
import { NO_BROWSER } from '../support/chromium.js';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type IdentityProvider,
  startIdentityProvider,
} from '../support/identity-provider.js';
import { freePort } from '../support/nginx.js';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** Signing in to the page, as people do it, on a server that needs it. */

let browser: TestBrowser;
let data: string;
let server: TestServer;
let provider: IdentityProvider;
const keys = { viewer: '', admin: '', sender: '', shop: '' };
const opened: TestPage[] = [];

async function makeKey(...flags: readonly string[]): Promise<string> {
  const all = flags.includes('--project') ? [] : ['--all-projects'];
  const { code, stdout, stderr } = await runCommand('keys', 'create', '--data', data, ...all, ...flags);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

async function send(key: string, session: string, trace: string): Promise<void> {
  const start = BigInt(Date.now()) * 1_000_000n;
  const span = { trace, span: trace, start, end: start, attributes: { 'session.id': session } };
  const response = await server.post('/v1/traces', tracesJson([span]), { 'x-api-key': key });
  assert.equal(response.status, 200, await response.text());
}

/** A page of a browser in which nobody is signed in. */
async function open(path: string): Promise<Page> {
  const page = await browser.open();
  opened.push(page);
  await page.page.goto(server.httpUrl + path);
  return page.page;
}

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const account = (page: Page) => page.locator('.shell-tools .popover > button');

/** Waits for the list, which has this session only. */
async function untilListed(page: Page, session: string): Promise<void> {
  await page.locator(`.table-body .row-link[title="${session}"]`).waitFor();
  assert.equal(await page.locator('.table-body .row-link').count(), 1);
}

/** What the cookie of a signed-in page is good for, without a browser. */
async function cookieOf(key: string): Promise<string> {
  const response = await server.fetch('/api/v1/sign-in', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
  });
  assert.equal(response.status, 200, await response.text());
  return response.headers.getSetCookie()[0]!.split(';', 1)[0]!;
}

describe('signing in', { skip: NO_BROWSER }, () => {
  before(async () => {
    data = makeTemporaryDirectory();
    const [port, grpcPort] = [await freePort(), await freePort()];
    const redirect = `http://127.0.0.1:${port}/api/v1/sign-in/callback`;
    [browser, provider] = await Promise.all([TestBrowser.launch(), startIdentityProvider(redirect)]);
    const flags = [
      ...['--port', String(port), '--grpc-port', String(grpcPort)],
      ...['--oidc-issuer', provider.issuer, '--oidc-client-id', CLIENT_ID, '--oidc-redirect', redirect],
      ...['--oidc-scope', 'openid profile groups'],
      ...['--oidc-admin', 'groups=sojourn-admins', '--oidc-viewer', 'groups=staff'],
      ...['--auth-header', 'X-Forwarded-User', '--auth-proxy', '127.0.0.1', '--auth-admins', 'ann'],
    ];
    server = await startServer({ data, flags, variables: { SOJOURN_OIDC_CLIENT_SECRET: CLIENT_SECRET } });
    keys.viewer = await makeKey('--name', 'the team', '--scope', 'read');
    keys.admin = await makeKey('--name', 'the boss', '--scope', 'admin');
    keys.sender = await makeKey('--name', 'senders', '--scope', 'ingest');
    keys.shop = await makeKey('--name', 'shop', '--scope', 'ingest,read', '--project', 'shop');
    await send(keys.sender, 'of the default project', '1');
    await send(keys.shop, 'of the shop', '2');
  });
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.close();
  });
  after(async () => {
    await browser?.close();
    await server?.dispose();
    await provider?.close();
    rmSync(data, { recursive: true, force: true });
  });

  it('shows nothing before, the page afterwards, and the sign-in again after signing out', async () => {
    const page = await open('/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await opened[0]!.assertAccessible();
    assert.equal(await page.locator('.table-body').count(), 0);
    await signIn(page, 'sjn_wrong');
    await page.getByRole('alert').filter({ hasText: 'not an API key' }).waitFor();
    await signIn(page, keys.sender);
    await page.getByRole('alert').filter({ hasText: 'needs the scope read' }).waitFor();

    await signIn(page, keys.viewer);
    await untilListed(page, 'of the default project');
    await page.locator('.live-on').waitFor();
    await page.reload();
    await account(page).click();
    await page.locator('.account', { hasText: /Signed in as the team \(key:\w+\), a viewer\./ }).waitFor();
    await opened[0]!.assertAccessible();
    // Scripts see no cookie.
    assert.equal(await page.evaluate('document.cookie'), '');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('leads to the session that was asked for', async () => {
    const path = `/sessions/${encodeURIComponent('of the default project')}?view=json`;
    const page = await open(path);
    await signIn(page, keys.viewer);
    await page.locator('h1', { hasText: 'of the default project' }).waitFor();
    assert.equal(page.url(), server.httpUrl + path);
  });

  it('shows the project of the key, and no other', async () => {
    const page = await open('/');
    await signIn(page, keys.shop);
    await untilListed(page, 'of the shop');
  });

  it('names the other projects where nothing has arrived in the one that is shown', async () => {
    const page = await open('/?project=empty&range=all');
    await signIn(page, keys.admin);
    await page.getByRole('heading', { name: 'Waiting for the first session' }).waitFor();
    await page.getByRole('navigation', { name: 'Projects' }).getByRole('link', { name: 'shop' }).click();
    await untilListed(page, 'of the shop');
  });

  it('keeps the project of the address on all its pages, for those who may see all', async () => {
    const page = await open('/?project=shop');
    await signIn(page, keys.admin);
    await untilListed(page, 'of the shop');
    await page.locator('.table-body .row-link').first().click();
    await page.locator('h1', { hasText: 'of the shop' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('project'), 'shop');
    await page.reload();
    await page.locator('h1', { hasText: 'of the shop' }).waitFor();
    await page.getByRole('link', { name: 'Sessions', exact: true }).click();
    await untilListed(page, 'of the shop');
    await account(page).click();
    await page.getByRole('navigation', { name: 'Projects' }).getByRole('link', { name: 'default' }).click();
    await untilListed(page, 'of the default project');
    assert.equal(new URL(page.url()).searchParams.get('project'), 'default');
  });

  it('asks again when the key is revoked', async () => {
    const key = await makeKey('--name', 'for a day', '--scope', 'read');
    const page = await open('/');
    await signIn(page, key);
    await untilListed(page, 'of the default project');
    const id = key.slice(4, 16);
    assert.equal((await runCommand('keys', 'revoke', '--data', data, id)).code, 0);
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('knows people by OpenID Connect, with their role, and returns to the page', async () => {
    const path = `/sessions/${encodeURIComponent('of the default project')}?view=json`;
    const page = await open(path);
    await page.getByRole('link', { name: /^Sign in at 127\.0\.0\.1/ }).click();
    await signInAtForms(page, 'alice');
    await page.locator('h1', { hasText: 'of the default project' }).waitFor();
    assert.equal(page.url(), server.httpUrl + path);
    await account(page).click();
    await page.locator('.account', { hasText: 'Signed in as alice (user:alice), an admin.' }).waitFor();
  });

  it('says so to someone whom the provider knows and who may not sign in', async () => {
    const page = await open('/');
    await page.getByRole('link', { name: /^Sign in at/ }).click();
    await signInAtForms(page, 'mallory');
    await page.getByRole('alert').filter({ hasText: 'may not use Sojourn' }).waitFor();
    assert.match(server.stderr, /a sign-in was not completed.*mallory may not sign in/);
    const { stdout } = await runCommand('audit', '--data', data);
    assert.match(stdout, /user:mallory {2}sign_in\.refused/);
  });

  it('never sends a browser to another site', async () => {
    for (const to of ['https://evil.example/', '//evil.example/', 'http://127.0.0.1:1/']) {
      const started = await server.fetch(`/api/v1/sign-in/provider?to=${encodeURIComponent(to)}`, {
        redirect: 'manual',
      });
      const [cookie = ''] = started.headers.getSetCookie();
      const step = Buffer.from(/=([^.]+)\./.exec(cookie)![1]!, 'base64url').toString();
      assert.equal((JSON.parse(step) as { goTo: string }).goTo, `${server.httpUrl}/`);
    }
  });

  it('lets viewers change nothing, and pages of others nothing either', async () => {
    const path = `/api/v1/sessions/by-id/invalidate?id=${encodeURIComponent('of the default project')}`;
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await server.fetch(path, { method: 'POST', headers })).status;
    const own = { 'sec-fetch-site': 'same-origin' };
    const [viewer, admin] = [await cookieOf(keys.viewer), await cookieOf(keys.admin)];
    assert.equal(await status({ cookie: viewer, ...own }), 403);
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      assert.equal(await status({ cookie: admin, ...headers }), 403, JSON.stringify(headers));
      assert.equal(await status({ 'x-forwarded-user': 'ann', ...headers }), 403, JSON.stringify(headers));
    }
    assert.equal(await status({ cookie: admin, origin: server.httpUrl }), 204);
    assert.equal(await status({ cookie: admin, ...own }), 204);
    assert.equal(await status({ 'x-forwarded-user': 'ann', ...own }), 204);
    assert.equal(await status({ 'x-forwarded-user': 'bob', ...own }), 403);
    // A cookie sends no telemetry.
    const sent = await server.post('/v1/traces', '{}', { cookie: admin });
    assert.equal(sent.status, 403);
  });

  it('lists who is signed in for an admin, and ends one of them', async () => {
    const [first, second] = [await cookieOf(keys.viewer), await cookieOf(keys.viewer)];
    const actor = `key:${keys.viewer.slice(4, 16)}`;
    const listed = async (): Promise<{ id: string; actor: string }[]> => {
      const response = await server.fetch('/api/v1/sign-ins', { headers: { 'x-api-key': keys.admin } });
      return ((await response.json()) as { items: { id: string; actor: string }[] }).items;
    };
    const before = (await listed()).filter((each) => each.actor === actor);
    const { code } = await runCommand('sign-ins', 'revoke', before[0]!.id, '--data', data);
    assert.equal(code, 0);
    const ended = await server.fetch(`/api/v1/sign-ins/${before[1]!.id}`, {
      method: 'DELETE',
      headers: { 'x-api-key': keys.admin },
    });
    assert.equal(ended.status, 204);
    for (const cookie of [first, second])
      assert.equal((await server.fetch('/api/v1/me', { headers: { cookie } })).status, 401);
    assert.equal((await listed()).filter((each) => each.actor === actor).length, before.length - 2);
    const { stdout } = await runCommand('sign-ins', 'list', '--json', '--data', data);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    assert.deepEqual(lines, await listed());
    const table = await runCommand('sign-ins', 'list', '--data', data);
    assert.match(table.stdout, /^ID +WHO +NAME +SCOPES +PROJECT +SINCE +UNTIL\n[0-9a-f]{12} {2}/);
    const unknown = await runCommand('sign-ins', 'revoke', before[0]!.id, '--data', data);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /there is no sign-in/);
  });

  it('ends all sign-ins of someone for an admin', async () => {
    const cookies = [await cookieOf(keys.viewer), await cookieOf(keys.viewer)];
    const status = async (cookie: string): Promise<number> =>
      (await server.fetch('/api/v1/me', { headers: { cookie } })).status;
    assert.deepEqual(await Promise.all(cookies.map(status)), [200, 200]);
    const end = (): Promise<Response> =>
      server.fetch(`/api/v1/sign-ins/key:${keys.viewer.slice(4, 16)}`, {
        method: 'DELETE',
        headers: { 'x-api-key': keys.admin },
      });
    assert.equal((await end()).status, 204);
    assert.deepEqual(await Promise.all(cookies.map(status)), [401, 401]);
    assert.equal((await end()).status, 404);
    const { stdout } = await runCommand('audit', '--data', data);
    assert.match(stdout, /sign_in\.created/);
    assert.match(stdout, /sign_in\.ended/);
  });
});

/** Fills in the forms of the provider, which know everybody. */
async function signInAtForms(page: Page, name: string): Promise<void> {
  await page.locator('input[name="login"]').fill(name);
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}
