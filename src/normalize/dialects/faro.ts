import { firstText, type Place, valueKey } from '../visit/reported.js';
import type { Dialect } from './dialect.js';
import type { PlaceName } from './terms.js';

const EVENT = 'event.attributes';
const entry = (name: string): PlaceName => ({ map: EVENT, entry: name });
const FROM = ['fromView', 'fromRoute', 'fromUrl'];

/** The previous view or route. Other senders also send events of such names through Faro. */
export const FARO_FROM: readonly PlaceName[] = FROM.map(entry);
const FROM_PLACES: readonly Place[] = FROM.map((name) => ({ map: valueKey(EVENT), entry: name }));

/**
 * Grafana Faro: `@grafana/faro-web-sdk`, through Faro's own OTLP transport, or through a collector that turns
 * its payloads into log records.
 *
 * | place | content |
 * | --- | --- |
 * | `session.attributes`, a map | its entry `previousSession` is the previous session; a collector turns it
 * into `session.attributes.previousSession` |
 * | `event.attributes`, a map | the fields of an event |
 * | `measurement.type`, `.name`, `.value` | web vitals, of type `web-vitals` |
 * | `kind`, `type`, `value`, `stacktrace` | an exception through a collector, as attributes or as logfmt in
 * the body |
 */
export const faro: Dialect = {
  name: 'faro',
  sessions: {
    previous: [{ map: 'session.attributes', entry: 'previousSession' }, 'session.attributes.previousSession'],
    events: { session_start: 'start', session_extend: 'start' },
  },
  identity: {
    userSide: {
      values: [
        { key: 'telemetry.sdk.name', value: /^faro/i },
        { key: 'telemetry.distro.name', value: /^faro-web-sdk/i },
      ],
    },
  },
  exceptions: {
    type: ['type'],
    message: ['value'],
    stacktrace: ['stacktrace'],
    marks: [{ key: 'kind', values: new Map([['exception', 'exception']]), on: 'log' }],
    isGeneral: true,
    frames: 'faro.error.stacktrace',
    logfmt: { mark: { key: 'kind', value: 'exception' } },
  },
  visits: {
    routes: { 40: [entry('toRoute')] },
    sameDocument: [entry('sameDocument')],
    pages: [
      {
        source: 'faro.performance.navigation',
        events: ['faro.performance.navigation'],
        kind: 'load',
        urls: [entry('name')],
      },
      { source: 'faro.navigation', events: ['faro.navigation'], kind: 'navigation', urls: [entry('toUrl')] },
      {
        source: 'faro.route_change',
        events: ['route_change'],
        kind: (reported) => (firstText(reported, FROM_PLACES) === undefined ? 'load' : 'route'),
        urls: [entry('toUrl')],
      },
      {
        source: 'faro.view_changed',
        events: ['view_changed'],
        kind: 'view',
        from: FARO_FROM,
        names: [entry('toView')],
      },
    ],
    vitals: {
      named: {
        60: [
          {
            name: 'measurement.name',
            value: 'measurement.value',
            type: { key: 'measurement.type', value: 'web-vitals' },
          },
        ],
      },
      ids: { 70: [{ map: 'faro.measurement.context', entry: 'id' }] },
    },
  },
};
