import type { Access } from './access/access.js';
import type { Logger } from './log.js';
import type { RetentionPass } from './store/contract/retention.js';

/** Adds an entry for each project that lost sessions by retention to the audit log, once that is open. */
export function auditPass(access: Access | undefined, { projects }: RetentionPass, log: Logger): void {
  for (const { project, sessions, records, bytes } of projects) {
    access
      ?.audit({
        actor: 'server',
        action: 'retention.passed',
        subject: project,
        project,
        detail: { sessions, records, bytes },
      })
      .catch((error: unknown) => log.error('retention could not be noted in the audit log', { error }));
  }
}
