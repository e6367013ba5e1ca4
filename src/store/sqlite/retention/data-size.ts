import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogFiles } from '../../records/log-files.js';
import { type Database, KEPT, PAGE_BYTES } from '../database.js';
import { LOG_FOLDER } from '../schema.js';
import { TEXT_FILE } from '../text/text-file.js';
import { freePages } from './retention-cleaning.js';

/** Bytes of the log of a directory, of its index of texts, and of the pages of its databases that are in use. */
export function dataBytes(db: Database, directory: string, files: Pick<LogFiles, 'list'>): number {
  const log = join(directory, LOG_FOLDER);
  let bytes = 0;
  for (const name of files.list(log)) {
    bytes += statSync(join(log, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  bytes += statSync(join(directory, TEXT_FILE), { throwIfNoEntry: false })?.size ?? 0;
  for (const schema of ['main', KEPT]) {
    const pages = Number(db.prepare(`PRAGMA ${schema}.page_count`).get()!.page_count);
    bytes += (pages - freePages(db, schema)) * PAGE_BYTES;
  }
  return bytes;
}
