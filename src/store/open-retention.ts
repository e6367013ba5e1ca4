import type { RetentionPlan, RetentionPolicy } from './contract/retention.js';

export interface PlanOptions {
  readonly policy: RetentionPolicy;
  /** Ns since 1970. */
  readonly nowNs: bigint;
  /** As for the server: a session is open for this long after its last activity. */
  readonly timeoutMs: number;
}

/**
 * What retention would remove without a server: of the database with this URL, else of the directory, which no server
 * may have. Changes nothing. @throws with a message for the operator
 */
export async function planRetention(
  { directory, url }: { readonly directory: string; readonly url: string | undefined },
  { policy, nowNs, timeoutMs }: PlanOptions,
): Promise<RetentionPlan> {
  const options = { policy, nowNs, timeoutNs: BigInt(timeoutMs) * 1_000_000n };
  if (url === undefined) {
    const { planDirectory } = await import('./sqlite/retention/plan-directory.js');
    return planDirectory(directory, options);
  }
  const { planApart } = await import('./postgres/retention/plan.js');
  return planApart({ ...options, url }, new AbortController().signal);
}
