import type { PageSources } from '../sessionize/visit.js';
import type { GroupPosition, StoredPage, StoredPageGroup } from '../store/contract/group.js';
import type { SessionReader } from '../store/contract/reader.js';
import { listPages } from '../visit/page-list.js';
import { type ReportedVital, readVitals } from '../visit/reported-vitals.js';
import type { SessionIndex } from './session-indexes.js';

/** Number of groups that are read together, and the OTLP bytes above which fewer are. */
const GROUPS_AT_ONCE = 256;
const BYTES_AT_ONCE = 4 * 1024 * 1024;
/** Maximum numbers of known groups, pages and web vitals of a session. Later ones are left out. */
const MAX_GROUPS = 200_000;
const MAX_PAGES = 20_000;
const MAX_VITALS = 50_000;

/** A group with its range of time. */
export type IndexedGroup = Omit<StoredPageGroup, 'pages' | 'version'>;

/**
 * The pages of a session and the times of its groups. They decide which groups have to be read for some of
 * the pages. Valid as long as its groups have the same versions. `settle` checks them, and forgets everything
 * from the first changed group on.
 */
export class VisitIndex implements SessionIndex {
  readonly #reader: SessionReader;
  readonly #project: string;
  readonly #sessionId: string;
  #stamp: number | undefined;
  /** Versions of all known groups in order, each with a line feed after it. */
  #versions = '';
  #groups: IndexedGroup[] = [];
  /** Each with the index of its group. */
  #reported: { readonly group: number; readonly page: StoredPage }[] = [];
  #vitals: { readonly group: number; readonly vital: ReportedVital }[] = [];
  #isWhole = false;
  #listed: readonly StoredPage[] | undefined;

  constructor(reader: SessionReader, project: string, sessionId: string) {
    this.#reader = reader;
    this.#project = project;
    this.#sessionId = sessionId;
  }

  get groups(): readonly IndexedGroup[] {
    return this.#groups;
  }

  /** All web vitals. Only complete after `pages`. */
  get vitals(): ReportedVital[] {
    return this.#vitals.map(({ vital }) => vital);
  }

  /** Whether the session has more than is known. */
  get isCut(): boolean {
    return this.#groups.length >= MAX_GROUPS || this.#reported.length >= MAX_PAGES;
  }

  get size(): number {
    return this.#groups.length + 4 * this.#reported.length + 2 * this.#vitals.length;
  }

  async settle(): Promise<void> {
    const count = this.#groups.length;
    const known = { count, ...(this.#stamp !== undefined && { stamp: this.#stamp }) };
    const { stamp, versions } = await this.#reader.groupVersions(this.#project, this.#sessionId, known);
    this.#stamp = stamp;
    if (versions === undefined) return;
    // The session may have new groups.
    this.#isWhole = false;
    if (versions === this.#versions) return;
    const before = this.#versions.split('\n');
    const now = versions.split('\n');
    this.#cut(
      before.findIndex((version, at) => version !== now[at]),
      before,
    );
  }

  rest(): void {
    this.#listed = undefined;
  }

  /** The pages in order of time. Reads all groups that are not known yet. */
  async pages(sources: PageSources): Promise<readonly StoredPage[]> {
    while (!this.#isWhole && !this.isCut) await this.#extend();
    this.#listed ??= listPages(
      this.#reported.map(({ page }) => page),
      sources,
    );
    return this.#listed;
  }

  async #extend(): Promise<void> {
    const end: GroupPosition | undefined = this.#groups.at(-1)?.position;
    const groups = await this.#reader.pageGroups(this.#project, this.#sessionId, {
      limit: GROUPS_AT_ONCE,
      maxBytes: BYTES_AT_ONCE,
      ...(end && { after: end }),
    });
    for (const { pages, vitals, version, ...group } of groups) {
      for (const vital of vitals === undefined ? [] : readVitals(vitals)) {
        if (this.#vitals.length < MAX_VITALS) this.#vitals.push({ group: this.#groups.length, vital });
      }
      for (const page of pages) {
        if (this.#reported.length < MAX_PAGES) this.#reported.push({ group: this.#groups.length, page });
      }
      this.#groups.push(group);
      this.#versions += `${version}\n`;
    }
    this.#isWhole = groups.length === 0;
  }

  /** Keeps only the first groups. */
  #cut(count: number, versions: readonly string[]): void {
    this.#groups.length = count;
    this.#reported = this.#reported.filter(({ group }) => group < count);
    this.#vitals = this.#vitals.filter(({ group }) => group < count);
    this.#versions = versions
      .slice(0, count)
      .map((version) => `${version}\n`)
      .join('');
  }
}
