import { type AttributeView, KeyGroup } from '../attributes.js';
import type { VisitFacts } from '../facts.js';
import { nameHint } from '../normalizer.js';
import { createPageUrls, type PageUrlMode } from './page-url.js';
import { createPageViews, isPageEvent, PAGE_SPANS, PATTERN_ENDS, readEntryReferrer } from './page-views.js';
import type { Reported } from './reported.js';
import { isVitalEvent, isVitalSpan, readVitals, VITAL_SPANS } from './web-vitals.js';

/** Reads the facts of visits from records (docs/visits.md). */
export interface VisitReader {
  /** The facts of a resource for the pages of its records. */
  resource(attributes: AttributeView): string | undefined;
  /** Whether a span with this name hint may report a visit, whatever its attributes are. */
  mayBeSpan(nameHint: number): boolean;
  /** Whether an event of this name may report a visit. */
  isEvent(name: string): boolean;
  /** `entry` is the return value of `resource`. */
  read(reported: Reported, signal: 'span' | 'event', entry: string | undefined): VisitFacts | undefined;
}

const HINTS: ReadonlySet<number> = new Set([...PAGE_SPANS, ...VITAL_SPANS].map(hintOf));
const FIRST = PATTERN_ENDS.first.charCodeAt(0);
const LAST = PATTERN_ENDS.last.charCodeAt(0);

function hintOf(name: string): number {
  const bytes = Buffer.from(name);
  return nameHint(bytes[0]!, bytes.at(-1)!, bytes.length);
}

export function createVisitReader({ pageUrls }: { readonly pageUrls: PageUrlMode }): VisitReader {
  const readPage = createPageViews(createPageUrls(pageUrls));
  return {
    resource: readEntryReferrer,
    mayBeSpan: (hint) => HINTS.has(hint) || hint >>> 16 === FIRST || ((hint >>> 8) & 255) === LAST,
    isEvent: (name) => isPageEvent(name) || isVitalEvent(name),
    read(reported, signal, entry) {
      const page = readPage(reported, signal, entry);
      const mayTellVitals =
        (reported.attributes.groups & KeyGroup.visit) !== 0 ||
        (signal === 'span' ? isVitalSpan(reported.name) : isVitalEvent(reported.name));
      const vitals = mayTellVitals ? readVitals(reported, signal) : undefined;
      if (vitals === undefined) return page === undefined ? undefined : { page };
      return page === undefined ? { vitals } : { page, vitals };
    },
  };
}
