import { boundedValue } from '../no-value.js';

/**
 * How page addresses are kept: without query and fragment, or completely. User name and password are never
 * kept.
 */

export type PageUrlMode = 'path' | 'full';

export const DEFAULT_PAGE_URLS: PageUrlMode = 'path';

/** Maximum length of a stored address, UTF-16 units. */
export const MAX_PAGE_URL = 1024;

/** The stored form of a page's address. */
export interface PageUrl {
  readonly url: string;
  /** The path in the fragment, if an app keeps its routes there: `/cart` of `#/cart` and of `#!/cart`. */
  readonly route?: string;
}

export type PageUrlReader = (text: string) => PageUrl | undefined;

/** Schemes of content rather than of places. */
const NO_PAGE = /^(?:data|blob|javascript|about):/i;
const USER_INFO = /^([a-z][a-z\d+.-]*:)?\/\/[^/?#]*@/i;
const ROUTE = /^#!?(\/[^?#]*)/;

/** Creates a reader of page addresses, absolute ones and paths; it returns undefined for other texts. */
export function createPageUrls(mode: PageUrlMode): PageUrlReader {
  return (text) => {
    const address = text.includes('@') ? withoutUserInfo(text.trim()) : text.trim();
    if (!address.startsWith('http') && NO_PAGE.test(address)) return undefined;
    const url = boundedValue(mode === 'full' ? address : bareUrl(address), MAX_PAGE_URL);
    const fragment = address.indexOf('#');
    if (url === undefined || fragment < 0) return url === undefined ? undefined : { url };
    const route = boundedValue(ROUTE.exec(address.slice(fragment))?.[1], MAX_PAGE_URL);
    return route === undefined ? { url } : { url, route };
  };
}

function withoutUserInfo(address: string): string {
  return address.replace(USER_INFO, (_, scheme = '') => `${scheme}//`);
}

/** An address without query and fragment, for comparing pages. */
export function bareUrl(address: string): string {
  const fragment = address.indexOf('#');
  const query = address.indexOf('?');
  const end = query < 0 || (fragment >= 0 && fragment < query) ? fragment : query;
  return end < 0 ? address : address.slice(0, end);
}

/** Whether two addresses have the same scheme, host and port. False for paths. */
export function isSameOrigin(a: string, b: string): boolean {
  const origin = originOf(a);
  return origin !== '' && (b.startsWith(origin) || isSame(origin, b)) && originOf(b).length === origin.length;
}

/** Scheme, host and port of an address; empty for a path. */
export function originOf(url: string): string {
  const authority = url.indexOf('://') + 3;
  // `://` within a path or a query is not part of the origin.
  if (authority < 5 || authority > MAX_SCHEME || url.indexOf('/') < authority - 2) return '';
  for (let end = authority; end < url.length; end++) {
    const code = url.charCodeAt(end);
    if (code === SLASH || code === QUESTION_MARK || code === HASH) return url.slice(0, end);
  }
  return url;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.slice(0, a.length).toLowerCase();
}

const MAX_SCHEME = 64;
const SLASH = 47;
const QUESTION_MARK = 63;
const HASH = 35;
