import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';
import { FARO_FROM } from './faro.js';

/** Datadog: users, sessions, places and user agents in telemetry that its SDKs and agent send as OTLP. */
export const datadog: Dialect = {
  name: 'datadog',
  sessionKeys: [attributeKey('_dd.session.id', KeyGroup.session)],
  identity: {
    userId: { 45: ['usr.id'], 81: ['usr.email'], 91: ['usr.name'] },
    anonymousId: { 45: ['usr.anonymous_id'] },
    address: { 40: ['network.client.ip'] },
    // `http.useragent_details` is the result of its own parser.
    device: {
      userAgent: ['http.useragent'],
      browser: [{ name: 'http.useragent_details.browser.family' }],
      type: ['http.useragent_details.device.category'],
      clientOs: ['http.useragent_details.os.family'],
      clientOsVersion: ['http.useragent_details.os.version'],
    },
    place: {
      countryCode: ['network.client.geoip.country.iso_code'],
      countryName: ['network.client.geoip.country.name'],
      region: ['network.client.geoip.subdivision.name'],
      city: ['network.client.geoip.city.name'],
      timezone: ['network.client.geoip.timezone'],
    },
  },
  visits: {
    urls: { 60: ['view.url'] },
    referrers: { 60: ['view.referrer'] },
    pages: [
      {
        source: 'datadog.view',
        events: ['view', 'rum.view', 'datadog.rum.view'],
        kind: 'view',
        from: FARO_FROM,
        needsPage: true,
      },
    ],
  },
};
