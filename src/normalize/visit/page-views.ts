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
import { firstNumber, firstText, markKey, type Place, type Told, valueKey } from './told.js';

/** One way in which a sender tells that a page or screen was entered. The first rule that fits a record counts. */
interface PageRule {
  /** What tells of it: `PageView.source`. */
  readonly source: string;
  /** Names of spans of kind INTERNAL. */
  readonly spans?: readonly string[];
  /** What names of spans look like, where they are not all the same; the first group is an address or a name of the page. */
  readonly pattern?: RegExp;
  /** Names of events, which are log records. */
  readonly events?: readonly string[];
  /** Instead of names: an attribute of a span, and its value where not any will do. */
  readonly mark?: { readonly key: ReturnType<typeof markKey>; readonly value?: string };
  /** Undefined where no page was entered. */
  readonly kind: PageKind | ((told: Told) => PageKind | undefined);
  /** Where the address stands, before `URLS`. */
  readonly urls?: readonly Place[];
  /** Where route, screen or title stand, before those of the kind. */
  readonly names?: readonly Place[];
  /** Nothing that a name so general says counts without an address or a name of a page. */
  readonly needsPage?: true;
  /** A new fragment alone is a new page only where the fragment is a route. */
  readonly isHashChange?: (told: Told) => boolean;
}

/** Longest name that is kept, UTF-16 units. */
const MAX_NAME = 256;

const FARO_EVENT = valueKey('event.attributes');
const faro = (entry: string): Place => ({ map: FARO_EVENT, entry });

/** Addresses of the page that was entered. */
const URLS: readonly Place[] = [...PAGE_URL_KEYS, ...OWN_URL_KEYS, ...ENTERED_URL_KEYS].map(valueKey);

const REFERRERS: readonly Place[] = [
  valueKey('browser.document.referrer'),
  valueKey('document.referrer'),
  valueKey('browser.page_view.referrer'),
  valueKey('browser.page.referrer'),
  valueKey('page.referrer'),
  valueKey('view.referrer'),
  valueKey('http.referer'),
  valueKey('http.referrer'),
  valueKey('http.request.header.referer'),
  valueKey('page_referrer'),
  valueKey('referrer'),
];

/** On the resource, of the page that the visit began with: Honeycomb. */
const ENTRY_REFERRER = valueKey('entry_page.referrer');

const ROUTES: readonly Place[] = [
  valueKey('logfire.page.route'),
  valueKey('page.route'),
  valueKey('browser.route'),
  valueKey('url.template'),
  valueKey('http.route'),
  faro('toRoute'),
];
const TITLES: readonly Place[] = [
  valueKey('browser.page.title'),
  valueKey('page.title'),
  valueKey('document.title'),
  valueKey('browser.document.title'),
  valueKey('page_title'),
  valueKey('title'),
];
const SCREENS: readonly Place[] = [...SCREEN_KEYS, ...ENTERED_SCREEN_KEYS].map(valueKey);

const FRAGMENT = valueKey('fragment.name');
const ACTIVITY = valueKey('activity.name');
const LAST_SCREEN = valueKey('last.screen.name');
const START_TYPE = valueKey('start.type');
const SAME_DOCUMENT = valueKey('browser.navigation.same_document');
const HASH_CHANGE = valueKey('browser.navigation.hash_change');
const PAGE_VIEW_TYPES = [
  valueKey('browser.page_view.type'),
  valueKey('page_view.type'),
  valueKey('page.view.type'),
  valueKey('type'),
];
const FARO_FROM = [faro('fromView'), faro('fromRoute'), faro('fromUrl')];
const FARO_VIEW = [faro('toView')];

/** Within one document, or one that was loaded. */
function routeOrLoad(told: Told): PageKind {
  return firstText(told, [SAME_DOCUMENT, faro('sameDocument')]) === 'true' ? 'route' : 'load';
}

function isWithinDocument(told: Told): boolean {
  return (
    firstNumber(told, PAGE_VIEW_TYPES) === 1 ||
    /^(?:virtual|route)$/.test(firstText(told, PAGE_VIEW_TYPES) ?? '')
  );
}

/** A view in a browser has an address; one in an app has none. The first that Faro tells of came with the document. */
function faroView(told: Told): PageKind {
  if (firstText(told, URLS) === undefined) return 'screen';
  const from = firstText(told, FARO_FROM);
  return from === undefined || from === 'unknown' ? 'load' : 'route';
}

/** `Created` and others are names of what happens to activities and fragments; what comes back to the front is entered again. */
const androidStart = (has: (told: Told) => boolean) => (told: Told) => (has(told) ? 'screen' : undefined);

