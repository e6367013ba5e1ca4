import { attributeKey, KeyGroup } from '../attributes.js';
import { firstNumber, firstText, type Reported, valueKey } from '../visit/reported.js';
import type { Dialect } from './dialect.js';

const FRAGMENT = valueKey('fragment.name');
const ACTIVITY = valueKey('activity.name');
const LAST_SCREEN = valueKey('last.screen.name');
const START_TYPE = valueKey('start.type');
const HASH_CHANGE = valueKey('browser.navigation.hash_change');
const PAGE_VIEW_TYPES = [
  valueKey('browser.page_view.type'),
  valueKey('page_view.type'),
  valueKey('page.view.type'),
  valueKey('type'),
];

/** The proposed convention, and Dash0: 0 for a document, 1 for a page within one. */
function isWithinDocument(reported: Reported): boolean {
  return (
    firstNumber(reported, PAGE_VIEW_TYPES) === 1 ||
    /^(?:virtual|route)$/.test(firstText(reported, PAGE_VIEW_TYPES) ?? '')
  );
}

/**
 * `Created` and others are names of lifecycle events of activities and fragments. One that comes back to the
 * front counts as entered again.
 */
const androidStart = (has: (reported: Reported) => boolean) => (reported: Reported) =>
  has(reported) ? 'screen' : undefined;

/**
 * OpenTelemetry's own conventions, except those of GenAI (`otel-genai.ts`): current names, former ones, and those
 * of its SDKs and instrumentations for browsers, Android, Swift and React Native. Other dialects are what vendors
 * use in addition or instead. First in the registry.
 *
 * | name | what it was before |
 * | --- | --- |
 * | `session.id`, `session.previous_id` | the same; in the body of `session.start` and `session.end` before 1.31 |
 * | `user_agent.original`, `client.address` | `http.user_agent`, `http.client_ip` |
 * | `geo.country.iso_code`, `geo.locality.name`, … | `geo.country_iso_code`, `geo.city_name`, … of the Collector's geoip processor |
 * | `network.connection.type` | `net.host.connection.type` |
 */
