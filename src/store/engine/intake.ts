import { RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import type { AddOutcome } from '../../sessionize/records.js';
import type { RecordSource } from '../records/block.js';
import { GroupKeys } from '../records/group-keys.js';
import { compareSources, HeldSpan, heldLog, sizeOf, spanIdOf, traceIdOf } from '../records/held-records.js';
import type { HotGroup, HotGroups } from './hot-groups.js';
import type { Plan } from './loads.js';

/** Records of one project. */
export interface NumberedBatch {
  readonly project: number;
  readonly batch: RecordBatch;
  /** 1 for each record that is not to be added. Undefined if all are. */
  readonly refused?: Uint8Array | undefined;
}

/** Called for each record, with the index of its batch and the result. */
export type Taken = (batch: number, hot: HotGroup, source: RecordSource, outcome: AddOutcome) => void;

/** Adds records to their groups in memory. */
export class Intake {
  readonly #groups: HotGroups;
  readonly #keys = new GroupKeys();
  /** Groups whose span bytes were loaded for a comparison. */
  #compared: HotGroup[] = [];
  /** Whether the bytes of a known span are not in memory. */
  #lacksSource = false;

  constructor(groups: HotGroups) {
    this.#groups = groups;
  }

  /** Adds records in their order. Loads all groups in one request. */
  *add(batches: readonly NumberedBatch[], taken: Taken): Plan<void> {
    const created: HotGroup[] = [];
    const groups = batches.map((each) => this.#groupsOf(each, created));
    yield* this.#groups.requireStored(created);
    for (const [at, { batch }] of batches.entries()) {
      const hots = groups[at]!;
      for (let index = 0; index < batch.count; index++) {
        const hot = hots[index];
        if (hot === undefined) continue;
        const source = { batch, index };
        let outcome = this.#addRecord(hot, source);
        if (this.#lacksSource) {
          this.#lacksSource = false;
          yield* this.#requireSources(batches, groups, at, index);
          outcome = this.#addRecord(hot, source);
          if (this.#lacksSource) throw new Error('the bytes of a known span were not loaded');
        }
        taken(at, hot, source, outcome);
      }
    }
  }

  /** The group of each record of a batch that is to be added. Groups that are not in memory are created. */
  #groupsOf({ project, batch, refused }: NumberedBatch, created: HotGroup[]): (HotGroup | undefined)[] {
    const hots = new Array<HotGroup | undefined>(batch.count);
    let hot: HotGroup | undefined;
    for (let i = 0; i < batch.count; i++) {
      if (refused?.[i] === 1) continue;
      const key = this.#keys.of(batch, i);
      if (hot?.key !== key) {
        hot = this.#groups.get(project, key);
        if (hot === undefined) {
          hot = this.#groups.create(project, key, traceIdOf(batch, i));
          created.push(hot);
        }
      }
      hots[i] = hot;
    }
    return hots;
  }

  #addRecord({ group }: HotGroup, source: RecordSource): AddOutcome {
    const { batch, index } = source;
    if (batch.kind[index] !== RECORD_SPAN) return group.addLog(heldLog(batch, index));
    return group.addSpan(new HeldSpan(source), this.#compare);
  }

  readonly #compare = (known: HeldSpan, challenger: HeldSpan): number => {
    if (known.source !== undefined) return compareSources(known, challenger);
    this.#lacksSource = true;
    return 0;
  };

  /**
   * Loads the bytes of all spans of groups that may have an earlier version of a record from this one on. So
   * a repeated trace is read once, and all of a commit in one request.
   */
  *#requireSources(
    batches: readonly NumberedBatch[],
    groups: readonly (readonly (HotGroup | undefined)[])[],
    from: number,
    fromIndex: number,
  ): Plan<void> {
    const hots = new Set<HotGroup>();
    for (let at = from; at < batches.length; at++) {
      const { batch } = batches[at]!;
      for (let i = at === from ? fromIndex : 0; i < batch.count; i++) {
        const hot = groups[at]![i];
        if (hot === undefined || batch.kind[i] !== RECORD_SPAN || hots.has(hot)) continue;
        const known = hot.group.spans.get(spanIdOf(batch, i));
        if (known === undefined || known.source !== undefined) continue;
        if (known.endNs === batch.end[i] && known.size === sizeOf(batch, i)) hots.add(hot);
      }
    }
    yield* this.#groups.requireSources([...hots]);
    for (const hot of hots) this.#compared.push(hot);
  }

  /** Frees the bytes that were loaded. */
  dropCompared(): void {
    for (const { group } of this.#compared) for (const span of group.spans.values()) span.source = undefined;
    this.#compared = [];
  }

  forget(): void {
    this.#compared = [];
    this.#lacksSource = false;
  }
}
