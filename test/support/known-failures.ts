/** Cases of `fixtures/cases` that are not read right yet. A case that is mended goes from this list: one that passes while it stands here is a failure too. */
export const KNOWN_FAILURES: ReadonlySet<string> = new Set<string>();
