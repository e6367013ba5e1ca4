/**
 * Cases of `fixtures/cases` that are not read correctly yet. A fixed case must be removed from this list: one
 * that passes while it is listed is a failure too.
 */
export const KNOWN_FAILURES: ReadonlySet<string> = new Set<string>();
