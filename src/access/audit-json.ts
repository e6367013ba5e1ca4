import type { AuditEntry } from './audit.js';

/** An entry of the audit log as clients and exports see it. */
export function auditJson({ id, atMs, actor, action, subject, project, detail }: AuditEntry) {
  return {
    id: String(id),
    time: new Date(atMs).toISOString(),
    actor,
    action,
    subject,
    ...(project !== undefined && { project }),
    detail,
  };
}
