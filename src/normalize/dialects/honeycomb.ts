import type { Dialect } from './dialect.js';

/**
 * Honeycomb: `@honeycombio/opentelemetry-web` and its SDKs for apps, which follow OpenTelemetry except for
 * pages and vitals.
 */
export const honeycomb: Dialect = {
  name: 'honeycomb',
  identity: {
    connection: ['network.effectiveType', 'network.effective_type'],
    userSide: {
      values: [{ key: 'telemetry.distro.name', value: /^@honeycombio\/opentelemetry-web/i }],
    },
  },
  visits: {
    urls: { 50: ['page.url'] },
    enteredScreens: { 20: ['view.title', 'screen.path'], 40: ['view.class', 'screen.class'] },
    referrers: { 50: ['page.referrer'] },
    entryReferrer: 'entry_page.referrer',
    routes: { 20: ['page.route'] },
    titles: { 20: ['page.title'] },
    vitals: {
      ids: { 80: ['lcp.id', 'inp.id', 'cls.id', 'ttfb.id'] },
      own: { 10: [(vital) => `${vital}.value`] },
    },
  },
};
