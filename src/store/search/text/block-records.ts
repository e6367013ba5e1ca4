import type { Buffer } from 'node:buffer';
import { type LogRecordView, readLogRecords, readSpans, type SpanView } from '../../../otlp/read.js';
import { RECORD_SPAN } from '../../../otlp/record-batch.js';
import { type ChunkPlace, chunksOf } from '../../records/block.js';
import { type Run, runsOf } from '../../records/group-decoder.js';
import type { StoredBlock } from '../../records/log.js';

/** Records of neighbouring chunks of a block, all spans or all log records. */
export type RunOfRecords =
  | { readonly run: Run; readonly spans: readonly SpanView[]; readonly logs?: undefined }
  | { readonly run: Run; readonly spans?: undefined; readonly logs: readonly LogRecordView[] };

/** All records of a block. */
export function recordsOfBlock({ id, directory, bytes }: StoredBlock): Generator<RunOfRecords> {
  return recordsOf(chunksOf(id, directory), bytes);
}

/** All records of a chunk of a block with these bytes. */
export function recordsOfChunk(place: ChunkPlace, bytes: Buffer): Generator<RunOfRecords> {
  return recordsOf([place], bytes);
}

function* recordsOf(places: readonly ChunkPlace[], bytes: Buffer): Generator<RunOfRecords> {
  for (const run of runsOf(places)) {
    const part = bytes.subarray(run.from, run.to);
    if (run.kind === RECORD_SPAN) yield { run, spans: readSpans(part) };
    else yield { run, logs: readLogRecords(part) };
  }
}
