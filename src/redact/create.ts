import type { Redactor } from '../otlp/redaction.js';
import { planOf } from './plan.js';
import type { RedactionPolicy } from './policy.js';
import { createRedactor } from './redactor.js';

/** The redactor of a policy; undefined if everything is stored as it is received. */
export function redactorOf(policy: RedactionPolicy, key: Uint8Array): Redactor | undefined {
  const isNothing = policy.rules.length === 0 && policy.userIds === 'keep' && policy.content;
  return isNothing ? undefined : createRedactor(planOf(policy, key));
}
