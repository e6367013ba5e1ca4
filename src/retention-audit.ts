import type { Access } from './access/access.js';
import type { Logger } from './log.js';
import type { RetentionPass } from './store/contract/retention.js';

type AuditLog = Pick<Access, 'audit'>;

/** Adds an entry for each project that lost sessions by retention to the audit log. */
export class RetentionAudit {
  readonly #log: Pick<Logger, 'error'>;
  #audit: AuditLog | undefined;
  /** Passes before the audit log was open. */
  readonly #waiting: RetentionPass[] = [];

  constructor(log: Pick<Logger, 'error'>) {
    this.#log = log;
  }

  /** The audit log is open: adds what has waited for it. */
  opened(audit: AuditLog): void {
    this.#audit = audit;
    for (const pass of this.#waiting.splice(0)) this.add(pass);
  }

  add(pass: RetentionPass): void {
    const audit = this.#audit;
    if (audit === undefined) {
      this.#waiting.push(pass);
      return;
    }
    for (const { project, sessions, records, bytes, contents } of pass.projects) {
      audit
        .audit({
          actor: 'server',
          action: 'retention.passed',
          subject: project,
          project,
          detail: { sessions, records, bytes, ...(contents > 0 && { contents }) },
        })
        .catch((error: unknown) =>
          this.#log.error('retention could not be noted in the audit log', { error }),
        );
    }
  }
}
