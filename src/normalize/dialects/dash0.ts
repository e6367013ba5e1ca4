import type { Dialect } from './dialect.js';

/**
 * Dash0: `@dash0/sdk-web`, close to OpenTelemetry's conventions for browsers. It reports the speed of the
 * connection, but not its kind.
 */
export const dash0: Dialect = {
  name: 'dash0',
  identity: { visitConnection: { 40: ['network.connection.effective_type'] } },
  visits: {
    urls: { 20: ['page.url.full'] },
    vitals: { ids: { 90: ['page.load.id'] } },
  },
};
