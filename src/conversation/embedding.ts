import { fromAll } from '../normalize/dialects/registry.js';
import type { Lookup } from './record.js';

const OPERATION_KEYS = fromAll(({ conversation }) => conversation?.operations);

/** Whether a call asks for embeddings: what it gives to the model is said by nobody. */
export function isEmbeddingCall(
  model: string | undefined,
  spanName: string | undefined,
  get: Lookup,
): boolean {
  const operations = OPERATION_KEYS.map((key) => String(get(key)));
  return /embed/i.test([model, spanName, ...operations].join(' '));
}
