import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

/**
 * Splunk RUM: `@splunk/otel-web`, and its agents for Android and iOS, which before 2.0 wrote all of this on
 * spans.
 *
 * | key | what it is |
 * | --- | --- |
 * | `splunk.rumSessionId` | the session |
 * | `splunk.rum.previous_session_id` | the previous session, in apps before 2.0 |
 * | `app` | the name of the application, if the resource names no service; recognised as Splunk's by the keys
 * beside it |
 * | `user.anonymous_id` | the browser or installation, if anonymous tracking is on |
 * | `component` of `crash` | a crash, in apps |
 */
export const splunk: Dialect = {
  name: 'splunk',
  sessionKeys: [attributeKey('splunk.rumSessionId', KeyGroup.session)],
  sessions: {
    previous: ['splunk.rum.previous_session_id'],
    service: [
      { key: 'app', mark: { key: 'telemetry.sdk.name', value: /^@splunk\// } },
      // Before 1.0, and in apps.
      { key: 'app', mark: { key: 'splunk.rumVersion', value: /./ } },
      // In apps before 2.0.
      { key: 'app', mark: { key: 'splunk.rumSessionId', value: /./ } },
    ],
  },
  identity: {
    anonymousId: { 10: ['user.anonymous_id'] },
    // Sentry's in apps, too.
    device: { model: { 30: ['device.model'] }, shownModel: { 30: ['device.model'] } },
    userSide: {
      keys: ['splunk.rumVersion', 'device.model'],
      values: [
        { key: 'telemetry.sdk.name', value: /^@splunk\/otel-web/i },
        { key: 'telemetry.distro.name', value: /^splunk-otel-(?:web|android|ios)/i },
      ],
    },
  },
  exceptions: {
    type: [],
    message: [],
    stacktrace: [],
    marks: [{ key: 'component', values: new Map([['crash', 'crash']]), on: 'span' }],
  },
  visits: {
    pages: [
      { source: 'splunk.screen', spans: ['screen name change'], kind: 'screen' },
      { source: 'splunk.view', spans: ['ShowVC'], kind: 'screen', needsPage: true },
    ],
    // A vital has a key of its own name.
    vitals: { spans: ['webvitals', 'web-vitals', 'web_vitals', 'webvital', 'web_vital'] },
  },
};
