import type { ExceptionChannel } from '../normalize/facts.js';
import type { Traits } from './earliest.js';

/**
 * How a session is stored: JSON with named fields. What is 0, empty or false is left out. Times and amounts that may be beyond 2^53 are decimal text. Each class knows how to become
 * its part of this form and back; this file is the one place that says what is in it.
 *
 * The aggregates (`Session.encodeSums`) are one line, and where there is a visit a second one, which most readers pass over without parsing it.
 */

/** Version of the form. Raised with any change of it: rows of another version are not read, and everything is folded again (`engine/identity.ts`). */
export const FORM_VERSION = 1;

/** The aggregates of a session but for its visit. */
export interface AggregateForm {
  /** `FORM_VERSION`. */
  readonly v: number;
  /** Fragments with records. */
  readonly groups?: number;
  /** Fragments of any kind; where it is left out, as many as `groups`. */
  readonly fragments?: number;
  readonly explicit?: number;
  readonly byUser?: number;
  readonly echo?: number;
  readonly quiet?: number;
  /** Where it is left out, as many as `groups`. */
  readonly traces?: number;
  readonly spans?: number;
  readonly logs?: number;
  readonly errors?: number;
  readonly starts?: readonly StretchForm[];
  readonly ends?: readonly StretchForm[];
  readonly lifecycle?: readonly StretchForm[];
  /** Where a later time is not believed yet. */
  readonly believedUntilNs?: string;
  readonly services?: CountsForm;
  readonly usage?: UsageForm;
  readonly users?: UsersForm;
  readonly exceptions?: ExceptionsForm;
}

/** How often each of some names was said. */
export type CountsForm = Readonly<Record<string, number>>;

/** Times that belong together (stretches.ts). */
export interface StretchForm {
  /** Its first time, ns since 1970. */
  readonly at: string;
  /** From there to its last time, ns. */
  readonly ns: string;
  /** How many times are in it. */
  readonly n: number;
}

/** The usage of a session. */
export interface UsageForm extends AmountsForm {
  readonly models?: readonly ModelForm[];
  readonly providers?: CountsForm;
  /** Records that report calls by dialect: those of each signal, and those that are superseded within their group. */
  readonly reports: Readonly<Partial<Record<Reporter, CountsForm>>>;
  readonly marks?: MarksForm;
  readonly needsDeduplication?: true;
  /** Where calls of different groups may be one: which signals report the calls of each dialect. */
  readonly signals?: readonly SignalForm[];
}

export const REPORTERS = ['span', 'log', 'metric', 'superseded'] as const;
export type Reporter = (typeof REPORTERS)[number];

export interface AmountsForm {
  readonly calls?: number;
  /** Records that count and are no calls. */
  readonly points?: number;
  readonly input?: string;
  readonly output?: string;
  readonly costNanoUsd?: string;
  readonly priced?: number;
  readonly unpriced?: number;
  readonly unreported?: number;
}

export interface ModelForm {
  readonly model: string;
  /** Left out where all of the session's usage is of this model. */
  readonly own?: AmountsForm;
}

/** Marks of calls by their ids (usage-sums.ts). Few of them stand here; many stand in rows of their own, to which each write appends what has changed. */
export type MarksForm = string | { readonly rows: number; readonly entries: number; readonly digest: number };

/** What is known of the records of one dialect (U18). */
export interface SignalForm {
  readonly dialect: string;
  /** Whether any record of the dialect reports numbers of calls, be it that it does not count. */
  readonly reports?: true;
  /** The precedence of those that come first among the records that count; left out where there is none. */
  readonly first?: number;
  /** Whether all of those that come first have ids. */
  readonly haveIds?: true;
}

/** The number of fragments that name the user shown, where there is no other; else all that are kept. */
export type UsersForm = number | { readonly counts: CountsForm; readonly isCut?: true };

/** Exceptions by kind, as columns: there may be thousands of kinds. */
export interface ExceptionsForm {
  readonly isFolded?: true;
  readonly kinds: readonly number[];
  readonly counts: ChannelsForm;
  readonly crashes: ChannelsForm;
}

/** A number for each kind by the channel that reports it; of channels that report any. */
export type ChannelsForm = Readonly<Partial<Record<ExceptionChannel, readonly number[]>>>;

/** The second line. */
export interface VisitForm {
  readonly pages?: readonly PagesForm[];
  /** By name and value. */
  readonly vitals?: CountsForm;
  readonly places?: UsersForm;
  readonly referred?: PageForm & { readonly key: string };
}

/** Where the counts of places stand in the second line, as a path of SQLite's JSON functions. */
export const PLACES_PATH = '$.places.counts';

export interface PagesForm {
  /** Kind and source. */
  readonly key: string;
  /** 1 where it is left out. */
  readonly n?: number;
  readonly first: PageForm;
  /** Where it is not the first. */
  readonly last?: PageForm;
}

export interface PageForm {
  readonly at: string;
  /** In base64. */
  readonly id: string;
  readonly url?: string;
  readonly name?: string;
  readonly referrer?: string;
}

/** Where the traits of a session come from (`Session.encodeEarliest`). */
export interface FirstSeenForm {
  readonly at: string;
  /** In base64. */
  readonly id: string;
  /** A bit for each aspect that the record says, in the order of earliest.ts. */
  readonly aspects: number;
  /** Fields that are not what the session shows. */
  readonly rest?: Traits;
}

/** A stored form of a version that this program does not read. Rows of older versions are made again before they are read. */
export class FormVersionError extends Error {
  override readonly name = 'FormVersionError';
}

const NEXT_LINE = '\n';

/** No line of JSON as it is written here has a line feed in it. */
export function aggregateText(form: AggregateForm, visit: string | undefined): string {
  const line = JSON.stringify(form);
  return visit === undefined ? line : line + NEXT_LINE + visit;
}

/** @throws FormVersionError */
export function parseAggregates(text: string): { form: AggregateForm; visit: string | undefined } {
  const end = text.indexOf(NEXT_LINE);
  const form = JSON.parse(end < 0 ? text : text.slice(0, end)) as AggregateForm;
  if (form.v !== FORM_VERSION) {
    throw new FormVersionError(
      `a session is stored in form ${form.v}, and this program reads ${FORM_VERSION}`,
    );
  }
  return { form, visit: end < 0 ? undefined : text.slice(end + 1) };
}

/** The places of encoded aggregates, each once; undefined without a visit. Only the line of the visit is parsed. */
export function placesOfAggregates(text: string): string[] | undefined {
  const end = text.indexOf(NEXT_LINE);
  if (end < 0) return undefined;
  const { places } = JSON.parse(text.slice(end + 1)) as VisitForm;
  return typeof places === 'object' ? Object.keys(places.counts) : [];
}

/** Counts as they are stored; undefined where there are none. Own properties only, whatever the names. */
export function countsForm(entries: readonly (readonly [string, number])[]): CountsForm | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function countsOf(form: CountsForm | undefined): [string, number][] {
  return form === undefined ? [] : Object.entries(form);
}
