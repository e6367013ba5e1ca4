import { firstOf } from '../url.js';

/** The views of the page, by their name in the address. */
export const VIEWS = ['timeline', 'journey', 'visit', 'conversation', 'events', 'usage', 'json'] as const;
export type View = (typeof VIEWS)[number];

/** The severities that events can be filtered by, as minimum. */
export const SEVERITIES = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Which events are shown, and in which order. */
export interface EventSearch {
  /** Events with any of these names. */
  readonly name?: readonly string[];
  /** This severity or a greater one. */
  readonly severity?: Severity;
  /** Includes the events of spans. */
  readonly spanEvents?: true;
  /** Latest first. */
  readonly order?: 'desc';
}

/** The search parameters of a session's page. */
export interface SessionSearch extends EventSearch {
  /** Left out for the default view of the session. */
  readonly view?: View;
  /** The trace whose waterfall is shown. */
  readonly trace?: string;
  /** The span that is shown; in the conversation, the span whose turns are shown. */
  readonly span?: string;
  /** A place that is looked for: the turn that cost most. The address then names its span. */
  readonly at?: 'dearest';
  /** The page of the visit that is shown, from 1. */
  readonly page?: number;
  /** The event that is shown with all details. */
  readonly event?: string;
}

/** Greatest page number in an address. */
const MAX_PAGE = 100_000;

/** Limits of the API. */
const MOST_NAMES = 50;
const MAX_NAME = 256;

/** Reads the search parameters. Unknown and invalid ones are ignored. */
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
    ...(firstOf(search.at) === 'dearest' && { at: 'dearest' }),
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

/** An event id as the API makes it: a digest, or the ids of a span and a number. */
function eventId(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return /^[0-9a-f]{32}$|^[0-9a-f]{32}-[0-9a-f]{16}-\d{4,9}$/.test(value) ? value : undefined;
}
