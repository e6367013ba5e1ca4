import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

/** LangWatch, whose SDKs mark the spans of any instrumentation. */
export const langWatch: Dialect = {
  name: 'langwatch',
  sessionKeys: ['langwatch.thread.id', 'langwatch.thread_id'].map((name) =>
    attributeKey(name, KeyGroup.session),
  ),
  identity: { userId: { 35: ['langwatch.user.id', 'langwatch.user_id'] } },
};
