import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

/** Weave of Weights & Biases, which marks the spans of any instrumentation. */
export const weave: Dialect = {
  name: 'weave',
  sessionKeys: ['wandb.thread_id'].map((name) => attributeKey(name, KeyGroup.session)),
};
