import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import { type CopyProgress, type CopyResult, copyStore } from './copy-store.js';
import { CopyRefusedError } from './plan.js';
import type {
  CopiedBlock,
  CopySource,
  CopyTarget,
  Decisions,
  Invalidation,
  Project,
  SourceEnd,
  Verified,
} from './sides.js';

/** The process was killed. */
class Killed extends Error {}

function block(id: number, text = `block ${id}`): CopiedBlock {
  const bytes = Buffer.from(text);
  const directory = Uint8Array.of(bytes.length, 0);
  return { id, project: 1, records: 2, directory, bytes, leastNs: BigInt(id), greatestNs: BigInt(id + 1) };
}

/** A store in memory, of which a copy reads or writes a few blocks at a time. */
class MemoryStore implements CopySource, CopyTarget {
  key: string | undefined;
  readonly projects: Project[] = [];
  readonly invalidations: Invalidation[] = [];
  readonly blocks: CopiedBlock[] = [];
  isInUse = false;
  hasUnnumbered = false;
  isFinished = false;
  stored: Verified | undefined;
  /** Reads before now. */
  reads = 0;
  /** Called before each change. */
  onChange: () => void = () => {};
  /** Called before the end is looked for. */
  onEnd: () => void = () => {};

  constructor(key?: string, blocks = 0) {
    this.key = key;
    for (let id = 1; id <= blocks; id++) this.blocks.push(block(id));
  }

  get last(): number {
    return this.blocks.length;
  }

  async decisions(): Promise<Decisions> {
    const { projects, invalidations } = this;
    return { installationKey: this.key, projects: [...projects], invalidations: [...invalidations] };
  }

  async end(): Promise<SourceEnd> {
    this.onEnd();
    return { last: this.last, isInUse: this.isInUse };
  }

  async has(id: number): Promise<boolean> {
    return id <= this.last;
  }

  async read(first: number, last: number): Promise<CopiedBlock[]> {
    assert.ok(first >= 1 && first <= last && last <= this.last, `${first} to ${last} of ${this.last}`);
    this.reads++;
    return this.blocks.slice(first - 1, Math.min(last, first + (this.reads % 3)));
  }

  async setInstallationKey(key: string): Promise<void> {
    this.onChange();
    assert.equal(this.blocks.length, 0);
    this.key = key;
  }

  async addProjects(projects: readonly Project[]): Promise<void> {
    this.onChange();
    this.projects.push(...projects);
  }

  async addInvalidations(invalidations: readonly Invalidation[]): Promise<void> {
    this.onChange();
    this.invalidations.push(...invalidations);
  }

  async append(blocks: readonly CopiedBlock[]): Promise<void> {
    this.onChange();
    assert.deepEqual(
      blocks.map(({ id }) => id),
      blocks.map((_, i) => this.last + 1 + i),
    );
    for (const block of blocks)
      if (!('lost' in block))
        assert.ok(
          this.projects.some(({ no }) => no === block.project),
          'project first',
        );
    this.blocks.push(...blocks);
  }

  async verified(): Promise<Verified | undefined> {
    return this.stored;
  }

  async setVerified(verified: Verified): Promise<void> {
    this.onChange();
    this.stored = verified;
  }

  async finish(): Promise<void> {
    this.onChange();
    this.isFinished = true;
  }

  async close(): Promise<void> {}
}

function sourceOf(blocks: number): MemoryStore {
  const source = new MemoryStore('key', blocks);
  source.projects.push({ no: 1, name: 'shop' });
  source.invalidations.push({ project: 1, session: 'x' });
  return source;
}

/** `stepMs`: how much later it is at each look at the clock. */
function run(
  source: MemoryStore,
  target: MemoryStore,
  { stepMs = 1, progress = () => {} }: { stepMs?: number; progress?: (progress: CopyProgress) => void } = {},
): Promise<CopyResult> {
  let ms = 0;
  return copyStore(source, target, {
    progress,
    nowMs: () => {
      ms += stepMs;
      return ms;
    },
  });
}

function assertCopied(source: MemoryStore, target: MemoryStore): void {
  assert.deepEqual(target.blocks, source.blocks);
  assert.deepEqual(target.projects, source.projects);
  assert.deepEqual(target.invalidations, source.invalidations);
  assert.equal(target.key, source.key);
  assert.ok(target.isFinished);
}

