import type { Finding } from '../records/check-segment.js';
import { DatabaseSource } from './database-copy.js';

/** What was found in a database. */
interface CheckedDatabase {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  /** Blocks that are there and can be read, and their records. */
  readonly blocks: number;
  readonly records: number;
}

/**
 * Reads all blocks of a database and verifies their checksums. Servers may run on it.
 * @throws CopyRefusedError; UnusableDatabaseError; DatabaseError
 */
export async function checkDatabase(
  url: string,
  progress: (done: number, total: number) => void,
): Promise<CheckedDatabase> {
  const source = await DatabaseSource.open(url);
  try {
    const { last } = await source.end();
    const findings: Finding[] = [];
    let records = 0;
    for (let next = 1; next <= last; ) {
      const blocks = await source.read(next, last);
      for (const block of blocks) {
        if (!('lost' in block)) records += block.records;
        else
          findings.push({
            path: 'table log_block',
            text: block.lost,
            lost: { first: block.id, last: block.id },
          });
      }
      next += blocks.length;
      progress(next - 1, last);
    }
    const notes = [
      'rows of sessions were not checked: PostgreSQL has pg_amcheck and data checksums for that',
    ];
    return { findings, notes, blocks: last - findings.length, records };
  } finally {
    await source.close();
  }
}
