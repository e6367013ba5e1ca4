import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredSession } from '../../src/store/contract/session.js';
import { type Bench, span } from './bench.js';

export function watching(bench: Bench): void {
  test('a change is reported when readers see it, to watchers, while they watch', async () => {
    const p = await bench.project();
    const { writer } = p.store;
    const reported: string[] = [];
    let whenTold: () => void = () => {};
    const watch = await writer.watch((project, ids) => {
      if (project !== p.name) return;
      reported.push(...(ids ?? []));
      whenTold();
    });
    /** Waits until the session was reported, and reads it then. */
    const seen = async (id: string): Promise<StoredSession | undefined> => {
      while (!reported.includes(id)) {
        await new Promise<void>((resolve) => {
          whenTold = resolve;
        });
      }
      reported.length = 0;
      return p.session(id);
    };
    const first = p.spans(span('a', '1', 's1', 0));
    assert.equal((await seen('s1'))?.spanCount, 1);
    await first;
    await p.spans(span('a', '2', 's1', 1, { error: true }));
    assert.equal((await seen('s1'))?.errorCount, 1);
    await writer.invalidate(p.name, 's1');
    assert.equal((await seen('s1'))?.invalidated, true);
    watch.end();
    await p.spans(span('b', '1', 's2', 0));
    // A watch that began later has received later changes.
    let heard: () => void = () => {};
    const later = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const other = await writer.watch((_project, ids) => {
      if (ids?.includes('s3')) heard();
    });
    await p.spans(span('c', '1', 's3', 0));
    await later;
    other.end();
    assert.deepEqual(reported, []);
  });
}