const PAGE_RULES: readonly PageRule[] = [
  // OpenTelemetry's document-load, and with it Honeycomb, Splunk, HyperDX, Logfire and Faro's tracing.
  { source: 'documentLoad', spans: ['documentLoad'], kind: 'load' },
  { source: 'routeChange', spans: ['routeChange'], kind: 'route' },
  // OpenTelemetry's user-interaction, where a click changed the route: the address is in the name, and the attributes are of the page before.
  { source: 'navigation.click', pattern: /^Navigation: (.*)$/s, kind: 'route' },
  // OpenTelemetry's browser instrumentation, and Dash0.
  {
    source: 'browser.navigation',
    events: ['browser.navigation'],
    kind: routeOrLoad,
    isHashChange: (told) => firstText(told, [HASH_CHANGE]) === 'true',
  },
  {
    source: 'browser.navigation_timing',
    events: ['browser.navigation_timing', 'browser.page_navigation_timing'],
    kind: 'load',
  },
  {
    source: 'browser.page_view',
    spans: ['browser.page_view', 'page_view', 'pageview', 'page-view'],
    events: ['browser.page_view', 'browser.pageview', 'page_view', 'page.view', 'pageview', 'page-view'],
    // Dash0 and the convention that was proposed: 0 for a document, 1 for a page within one.
    kind: (told) => (isWithinDocument(told) ? 'route' : 'load'),
    names: TITLES,
  },
  {
    source: 'browser.route_change',
    events: ['browser.route_change', 'routeChange', 'browser.history_change'],
    kind: 'route',
  },
  { source: 'browser.document_load', events: ['browser.document_load', 'documentLoad'], kind: 'load' },
  { source: 'navigation', events: ['navigation'], kind: routeOrLoad, needsPage: true },
  // Grafana Faro.
  {
    source: 'faro.performance.navigation',
    events: ['faro.performance.navigation'],
    kind: 'load',
    urls: [faro('name')],
  },
  { source: 'faro.navigation', events: ['faro.navigation'], kind: routeOrLoad, urls: [faro('toUrl')] },
  {
    source: 'faro.route_change',
    events: ['route_change'],
    kind: (told) => (firstText(told, FARO_FROM) === undefined ? 'load' : 'route'),
    urls: [faro('toUrl')],
  },
  { source: 'faro.view_changed', events: ['view_changed'], kind: faroView, names: FARO_VIEW },
  // Sentry.
  { source: 'sentry.pageload', mark: { key: markKey('sentry.op'), value: 'pageload' }, kind: 'load' },
  { source: 'sentry.navigation', mark: { key: markKey('sentry.op'), value: 'navigation' }, kind: 'route' },
  { source: 'sentry.ui.load', mark: { key: markKey('sentry.op'), value: 'ui.load' }, kind: 'screen' },
  // Datadog.
  {
    source: 'datadog.view',
    events: ['view', 'rum.view', 'datadog.rum.view'],
    kind: faroView,
    needsPage: true,
  },
  // Android, OpenTelemetry's and Splunk's: one of each fragment beside that of its activity.
  {
    source: 'android.fragment',
    spans: ['Created', 'Restored', 'Restarted'],
    kind: androidStart(({ attributes }) => attributes.has(FRAGMENT)),
  },
  {
    source: 'android.activity',
    spans: ['Created', 'Restarted'],
    kind: androidStart(({ attributes }) => attributes.has(ACTIVITY)),
  },
  {
    source: 'android.activity',
    spans: ['Resumed'],
    kind: androidStart(({ attributes }) => attributes.has(ACTIVITY) && attributes.has(LAST_SCREEN)),
  },
  {
    source: 'android.activity',
    spans: ['AppStart'],
    // A cold start has a `Created` of its own below it.
    kind: androidStart((told) => /^(?:hot|warm)$/.test(firstText(told, [START_TYPE]) ?? '')),
    needsPage: true,
  },
  // Embrace, and OpenTelemetry's navigation of React Native.
  { source: 'embrace.view', mark: { key: markKey('emb.type'), value: 'ux.view' }, kind: 'screen' },
  { source: 'embrace.view', spans: ['emb-screen-view'], kind: 'screen' },
  { source: 'react-native.navigation', mark: { key: markKey('view.state.end') }, kind: 'screen' },
  { source: 'elastic.view', pattern: /^(.*) - view appearing$/s, kind: 'screen' },
  // Splunk in iOS apps; Honeycomb and OpenTelemetry in Swift and Android.
  { source: 'splunk.screen', spans: ['screen name change'], kind: 'screen' },
  { source: 'splunk.view', spans: ['ShowVC'], kind: 'screen', needsPage: true },
  { source: 'viewDidAppear', spans: ['viewDidAppear'], kind: 'screen', needsPage: true },
  { source: 'navigation.screen', spans: ['Navigation', 'NavigationTo'], kind: 'screen', needsPage: true },
  {
    source: 'app.screen',
    events: [
      'app.screen.view',
      'app.screen.viewed',
      'app.screen_view',
      'app.screen.navigation',
      'app.screen.appear',
      'app.ui.screen',
      'app.ui.screen.view',
      'app.ui.view',
      'device.app.screen',
      'screen_view',
      'screen.view',
      'screenview',
    ],
    spans: ['app.screen.view', 'app.screen_view', 'screen_view', 'screen.view'],
    kind: 'screen',
  },
];

