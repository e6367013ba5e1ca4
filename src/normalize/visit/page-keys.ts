import type { ByRank } from '../dialects/by-rank.js';
import { fromAll } from '../dialects/registry.js';
import type { VisitTerms } from '../dialects/terms.js';

/** Attributes that say which page or screen a record is on, or tells of: those of all dialects (`VisitTerms`), best first. */

const keysOf = (of: (visits: VisitTerms) => ByRank<string> | undefined): readonly string[] =>
  fromAll(({ visits }) => visits && of(visits));

/** Addresses that are those of the page on whatever record they stand, a request for something else too. */
export const PAGE_URL_KEYS: readonly string[] = keysOf(({ urls }) => urls);

/** Behind those: addresses of what the record is about. That is its page, unless it is a request or a file that was loaded. */
export const OWN_URL_KEYS: readonly string[] = keysOf(({ ownUrls }) => ownUrls);

/** Behind those, where a record says that a page was entered: names so general, and a mere path, mean the page nowhere else. */
export const ENTERED_URL_KEYS: readonly string[] = keysOf(({ enteredUrls }) => enteredUrls);

/** Names of screens of apps. */
export const SCREEN_KEYS: readonly string[] = keysOf(({ screens }) => screens);

/** Behind those, where a record says that a screen was entered. On other records they name parts of one. */
export const ENTERED_SCREEN_KEYS: readonly string[] = keysOf(({ enteredScreens }) => enteredScreens);
