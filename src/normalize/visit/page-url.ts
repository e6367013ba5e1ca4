import { BoundedMemo } from '../bounded-memo.js';
import { boundedValue } from '../no-value.js';

/** What of the address of a page is kept: without query and fragment, or all of it. User name and password are never kept. */

export type PageUrlMode = 'path' | 'full';

/** Longest address that is kept, UTF-16 units. */
export const MAX_PAGE_URL = 1024;
/** Longer ones are read anew each time: remembered, they would fill the memory. */
const MAX_REMEMBERED = 2048;
const MEMO_CAPACITY = 2048;

/** The address of a page as it is kept. */
export interface PageUrl {
  readonly url: string;
  /** The path in the fragment, where an app keeps its routes there: `/cart` of `#/cart` and of `#!/cart`. */
  readonly route?: string;
}

export type PageUrlReader = (text: string) => PageUrl | undefined;

/** Content rather than places. */
const NO_PAGE = /^(?:data|blob|javascript|about):/i;
const USER_INFO = /^([a-z][a-z\d+.-]*:)?\/\/[^/?#]*@/i;
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i;
const ROUTE = /^#!?(\/[^?#]*)/;

/** Reads addresses of pages, absolute ones and paths; undefined for what is none. */
export function createPageUrls(mode: PageUrlMode): PageUrlReader {
  const read = (text: string): PageUrl | undefined => {
    const address = text
      .trim()
      .replace(USER_INFO, (start, scheme = '') => (start === '' ? '' : `${scheme}//`));
    if (NO_PAGE.test(address)) return undefined;
    const end = address.search(/[?#]/);
    const url = boundedValue(mode === 'full' || end < 0 ? address : address.slice(0, end), MAX_PAGE_URL);
    if (url === undefined) return undefined;
    const fragment = end < 0 ? -1 : address.indexOf('#', end);
    const route =
      fragment < 0 ? undefined : boundedValue(ROUTE.exec(address.slice(fragment))?.[1], MAX_PAGE_URL);
    return route === undefined ? { url } : { url, route };
  };
  const memo = new BoundedMemo<PageUrl | undefined>(MEMO_CAPACITY);
  return (text) => (text.length > MAX_REMEMBERED ? read(text) : memo.get(text, read));
}

/** Whether two addresses are of one site: equal scheme, host and port. Paths alone say nothing of it. */
export function isSameOrigin(a: string, b: string): boolean {
  const origin = originOf(a);
  return origin !== '' && origin.toLowerCase() === originOf(b).toLowerCase();
}

/** Scheme, host and port of an address; empty for a path. */
export function originOf(url: string): string {
  return ORIGIN.exec(url)?.[0] ?? '';
}