export const openTelemetry: Dialect = {
  name: 'opentelemetry',
  isConvention: true,
  sessionKeys: [attributeKey('session.id', KeyGroup.session)],
  sessions: {
    previous: ['session.previous_id'],
    events: { 'session.start': 'start', 'session.end': 'end' },
  },
  identity: {
    userId: {
      20: ['user.id', 'enduser.id'],
      63: ['user.hash'],
      80: ['user.email'],
      90: ['user.name', 'user.full_name'],
    },
    anonymousId: { 20: ['enduser.pseudo.id'], 60: ['enduser.anon_id', 'app.installation.id'] },
    release: { 20: ['app.version'], 40: ['browser.app.version'] },
    visitConnection: {
      20: ['network.connection.type', 'net.host.connection.type'],
      60: ['network.connection.subtype', 'net.host.connection.subtype'],
    },
    place: {
      countryCode: ['geo.country.iso_code', 'geo.country_iso_code'],
      countryName: ['geo.country_name'],
      region: { 50: ['geo.region_name'], 70: ['geo.region.iso_code', 'geo.region_iso_code'] },
      city: ['geo.locality.name', 'geo.city_name'],
      postalCode: ['geo.postal_code'],
      timezone: ['geo.timezone'],
    },
    device: {
      userAgent: { 20: ['user_agent.original', 'http.user_agent', 'browser.user_agent'] },
      browser: [
        { name: 'browser.name', version: 'browser.version' },
        { name: 'user_agent.name', version: 'user_agent.version' },
      ],
      type: { 20: ['device.type'] },
      model: { 20: ['device.model.identifier', 'device.model.name'] },
      shownModel: { 20: ['device.model.name', 'device.model.identifier'] },
      clientOs: { 20: ['user_agent.os.name', 'browser.platform'] },
      clientOsVersion: { 20: ['user_agent.os.version', 'browser.platform_version'] },
    },
    address: { 20: ['client.address', 'http.client_ip'] },
    userSide: {
      keys: [
        'browser.brands',
        'browser.language',
        'browser.mobile',
        'browser.name',
        'browser.platform',
        'browser.user_agent',
        'browser.version',
        'device.id',
        'device.manufacturer',
        'device.model.identifier',
        'device.model.name',
        'app.installation.id',
        'android.os.api_level',
        // Faro and others put the browser's user agent on the resource; that of a request is on its span.
        'user_agent.original',
      ],
      values: [
        { key: 'telemetry.sdk.language', value: /^(?:webjs|dart|kotlin)$/ },
        { key: 'process.runtime.name', value: /^browser$/ },
        { key: 'process.runtime.version', value: /^Mozilla\// },
      ],
    },
  },
  exceptions: {
    type: ['exception.type'],
    message: ['exception.message'],
    stacktrace: ['exception.stacktrace', 'exception.parsed_stacktrace'],
    marks: [{ key: 'exception.type' }, { key: 'exception.message' }, { key: 'exception.stacktrace' }],
    events: {
      exception: 'exception',
      'device.crash': 'crash',
      'app.crash': 'crash',
      'device.anr': 'crash',
      'app.anr': 'crash',
      ANR: 'crash',
      crash: 'crash',
    },
  },
  visits: {
    urls: {
      10: ['browser.page.url', 'browser.url.full'],
      40: ['location.href'],
      70: ['browser.document.url_full', 'browser.url', 'document.location.href'],
    },
    ownUrls: ['url.full', 'http.url'],
    enteredUrls: ['url', 'url.path'],
    screens: { 10: ['app.screen.name'], 20: ['screen.name'], 60: ['view.name'] },
    enteredScreens: { 10: ['fragment.name', 'activity.name'], 30: ['app.screen.id'] },
    referrers: {
      10: [
        'browser.document.referrer',
        'document.referrer',
        'browser.page_view.referrer',
        'browser.page.referrer',
      ],
      70: ['http.referer', 'http.referrer', 'http.request.header.referer'],
    },
    routes: { 30: ['browser.route', 'url.template', 'http.route'] },
    titles: { 10: ['browser.page.title'], 60: ['document.title', 'browser.document.title'] },
    sameDocument: ['browser.navigation.same_document'],
    pages: {
      50: [
        // The instrumentation document-load, which is part of Honeycomb, Splunk, HyperDX, Logfire and Faro's
        // tracing.
        { source: 'documentLoad', spans: ['documentLoad'], kind: 'load' },
        { source: 'routeChange', spans: ['routeChange'], kind: 'route' },
        // The instrumentation user-interaction, if a click changed the route: the address is in the name, and
        // the attributes are of the previous page.
        { source: 'navigation.click', pattern: /^Navigation: (.*)$/s, kind: 'route' },
        // The browser instrumentation, and Dash0.
        {
          source: 'browser.navigation',
          events: ['browser.navigation'],
          kind: 'navigation',
          isHashChange: (reported) => firstText(reported, [HASH_CHANGE]) === 'true',
        },
        {
          source: 'browser.navigation_timing',
          events: ['browser.navigation_timing', 'browser.page_navigation_timing'],
          kind: 'load',
        },
        {
          source: 'browser.page_view',
          spans: ['browser.page_view', 'page_view', 'pageview', 'page-view'],
          events: [
            'browser.page_view',
            'browser.pageview',
            'page_view',
            'page.view',
            'pageview',
            'page-view',
          ],
          kind: (reported) => (isWithinDocument(reported) ? 'route' : 'load'),
          isTitled: true,
        },
        {
          source: 'browser.route_change',
          events: ['browser.route_change', 'routeChange', 'browser.history_change'],
          kind: 'route',
        },
        { source: 'browser.document_load', events: ['browser.document_load', 'documentLoad'], kind: 'load' },
        { source: 'navigation', events: ['navigation'], kind: 'navigation', needsPage: true },
        // Android, including Splunk: one for each fragment beside that of its activity.
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
          kind: androidStart((reported) => /^(?:hot|warm)$/.test(firstText(reported, [START_TYPE]) ?? '')),
          needsPage: true,
        },
        // Swift and Android, including Honeycomb.
        { source: 'viewDidAppear', spans: ['viewDidAppear'], kind: 'screen', needsPage: true },
        {
          source: 'navigation.screen',
          spans: ['Navigation', 'NavigationTo'],
          kind: 'screen',
          needsPage: true,
        },
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
      ],
      // React Native, after the vendors' own marks.
      70: [
        {
          source: 'react-native.navigation',
          mark: { key: 'view.state.end' },
          kind: 'screen',
          isNamedBySpan: true,
        },
      ],
    },
    vitals: {
      named: ['browser.web_vital', 'web_vital', 'webvital', 'webvitals', 'web_vitals'].map((prefix) => ({
        name: `${prefix}.name`,
        value: `${prefix}.value`,
      })),
      ids: { 10: ['browser.web_vital.id', 'web_vital.id'], 60: ['webvitals.metric_id'] },
      // Former names, before dedicated ones existed; Dash0 still uses them.
      events: [
        'browser.web_vital',
        'browser.web_vitals',
        'web_vital',
        'web_vitals',
        'web-vital',
        'web-vitals',
        'webvital',
        'webvitals',
      ],
      own: {
        20: [(vital) => `browser.web_vital.${vital}.value`, (vital) => `web_vital.${vital}.value`],
      },
    },
  },
};
