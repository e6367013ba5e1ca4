import assert from 'node:assert/strict';

/** A person with a browser without scripts: follows redirects, keeps cookies, and fills in forms. */
const LIMIT_MS = 30_000;
const MAX_STEPS = 20;

/**
 * Signs in at the provider, from the address to which the application has sent the browser. Resolves to the address
 * with which the provider sends it back, which is not opened.
 */
export async function signInAtProvider(start: string, name: string, redirectUri: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < MAX_STEPS; step++) {
    const response = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; ') },
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(form !== undefined && { body: form }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(key, value);
    }
    const text = await response.text();
    const location = response.headers.get('location');
    if (location !== null) {
      url = new URL(location, url).href;
      if (url.startsWith(redirectUri)) return url;
      form = undefined;
      continue;
    }
    assert.equal(response.status, 200, text);
    const action = /<form[^>]* action="([^"]+)"/.exec(text)?.[1];
    assert.ok(action !== undefined, `no form: ${text}`);
    url = new URL(action, url).href;
    const prompt = /name="prompt" value="([^"]+)"/.exec(text)?.[1] ?? '';
    form = new URLSearchParams({ prompt, ...(prompt === 'login' && { login: name, password: 'any' }) });
  }
  throw new Error(`the provider does not send the browser back; last ${url}`);
}
