import type { DatabaseSync } from '@photostructure/sqlite';

/**
 * Closes a database after all of it was written into its own file, unless another process reads it. SQLite does that
 * by itself only where no statement is left, and statements are freed by the garbage collector.
 */
export function closeDatabase(db: InstanceType<typeof DatabaseSync>): void {
  if (!db.isOpen) return;
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // For example on a full disk. The write-ahead log has the rest.
  }
  db.close();
}
