import { DIALECTS, fromAll } from '../dialects/registry.js';
import type { PageKind, PageView } from '../facts.js';
import { boundedValue } from '../no-value.js';
import {
  ENTERED_SCREEN_KEYS,
  ENTERED_URL_KEYS,
  OWN_URL_KEYS,
  PAGE_URL_KEYS,
  SCREEN_KEYS,
} from './page-keys.js';
import { isSameOrigin, originOf, type PageUrl, type PageUrlReader } from './page-url.js';
import { firstText, markKey, type Place, placeOf, type Reported, valueKey } from './reported.js';

/** Maximum length of a stored name, UTF-16 units. */
const MAX_NAME = 256;

/** Addresses of the entered page. */
const URLS: readonly Place[] = [...PAGE_URL_KEYS, ...OWN_URL_KEYS, ...ENTERED_URL_KEYS].map(valueKey);

const REFERRERS: readonly Place[] = fromAll(({ visits }) => visits?.referrers).map(valueKey);

/** Resource attributes with the referrer of the visit's first page. */
const ENTRY_REFERRERS = DIALECTS.flatMap(({ visits }) => visits?.entryReferrer ?? []).map(valueKey);

const ROUTES: readonly Place[] = fromAll(({ visits }) => visits?.routes).map(placeOf);
const TITLES: readonly Place[] = fromAll(({ visits }) => visits?.titles).map(valueKey);
const SCREENS: readonly Place[] = [...SCREEN_KEYS, ...ENTERED_SCREEN_KEYS].map(valueKey);
const SAME_DOCUMENT: readonly Place[] = fromAll(({ visits }) => visits?.sameDocument).map(placeOf);

/** The rules of all dialects, with their keys looked up. */
const PAGE_RULES = fromAll(({ visits }) => visits?.pages).map(
  ({ urls = [], names = [], from = [], ...rule }) => ({
    ...rule,
    urls: urls.map(placeOf),
    names: [...names.map(placeOf), ...(rule.isTitled === true ? TITLES : [])],
    from: from.map(placeOf),
    markKey: rule.mark && markKey(rule.mark.key),
  }),
);
type ReadyRule = (typeof PAGE_RULES)[number];

/** The kind of page that a record reports by a rule; undefined if no page was entered. */
function kindOf({ kind, from }: ReadyRule, reported: Reported): PageKind | undefined {
  if (kind === 'navigation') return firstText(reported, SAME_DOCUMENT) === 'true' ? 'route' : 'load';
  if (kind === 'view') return viewKind(reported, from);
  return typeof kind === 'string' ? kind : kind(reported);
}

/** A view in a browser has an address; a view in an app has none. The first view came with the document. */
function viewKind(reported: Reported, from: readonly Place[]): PageKind {
  if (firstText(reported, URLS) === undefined) return 'screen';
  const left = firstText(reported, from);
  return left === undefined || left === 'unknown' ? 'load' : 'route';
}

const SPANS = byName(({ spans = [] }) => spans);
const EVENTS = byName(({ events = [] }) => events);
const PATTERNS = PAGE_RULES.filter(({ pattern }) => pattern !== undefined);
const MARKED = PAGE_RULES.filter(({ mark }) => mark !== undefined);

function byName(namesOf: (rule: ReadyRule) => readonly string[]): ReadonlyMap<string, readonly ReadyRule[]> {
  const rules = new Map<string, ReadyRule[]>();
  for (const rule of PAGE_RULES) {
    for (const name of namesOf(rule)) rules.set(name, [...(rules.get(name) ?? []), rule]);
  }
  return rules;
}

/** Names of spans that report pages, whatever their attributes are. */
export const PAGE_SPANS: readonly string[] = [...SPANS.keys()];
/** First and last letter of span names matched by pattern: `Navigation: …`, `… - view appearing`. */
export const PATTERN_ENDS = { first: 'N', last: 'g' };

/** Whether events of this name may report pages. */
export function isPageEvent(name: string): boolean {
  return EVENTS.has(name);
}

export type PageViewReader = (
  reported: Reported,
  signal: 'span' | 'event',
  entryReferrer?: string,
) => PageView | undefined;

/** Creates a reader of the page or screen that a record reports as entered. */
export function createPageViews(readUrl: PageUrlReader): PageViewReader {
  return (reported, signal, entryReferrer) => {
    for (const rule of (signal === 'span' ? SPANS : EVENTS).get(reported.name) ?? []) {
      const page = pageOf(rule, reported, readUrl, entryReferrer);
      if (page !== undefined) return page;
    }
    if (signal === 'event') return undefined;
    for (const rule of PATTERNS) {
      const match = rule.pattern!.exec(reported.name);
      if (match !== null) return pageOf(rule, reported, readUrl, entryReferrer, match[1]);
    }
    for (const rule of MARKED) {
      const key = rule.markKey!;
      const value = rule.mark!.value;
      if (!reported.attributes.has(key) || (value !== undefined && reported.attributes.text(key) !== value))
        continue;
      return pageOf(rule, reported, readUrl, entryReferrer);
    }
    return undefined;
  };
}

function pageOf(
  rule: ReadyRule,
  reported: Reported,
  readUrl: PageUrlReader,
  entryReferrer: string | undefined,
  fromName?: string,
): PageView | undefined {
  const kind = kindOf(rule, reported);
  if (kind === undefined) return undefined;
  const address = kind === 'screen' ? undefined : urlOf(rule, reported, readUrl, fromName);
  if (rule.isHashChange?.(reported) === true && address?.route === undefined) return undefined;
  const name =
    kind === 'screen' && fromName !== undefined
      ? boundedValue(fromName, MAX_NAME)
      : nameOf(rule, kind, reported, address, fromName !== undefined);
  if (rule.needsPage === true && address === undefined && name === undefined) return undefined;
  const from = firstText(reported, REFERRERS) ?? (kind === 'load' ? entryReferrer : undefined);
  const referrer = from === undefined ? undefined : readUrl(from)?.url;
  // A referrer of the same site is the previous page, and not where the visitor came from.
  const isOutside = referrer !== undefined && !(address !== undefined && isSameOrigin(referrer, address.url));
  const page: { -readonly [K in keyof PageView]: PageView[K] } = { kind, source: rule.source };
  if (address !== undefined) page.url = address.url;
  if (name !== undefined) page.name = name;
  if (isOutside) page.referrer = referrer;
  return page;
}

function urlOf(
  { urls }: ReadyRule,
  reported: Reported,
  readUrl: PageUrlReader,
  path: string | undefined,
): PageUrl | undefined {
  const text = firstText(reported, urls) ?? firstText(reported, URLS);
  if (path !== undefined) return readUrl((text === undefined ? '' : originOf(text)) + path);
  return text === undefined ? undefined : readUrl(text);
}

function nameOf(
  { names, isNamedBySpan }: ReadyRule,
  kind: PageKind,
  reported: Reported,
  address: PageUrl | undefined,
  isOfNext = false,
): string | undefined {
  // These attributes are still those of the previous page.
  if (isOfNext) return address?.route;
  const said =
    firstText(reported, names) ??
    (kind === 'screen'
      ? firstText(reported, SCREENS)
      : (firstText(reported, ROUTES) ?? address?.route ?? firstText(reported, TITLES)));
  return boundedValue(said ?? (isNamedBySpan === true ? reported.name : undefined), MAX_NAME);
}

/** The referrer of the visit's first page, if the resource reports it. */
export function readEntryReferrer(resource: Reported['attributes']): string | undefined {
  return firstText({ name: '', attributes: resource, body: undefined }, ENTRY_REFERRERS);
}
