import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetentionAudit } from './retention-audit.js';
import type { RetentionPass } from './store/contract/retention.js';

const passOf = (...projects: string[]): RetentionPass => ({
  projects: projects.map((project) => ({ project, sessions: 1, records: 2, bytes: 3, contents: 0 })),
  freedBytes: 4,
  tookMs: 5,
});

test('passes before the audit log is open are noted in it once it is, each project once', () => {
  const entries: unknown[] = [];
  const retention = new RetentionAudit({ error: assert.fail });
  retention.add(passOf('first', 'second'));
  retention.opened({
    audit: async ({ project, detail }) => void entries.push([project, detail]),
  });
  retention.add(passOf('third'));
  const detail = { sessions: 1, records: 2, bytes: 3 };
  assert.deepEqual(entries, [
    ['first', detail],
    ['second', detail],
    ['third', detail],
  ]);
});
