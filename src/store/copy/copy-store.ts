import { continued, NOTHING } from './digest.js';
import { CopyRefusedError, missingInvalidations, missingProjects, otherData, takesKey } from './plan.js';
import type { CopiedBlock, CopySource, CopyTarget, Side, Verified } from './sides.js';

/** A pass over a source in use that takes less than this time is the last one, ms. */
const SHORT_PASS_MS = 1_000;

/** How often it is stored how far both sides are known to be equal, ms. */
const STORE_EVERY_MS = 2_000;

export interface CopyProgress {
  readonly phase: 'copying' | 'verifying';
  /** Blocks of this phase that are done, and all of them. */
  readonly done: number;
  readonly total: number;
  /** Records and bytes of the blocks that are done; bytes are decompressed. */
  readonly records: number;
  readonly bytes: number;
}

export interface CopyResult {
  /** Blocks and records that were copied now. */
  readonly blocks: number;
  readonly records: number;
  /** All blocks of the target, which are equal to those of the source. */
  readonly verified: Verified;
  readonly projects: number;
  readonly invalidations: number;
  /** Numbers of blocks that were copied now and are damaged or missing in the source. */
  readonly lost: readonly number[];
  /** Whether a server takes in more at the source. */
  readonly isInUse: boolean;
}

export interface CopyEdges {
  progress(progress: CopyProgress): void;
  nowMs(): number;
}

/**
 * Copies what the target lacks: the key of the installation, projects, blocks and invalidations; then reads all
 * blocks that no earlier copy has compared, on both sides, and compares them. May be ended at any point, and run
 * again. The target makes sessions when a server starts on it.
 * @throws CopyRefusedError if the target has other data, or is not equal in the end
 */
export async function copyStore(
  source: CopySource,
  target: CopyTarget,
  edges: CopyEdges,
): Promise<CopyResult> {
  await begin(source, target);
  const lost: number[] = [];
  const first = target.last + 1;
  let records = 0;
  let isInUse: boolean;
  for (;;) {
    const startMs = edges.nowMs();
    const end = await source.end();
    isInUse = end.isInUse;
    // Projects come before their blocks, so they are read after the end.
    await copyDecisions(source, target);
    if (end.last <= target.last) break;
    records += await copyBlocks(source, target, end.last, lost, edges);
    if (!isInUse || edges.nowMs() - startMs < SHORT_PASS_MS) break;
  }
  const verified = await verify(source, target, edges);
  await target.finish();
  const { projects, invalidations } = await target.decisions();
  return {
    blocks: target.last + 1 - first,
    records,
    verified,
    projects: projects.length,
    invalidations: invalidations.length,
    lost,
    isInUse,
  };
}

/** Gives an empty target the key, and makes sure that another one has the beginning of the source. */
async function begin(source: CopySource, target: CopyTarget): Promise<void> {
  const decisions = await source.decisions();
  const { last, hasUnnumbered } = target;
  if (takesKey(decisions, { decisions: await target.decisions(), last, hasUnnumbered }))
    await target.setInstallationKey(decisions.installationKey!);
  if (last === 0) return;
  if (last > (await source.end()).last && !(await source.has(last)))
    throw otherData(`it has ${last} blocks, which is more than the source has`);
  const [ours, theirs] = await Promise.all([source.read(last, last), target.read(last, last)]);
  if (!areEqual(ours[0]!, theirs[0]!))
    throw otherData(`block ${last} is not that of the source; it may have taken in telemetry by itself`);
}

async function copyDecisions(source: CopySource, target: CopyTarget): Promise<void> {
  const [wanted, there] = await Promise.all([source.decisions(), target.decisions()]);
  const projects = missingProjects(wanted, there);
  if (projects.length > 0) await target.addProjects(projects);
  const invalidations = missingInvalidations(wanted, there);
  if (invalidations.length > 0) await target.addInvalidations(invalidations);
}

/** Copies blocks up to `last`; adds the numbers of lost ones to `lost`. Returns how many records they have. */
async function copyBlocks(
  source: CopySource,
  target: CopyTarget,
  last: number,
  lost: number[],
  { progress }: CopyEdges,
): Promise<number> {
  const first = target.last + 1;
  const total = last + 1 - first;
  let records = 0;
  let bytes = 0;
  let appending: Promise<void> = Promise.resolve();
  progress({ phase: 'copying', done: 0, total, records, bytes });
  for (let next = first; next <= last; ) {
    // While the target stores a batch, the next one is read.
    const [blocks] = await Promise.all([source.read(next, last), appending]);
    next += blocks.length;
    appending = target.append(blocks).then(() => {
      for (const block of blocks) {
        if ('lost' in block) lost.push(block.id);
        else {
          records += block.records;
          bytes += block.bytes.length;
        }
      }
      progress({ phase: 'copying', done: target.last + 1 - first, total, records, bytes });
    });
  }
  await appending;
  return records;
}

/** Compares all blocks that were not compared before. @throws CopyRefusedError for the first that differs */
async function verify(source: CopySource, target: CopyTarget, edges: CopyEdges): Promise<Verified> {
  const { last } = target;
  let verified = (await target.verified()) ?? NOTHING;
  if (verified.block >= last) return verified;
  const { block: from, records } = verified;
  const total = last - from;
  let storedMs = edges.nowMs();
  let bytes = 0;
  const report = (): void =>
    edges.progress({
      phase: 'verifying',
      done: verified.block - from,
      total,
      records: verified.records - records,
      bytes,
    });
  report();
  const theirs = blocksOf(target, from + 1, last);
  for await (const ours of blocksOf(source, from + 1, last)) {
    const found = await theirs.next();
    const next = continued(verified, ours);
    if (found.done === true || continued(verified, found.value).digest !== next.digest) {
      throw new CopyRefusedError(
        `block ${ours.id} of the target is not equal to that of the source: remove the target and copy again`,
      );
    }
    verified = next;
    if (!('lost' in ours)) bytes += ours.bytes.length;
    report();
    if (edges.nowMs() - storedMs < STORE_EVERY_MS) continue;
    await target.setVerified(verified);
    storedMs = edges.nowMs();
  }
  await target.setVerified(verified);
  return verified;
}

async function* blocksOf(side: Side, first: number, last: number): AsyncGenerator<CopiedBlock> {
  for (let next = first; next <= last; ) {
    const blocks = await side.read(next, last);
    yield* blocks;
    next += blocks.length;
  }
}

function areEqual(a: CopiedBlock, b: CopiedBlock): boolean {
  return continued(NOTHING, a).digest === continued(NOTHING, b).digest;
}
