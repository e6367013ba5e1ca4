import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

/** HoneyHive, whose SDKs mark the spans of any instrumentation. */
export const honeyHive: Dialect = {
  name: 'honeyhive',
  sessionKeys: ['honeyhive.session_id'].map((name) => attributeKey(name, KeyGroup.session)),
};
