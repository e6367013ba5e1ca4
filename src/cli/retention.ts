import type { AccessStore } from '../access/access-store.js';
import { auditJson } from '../access/audit-json.js';
import { planItem } from '../api/retention-item.js';
import { removesOpenSessions } from '../config.js';
import { policyOf, textsOf } from '../retention-settings.js';
import type { RetentionPlan, RetentionPolicy } from '../store/contract/retention.js';
import { jsonText } from './read/read.js';
import { retentionLines, type WentItem, wentItem } from './read/retention-text.js';
import { styleOf } from './read/table.js';
import type { KeepSettings, RetentionOptions } from './retention-options.js';

/** The environment of `retention` without a server. */
export interface RetentionContext {
  plan(policy: RetentionPolicy, timeoutMs: number): Promise<RetentionPlan>;
  /** Opens the store that has the audit log. */
  open(): Promise<AccessStore>;
  readonly isColored: boolean;
  /** Of the terminal, in columns; undefined where the output is none. */
  readonly width: number | undefined;
  print(text: string): void;
  printError(text: string): void;
}

/** Prints what would go of the data itself, and what went. Resolves to the exit code. */
export async function retention(
  keep: KeepSettings,
  { limit, json }: RetentionOptions,
  { plan, open, isColored, width, print, printError }: RetentionContext,
): Promise<number> {
  if (removesOpenSessions(keep) || removesOpenSessions({ ...keep, keepSessions: keep.keepContent })) {
    printError(
      'sojourn: --keep-sessions and --keep-content must be at least --timeout-after, or open sessions would lose something\n',
    );
    return 2;
  }
  try {
    const item = planItem(textsOf(keep), await plan(policyOf(keep), keep.timeoutMs));
    const went = limit === 0 ? [] : await passes(await open(), limit);
    if (json) print(`${jsonText({ ...item, went }, 2)}\n`);
    else print(retentionLines(item, went, styleOf(isColored, width)).join(''));
    return 0;
  } catch (error) {
    printError(`sojourn: ${(error as Error).message}\n`);
    return 1;
  }
}

async function passes(store: AccessStore, limit: number): Promise<WentItem[]> {
  try {
    const entries = await store.audit({ limit, action: 'retention.passed' });
    return entries.flatMap((entry) => wentItem(auditJson(entry)) ?? []);
  } finally {
    await store.close();
  }
}
