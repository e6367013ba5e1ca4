/** Attributes that say which page or screen a record is on, or tells of. Best first. */

/** Addresses that are those of the page on whatever record they stand, a request for something else too. */
export const PAGE_URL_KEYS: readonly string[] = [
  'browser.page.url',
  'browser.url.full',
  'page.url.full',
  'logfire.page.url.full',
  'location.href',
  'page.url',
  'view.url',
  'browser.document.url_full',
  'browser.url',
  'document.location.href',
  'page_location',
  'page_url',
];

/** Behind those: addresses of what the record is about. That is its page, unless it is a request or a file that was loaded. */
export const OWN_URL_KEYS: readonly string[] = ['url.full', 'http.url'];

/** Behind those, where a record says that a page was entered: names so general, and a mere path, mean the page nowhere else. */
export const ENTERED_URL_KEYS: readonly string[] = ['url', 'url.path'];

/** Names of screens of apps. */
export const SCREEN_KEYS: readonly string[] = ['app.screen.name', 'screen.name', 'screen_name', 'view.name'];

/** Behind those, where a record says that a screen was entered. On other records they name parts of one. */
export const ENTERED_SCREEN_KEYS: readonly string[] = [
  'fragment.name',
  'activity.name',
  'view.title',
  'screen.path',
  'app.screen.id',
  'view.class',
  'screen.class',
];
