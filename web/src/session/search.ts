import { firstOf } from '../url.js';

/** The parts of the page, by their name in the address. */
export const VIEWS = ['timeline', 'conversation', 'usage', 'json'] as const;
export type View = (typeof VIEWS)[number];

export const DEFAULT_VIEW: View = 'timeline';

/** What the address of a session's page says besides the session. */
export interface SessionSearch {
  /** Left out for the timeline. */
  readonly view?: View;
  /** The trace whose waterfall is shown. */
  readonly trace?: string;
  /** The span, or in the conversation the turns of the span, that is shown. */
  readonly span?: string;
}

/** Reads the search parameters; what is not known or not valid is left out. */
export function readSessionSearch(search: Record<string, unknown>): SessionSearch {
  const view = VIEWS.find((each) => each === firstOf(search.view));
  const trace = hexadecimal(firstOf(search.trace), 32);
  const span = hexadecimal(firstOf(search.span), 16);
  return {
    ...(view !== undefined && view !== DEFAULT_VIEW && { view }),
    ...(trace !== undefined && { trace }),
    ...(span !== undefined && { span }),
  };
}

function hexadecimal(value: unknown, digits: number): string | undefined {
  if (typeof value !== 'string' || value.length !== digits || !/^[0-9a-f]+$/i.test(value)) return undefined;
  return value.toLowerCase();
}