const SENTRY_NAMES = /^sentry\./;
const NAMED_BY_SPAN: ReadonlySet<string> = new Set(
  PAGE_RULES.map(({ source }) => source).filter(
    (source) =>
      SENTRY_NAMES.test(source) || source === 'react-native.navigation' || source === 'embrace.view',
  ),
);

const SPANS = byName(({ spans = [] }) => spans);
const EVENTS = byName(({ events = [] }) => events);
const PATTERNS = PAGE_RULES.filter(({ pattern }) => pattern !== undefined);
const MARKED = PAGE_RULES.filter(({ mark }) => mark !== undefined);

function byName(namesOf: (rule: PageRule) => readonly string[]): ReadonlyMap<string, readonly PageRule[]> {
  const rules = new Map<string, PageRule[]>();
  for (const rule of PAGE_RULES) {
    for (const name of namesOf(rule)) rules.set(name, [...(rules.get(name) ?? []), rule]);
  }
  return rules;
}

/** Names of spans that tell of pages, whatever their attributes are. */
export const PAGE_SPANS: readonly string[] = [...SPANS.keys()];
/** First and last letter of those whose names are not all the same: `Navigation: …`, `… - view appearing`. */
export const PATTERN_ENDS = { first: 'N', last: 'g' };

/** Whether events of this name may tell of pages. */
export function isPageEvent(name: string): boolean {
  return EVENTS.has(name);
}

export type PageViewReader = (
  told: Told,
  signal: 'span' | 'event',
  entryReferrer?: string,
) => PageView | undefined;

/** Reads the page or screen that a record says was entered. */
export function createPageViews(readUrl: PageUrlReader): PageViewReader {
  return (told, signal, entryReferrer) => {
    for (const rule of (signal === 'span' ? SPANS : EVENTS).get(told.name) ?? []) {
      const page = pageOf(rule, told, readUrl, entryReferrer);
      if (page !== undefined) return page;
    }
    if (signal === 'event') return undefined;
    for (const rule of PATTERNS) {
      const match = rule.pattern!.exec(told.name);
      if (match !== null) return pageOf(rule, told, readUrl, entryReferrer, match[1]);
    }
    for (const rule of MARKED) {
      const { key, value } = rule.mark!;
      if (!told.attributes.has(key) || (value !== undefined && told.attributes.text(key) !== value)) continue;
      return pageOf(rule, told, readUrl, entryReferrer);
    }
    return undefined;
  };
}

function pageOf(
  rule: PageRule,
  told: Told,
  readUrl: PageUrlReader,
  entryReferrer: string | undefined,
  fromName?: string,
): PageView | undefined {
  const kind = typeof rule.kind === 'string' ? rule.kind : rule.kind(told);
  if (kind === undefined) return undefined;
  const address = kind === 'screen' ? undefined : urlOf(rule, told, readUrl, fromName);
  if (rule.isHashChange?.(told) === true && address?.route === undefined) return undefined;
  const name =
    kind === 'screen' && fromName !== undefined
      ? boundedValue(fromName, MAX_NAME)
      : nameOf(rule, kind, told, address, fromName !== undefined);
  if (rule.needsPage === true && address === undefined && name === undefined) return undefined;
  const from = firstText(told, REFERRERS) ?? (kind === 'load' ? entryReferrer : undefined);
  const referrer = from === undefined ? undefined : readUrl(from)?.url;
  // Of the same site it is the page before, and not where the visitor came from.
  const isOutside = referrer !== undefined && !(address !== undefined && isSameOrigin(referrer, address.url));
  const page: { -readonly [K in keyof PageView]: PageView[K] } = { kind, source: rule.source };
  if (address !== undefined) page.url = address.url;
  if (name !== undefined) page.name = name;
  if (isOutside) page.referrer = referrer;
  return page;
}

function urlOf(
  { urls = [] }: PageRule,
  told: Told,
  readUrl: PageUrlReader,
  path: string | undefined,
): PageUrl | undefined {
  const text = firstText(told, urls) ?? firstText(told, URLS);
  if (path !== undefined) return readUrl((text === undefined ? '' : originOf(text)) + path);
  return text === undefined ? undefined : readUrl(text);
}

function nameOf(
  { names = [], source }: PageRule,
  kind: PageKind,
  told: Told,
  address: PageUrl | undefined,
  isOfNext = false,
): string | undefined {
  // Attributes that are of the page before name that one.
  if (isOfNext) return address?.route;
  const said =
    firstText(told, names) ??
    (kind === 'screen'
      ? firstText(told, SCREENS)
      : (firstText(told, ROUTES) ?? address?.route ?? firstText(told, TITLES)));
  return boundedValue(said ?? (NAMED_BY_SPAN.has(source) ? told.name : undefined), MAX_NAME);
}

/** The referrer of the page that a visit began with, where the resource says it. */
export function readEntryReferrer(resource: Told['attributes']): string | undefined {
  return resource.has(ENTRY_REFERRER) ? resource.text(ENTRY_REFERRER) : undefined;
}
