import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { answersOf, keptAnswers, keptReleases, restoreRelease } from '../support/release-data.js';
import { makeTemporaryDirectory, startServer } from '../support/server.js';

/** Data directories of earlier releases, and of this one (test/data-directories/README.md). */

/** What a release has answered and this version does not, by path. This version may answer more. */
function missing(before: unknown, now: unknown, path: string): string[] {
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    return before.flatMap((each, index) => missing(each, now[index], `${path}[${index}]`));
  }
  if (typeof before === 'object' && before !== null && !Array.isArray(before)) {
    if (typeof now !== 'object' || now === null || Array.isArray(now))
      return [`${path}: ${JSON.stringify(now)}`];
    return Object.entries(before).flatMap(([name, value]) =>
      missing(value, (now as Record<string, unknown>)[name], `${path}.${name}`),
    );
  }
  return before === now ? [] : [`${path}: was ${JSON.stringify(before)}, is ${JSON.stringify(now)}`];
}

describe('the data directory of an earlier release', () => {
  it('is kept for at least one', () => assert.ok(keptReleases().length > 0));

  for (const version of keptReleases()) {
    it(`${version} is opened, and gives the same answers`, async () => {
      const data = makeTemporaryDirectory();
      try {
        restoreRelease(version, data);
        const server = await startServer({ data });
        try {
          const answers = await answersOf(server);
          const differences = Object.entries(keptAnswers(version)).flatMap(([path, before]) =>
            missing(before, answers[path], path),
          );
          assert.deepEqual(differences, [], differences.slice(0, 20).join('\n'));
          assert.equal(await server.stop(), 0, server.stderr);
        } finally {
          await server.dispose();
        }
      } finally {
        rmSync(data, { recursive: true, force: true });
      }
    });
  }
});
