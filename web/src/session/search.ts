import type { Session } from '../api/client.js';
import { firstOf } from '../url.js';

/** The parts of the page, by their name in the address. */
export const VIEWS = ['timeline', 'visit', 'conversation', 'usage', 'json'] as const;
export type View = (typeof VIEWS)[number];

/** What the address of a session's page says besides the session. */
export interface SessionSearch {
  /** Left out for the part that the page begins with (`viewOf`). */
  readonly view?: View;
  /** The trace whose waterfall is shown. */
  readonly trace?: string;
  /** The span, or in the conversation the turns of the span, that is shown. */
  readonly span?: string;
  /** The page of the visit that is shown, from 1 on. */
  readonly page?: number;
}

/** Greatest number of a page in an address. */
const MAX_PAGE = 100_000;

/** What of a session decides with which part its page begins. */
type Begun = Pick<Session, 'genai_usage'> & { readonly visit?: { readonly page_views?: number } };

/** Whether the session is a visit: somebody tells of its pages. */
export function hasPages({ visit }: Begun): boolean {
  return (visit?.page_views ?? 0) > 0;
}

/** The part that is shown: the one that is asked for; else the timeline, where a trace is named; else the pages of a visit without model calls, or the timeline. */
export function viewOf({ view, trace, span }: SessionSearch, session: Begun): View {
  if (view !== undefined) return view;
  const isVisit = hasPages(session) && session.genai_usage === undefined;
  return isVisit && trace === undefined && span === undefined ? 'visit' : 'timeline';
}

/** Reads the search parameters; what is not known or not valid is left out. */
export function readSessionSearch(search: Record<string, unknown>): SessionSearch {
  const view = VIEWS.find((each) => each === firstOf(search.view));
  const trace = hexadecimal(firstOf(search.trace), 32);
  const span = hexadecimal(firstOf(search.span), 16);
  const page = Number(firstOf(search.page));
  return {
    ...(view !== undefined && { view }),
    ...(trace !== undefined && { trace }),
    ...(span !== undefined && { span }),
    ...(Number.isInteger(page) && page >= 1 && page <= MAX_PAGE && { page }),
  };
}

function hexadecimal(value: unknown, digits: number): string | undefined {
  if (typeof value !== 'string' || value.length !== digits || !/^[0-9a-f]+$/i.test(value)) return undefined;
  return value.toLowerCase();
}
