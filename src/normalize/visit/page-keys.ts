import type { ByRank } from '../dialects/by-rank.js';
import { fromAll } from '../dialects/registry.js';
import type { VisitTerms } from '../dialects/terms.js';

/** Attributes with the page or screen of a record: those of all dialects (`VisitTerms`), best first. */

const keysOf = (of: (visits: VisitTerms) => ByRank<string> | undefined): readonly string[] =>
  fromAll(({ visits }) => visits && of(visits));

/** Keys that mean the address of the page on any record, even on a request to another address. */
export const PAGE_URL_KEYS: readonly string[] = keysOf(({ urls }) => urls);

/**
 * Next in order: the address that the record is about. It is the page's, unless it is that of a request or a
 * loaded file.
 */
export const OWN_URL_KEYS: readonly string[] = keysOf(({ ownUrls }) => ownUrls);

/**
 * Next in order, on records that report an entered page: general names, and a mere path, mean the page only
 * there.
 */
export const ENTERED_URL_KEYS: readonly string[] = keysOf(({ enteredUrls }) => enteredUrls);

/** Names of screens of apps. */
export const SCREEN_KEYS: readonly string[] = keysOf(({ screens }) => screens);

/** Next in order, on records that report an entered screen. On other records they name parts of a screen. */
export const ENTERED_SCREEN_KEYS: readonly string[] = keysOf(({ enteredScreens }) => enteredScreens);
