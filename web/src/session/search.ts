import { firstOf } from '../url.js';

/** The parts of the page, by their name in the address. */
export const VIEWS = ['timeline', 'visit', 'conversation', 'events', 'usage', 'json'] as const;
export type View = (typeof VIEWS)[number];

/** The least severities that events are filtered by. */
export const SEVERITIES = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Which events are shown, and how. */
export interface EventSearch {
  /** Any of these names. */
  readonly name?: readonly string[];
  /** This severity or a greater one. */
  readonly severity?: Severity;
  /** With the events of spans among them. */
  readonly spanEvents?: true;
  /** The latest first. */
  readonly order?: 'desc';
}

/** What the address of a session's page says besides the session. */
export interface SessionSearch extends EventSearch {
  /** Left out for the part that the page of the session opens on. */
  readonly view?: View;
  /** The trace whose waterfall is shown. */
  readonly trace?: string;
  /** The span, or in the conversation the turns of the span, that is shown. */
  readonly span?: string;
  /** The page of the visit that is shown, from 1 on. */
  readonly page?: number;
  /** The event that is shown with all that is known of it. */
  readonly event?: string;
}

/** Greatest number of a page in an address. */
const MAX_PAGE = 100_000;

/** Limits of the API. */
const MOST_NAMES = 50;
const MAX_NAME = 256;

/** Reads the search parameters; what is not known or not valid is left out. */
export function readSessionSearch(search: Record<string, unknown>): SessionSearch {
  const view = VIEWS.find((each) => each === firstOf(search.view));
  const trace = hexadecimal(firstOf(search.trace), 32);
  const span = hexadecimal(firstOf(search.span), 16);
  const page = Number(firstOf(search.page));
  const event = eventId(firstOf(search.event));
  return {
    ...(view !== undefined && { view }),
    ...(trace !== undefined && { trace }),
    ...(span !== undefined && { span }),
    ...(Number.isInteger(page) && page >= 1 && page <= MAX_PAGE && { page }),
    ...(event !== undefined && { event }),
    ...readEventSearch(search),
  };
}

function readEventSearch(search: Record<string, unknown>): EventSearch {
  const name = [search.name ?? []]
    .flat()
    .filter((each): each is string => typeof each === 'string' && each !== '' && [...each].length <= MAX_NAME)
    .slice(0, MOST_NAMES);
  const severity = SEVERITIES.find((each) => each === firstOf(search.severity));
  return {
    ...(name.length > 0 && { name }),
    ...(severity !== undefined && { severity }),
    ...(firstOf(search.spanEvents) === 'true' || search.spanEvents === true ? { spanEvents: true } : {}),
    ...(firstOf(search.order) === 'desc' && { order: 'desc' }),
  };
}

function hexadecimal(value: unknown, digits: number): string | undefined {
  if (typeof value !== 'string' || value.length !== digits || !/^[0-9a-f]+$/i.test(value)) return undefined;
  return value.toLowerCase();
}

/** As the API makes them: a digest, or the ids of a span and a number. */
function eventId(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^[0-9a-f]{32}$|^[0-9a-f]{32}-[0-9a-f]{16}-\d{4,9}$/.test(value) ? value : undefined;
}
