import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

/** HyperDX: `@hyperdx/browser`, a fork of Splunk RUM, with the same spans of vitals. */
export const hyperDx: Dialect = {
  name: 'hyperdx',
  sessionKeys: [attributeKey('rum.sessionId', KeyGroup.session)],
  identity: {
    userId: { 46: ['userId'], 82: ['userEmail'], 92: ['userName'] },
    userSide: {
      keys: ['rum.sessionId'],
      values: [{ key: 'telemetry.sdk.name', value: /^@hyperdx\//i }],
    },
  },
};