describe('a copy', () => {
  test('has all of the source, says so, and has nothing to do when it is run again', async () => {
    const [source, target] = [sourceOf(20), new MemoryStore()];
    const reports: CopyProgress[] = [];
    const first = await run(source, target, { progress: (progress) => reports.push(progress) });
    assertCopied(source, target);
    assert.equal(first.blocks, 20);
    assert.equal(first.records, 40);
    assert.deepEqual([first.verified.block, first.verified.records], [20, 40]);
    assert.deepEqual([first.projects, first.invalidations, first.isInUse], [1, 1, false]);
    for (const phase of ['copying', 'verifying'] as const) {
      const of = reports.filter((progress) => progress.phase === phase);
      assert.deepEqual([of[0]!.done, of.at(-1)!.done, of.at(-1)!.total, of.at(-1)!.records], [0, 20, 20, 40]);
    }

    const again = await run(source, target);
    assertCopied(source, target);
    assert.equal(again.blocks, 0);
    assert.deepEqual(again.verified, first.verified);
  });

  test('has the digest of any other copy of the same blocks, however they were copied', async () => {
    const target = new MemoryStore();
    const source = sourceOf(7);
    await run(source, target);
    for (let id = 8; id <= 12; id++) source.blocks.push(block(id));
    const two = await run(source, target);
    assert.equal(two.blocks, 5);
    assert.deepEqual(two.verified, (await run(sourceOf(12), new MemoryStore())).verified);
    assert.deepEqual(two.verified, (await run(target, new MemoryStore())).verified);
    assert.notEqual(two.verified.digest, (await run(sourceOf(11), new MemoryStore())).verified.digest);
  });

  test('that is killed at any change continues, and doubles nothing', async () => {
    for (let kills = 1; ; kills++) {
      const [source, target] = [sourceOf(9), new MemoryStore()];
      let left = kills;
      target.onChange = () => {
        if (--left === 0) throw new Killed();
      };
      const failed = await run(source, target, { stepMs: 1_500 }).then(
        () => false,
        (error) => {
          assert.ok(error instanceof Killed);
          return true;
        },
      );
      if (!failed) {
        assert.ok(kills > 10);
        return;
      }
      const there = target.last;
      target.onChange = () => {};
      const { blocks } = await run(source, target);
      assert.equal(blocks, 9 - there);
      assertCopied(source, target);
    }
  });

  test('follows a source that takes in more, as long as a pass takes long', async () => {
    const [source, target] = [sourceOf(3), new MemoryStore()];
    source.isInUse = true;
    source.onEnd = () => {
      if (source.last >= 30) return;
      source.blocks.push(block(source.last + 1));
      source.invalidations.push({ project: 1, session: `s${source.last}` });
    };
    const { isInUse } = await run(source, target, { stepMs: 2_000 });
    assert.equal(isInUse, true);
    assert.ok(target.last >= 4 && target.last <= source.last);
    const short = await run(source, target);
    assert.equal(short.isInUse, true);
    source.isInUse = false;
    source.onEnd = () => {};
    assert.equal((await run(source, target)).isInUse, false);
    assertCopied(source, target);
  });

  test('keeps the numbers of blocks that are lost, and names them', async () => {
    const [source, target] = [sourceOf(6), new MemoryStore()];
    source.blocks[2] = { id: 3, lost: 'its checksum is wrong' };
    const { lost, verified } = await run(source, target);
    assert.deepEqual(lost, [3]);
    assert.equal(verified.records, 10);
    assert.equal(target.last, 6);
  });
});

describe('a copy is refused', () => {
  test('where the target took in telemetry by itself, also under the same key', async () => {
    const [source, target] = [sourceOf(6), new MemoryStore()];
    await run(source, target);
    target.blocks.push(block(7, 'its own'));
    await assert.rejects(run(source, target), /7 blocks, which is more than the source has/);
    source.blocks.push(block(7));
    await assert.rejects(run(source, target), /block 7 is not that of the source/);
    source.blocks.push(block(8));
    await assert.rejects(run(source, target), CopyRefusedError);
    assert.equal(target.last, 7);
  });

  test('where a server of the source has not acknowledged what is there, it is no other data', async () => {
    const [source, target] = [sourceOf(6), new MemoryStore()];
    await run(source, target);
    const { last } = source;
    source.end = async () => ({ last: last - 2, isInUse: true });
    assert.equal((await run(source, target)).blocks, 0);
  });

  test('where blocks of both sides differ in the end', async () => {
    const [source, target] = [sourceOf(6), new MemoryStore()];
    target.append = async (blocks) => {
      for (const { id } of blocks) target.blocks.push(id === 4 ? block(4, 'damaged on the way') : block(id));
    };
    await assert.rejects(run(source, target), /block 4 of the target is not equal/);
    assert.equal(target.stored, undefined);
    await assert.rejects(run(source, target), /block 4 of the target is not equal/);
  });
});
