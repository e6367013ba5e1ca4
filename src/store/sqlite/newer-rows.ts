import { FACTS_VERSION } from '../../normalize/create.js';
import { factsVersionOf, RULES_VERSION } from '../engine/identity.js';
import { STATE_KEYS } from '../engine/state-keys.js';
import { type Database, Meta } from './database.js';
import { DataDirectoryError } from './directory-lock.js';

/**
 * Refuses a directory whose sessions, in the file of connection `db`, were made under newer rules than this
 * program has. It would fold all of them again under its older rules.
 * @throws DataDirectoryError
 */
export function refuseNewerRows(directory: string, db: Database, file: string): void {
  const meta = new Meta(db);
  const rules = meta.number(STATE_KEYS.rules) ?? RULES_VERSION;
  const facts = factsVersionOf(meta.text(STATE_KEYS.settings) ?? '') ?? FACTS_VERSION;
  if (rules <= RULES_VERSION && facts <= FACTS_VERSION) return;
  throw new DataDirectoryError(
    `the sessions in ${directory} were made by a newer version of Sojourn (rules ${rules}, facts ${facts}; this one knows ${RULES_VERSION} and ${FACTS_VERSION}): ` +
      `start that version, or delete ${file} there to have all sessions made again by this one; nothing that was received is lost by it`,
  );
}
