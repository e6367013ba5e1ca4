import type { AttributeView } from '../attributes.js';
import type { VisitFacts } from '../facts.js';
import { createPageUrls, type PageUrlMode } from './page-url.js';
import { createPageViews, isPageEvent, readEntryReferrer } from './page-views.js';
import type { Told } from './told.js';
import { isVitalEvent, readVitals } from './web-vitals.js';

/** Reads what records tell of a visit (docs/visits.md). */
export interface VisitReader {
  /** What a resource says of the pages of its records. */
  resource(attributes: AttributeView): string | undefined;
  /** Whether an event of this name may tell of a visit, whatever its attributes are. */
  isEvent(name: string): boolean;
  /** `entry` is what `resource` gave. */
  read(told: Told, signal: 'span' | 'event', entry: string | undefined): VisitFacts | undefined;
}

export function createVisitReader({ pageUrls }: { readonly pageUrls: PageUrlMode }): VisitReader {
  const readPage = createPageViews(createPageUrls(pageUrls));
  return {
    resource: readEntryReferrer,
    isEvent: (name) => isPageEvent(name) || isVitalEvent(name),
    read(told, signal, entry) {
      const page = readPage(told, signal, entry);
      const vitals = readVitals(told, signal);
      if (page === undefined && vitals === undefined) return undefined;
      return { ...(page !== undefined && { page }), ...(vitals !== undefined && { vitals }) };
    },
  };
}
