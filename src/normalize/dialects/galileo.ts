import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

/** Galileo, whose SDKs mark the spans of any instrumentation. */
export const galileo: Dialect = {
  name: 'galileo',
  sessionKeys: ['galileo.session.id'].map((name) => attributeKey(name, KeyGroup.session)),
};
