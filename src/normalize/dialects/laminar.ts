import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

/** Laminar, whose SDKs mark the spans of any instrumentation. */
export const laminar: Dialect = {
  name: 'laminar',
  sessionKeys: ['lmnr.association.properties.session_id'].map((name) => attributeKey(name, KeyGroup.session)),
  identity: { userId: { 36: ['lmnr.association.properties.user_id'] } },
};
