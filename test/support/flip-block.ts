import { readFileSync, writeFileSync } from 'node:fs';
import { diskFiles } from '../../src/store/records/log-files.js';
import { listSegments, openWarm, segmentPath } from '../../src/store/records/log-segment.js';

/** Bytes from the beginning of a block to some of its compressed records. */
const TO_RECORDS = 70;

/** Flips a bit of a block in the log of this directory. Its segment must be warm. */
export function flipBlock(log: string, block: number): void {
  const { first } = listSegments(diskFiles, log).findLast((segment) => segment.first <= block)!;
  const { file, table } = openWarm(diskFiles, log, first);
  table.extend(file, Number.MAX_SAFE_INTEGER, false);
  file.close();
  const path = segmentPath(log, first);
  const bytes = readFileSync(path);
  bytes[table.offset(block)! + TO_RECORDS]! ^= 1;
  writeFileSync(path, bytes);
}
