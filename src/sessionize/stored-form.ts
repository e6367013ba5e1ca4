import type { ExceptionChannel, ScoreFacts } from '../normalize/facts.js';
import type { Traits } from './earliest.js';

/**
 * The stored form of a session: JSON with named fields. What is 0, empty or false is left out. Times, and
 * amounts that may exceed 2^53, are decimal text. Each class converts its part to this form and back; only
 * this file defines the form.
 *
 * The aggregates (`Session.encodeSums`) are one line. A visit is a second line, which most readers skip
 * without parsing it.
 */

/**
 * Version of the form, raised with any change of it. Rows of another version are not read: everything is
 * folded again (`engine/identity.ts`).
 */
export const FORM_VERSION = 4;

/** The aggregates of a session without its visit. */
export interface AggregateForm {
  /** `FORM_VERSION`. */
  readonly v: number;
  /** Fragments with records. */
  readonly groups?: number;
  /** Fragments of any kind. If left out, as many as `groups`. */
  readonly fragments?: number;
  readonly explicit?: number;
  readonly byUser?: number;
  readonly echo?: number;
  readonly quiet?: number;
  /** If left out, as many as `groups`. */
  readonly traces?: number;
  readonly spans?: number;
  readonly logs?: number;
  readonly errors?: number;
  readonly starts?: readonly StretchForm[];
  readonly ends?: readonly StretchForm[];
  readonly lifecycle?: readonly StretchForm[];
  /** Present if a later time is not believed yet. */
  readonly believedUntilNs?: string;
  readonly services?: CountsForm;
  readonly usage?: UsageForm;
  readonly users?: UsersForm;
  readonly tags?: UsersForm;
  readonly exceptions?: ExceptionsForm;
  readonly scores?: ScoresForm;
  readonly tools?: ToolsForm;
  readonly failures?: ErrorsForm;
}

/** Counts by name. */
export type CountsForm = Readonly<Record<string, number>>;

/** Times that belong together (stretches.ts). */
export interface StretchForm {
  /** The first time, ns since 1970. */
  readonly at: string;
  /** From the first to the last time, ns. */
  readonly ns: string;
  /** The number of times. */
  readonly n: number;
}

/** The usage of a session. */
export interface UsageForm extends AmountsForm {
  readonly models?: readonly ModelForm[];
  readonly providers?: CountsForm;
  /** Records that report calls, by reporter and dialect. */
  readonly reports: Readonly<Partial<Record<Reporter, CountsForm>>>;
  /** The greatest cost of a call that counts, nano-USD. */
  readonly dearest?: number;
  /** The greatest duration of a call that counts, ns. */
  readonly longest?: number;
  readonly marks?: MarksForm;
  readonly needsDeduplication?: true;
  /** Present if calls of different groups may be one: which signals report the calls of each dialect. */
  readonly signals?: readonly SignalForm[];
}

/** Signals, and records that are superseded in their group as if these were a signal. */
export const REPORTERS = ['span', 'log', 'metric', 'superseded'] as const;
export type Reporter = (typeof REPORTERS)[number];

export interface AmountsForm {
  readonly calls?: number;
  /** Records that count and are not calls. */
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
  /** Left out if all usage of the session is of this model. */
  readonly own?: AmountsForm;
}

/**
 * Marks of calls by their ids (call-marks.ts). A small number is stored here in base64. More are stored in
 * rows of their own: each write appends a row with the changes.
 */
export type MarksForm = string | { readonly rows: number; readonly entries: number; readonly digest: number };

/** What is known of the call records of one dialect (U18). */
export interface SignalForm {
  readonly dialect: string;
  /** Whether any of them has usage, counting or not. */
  readonly reports?: true;
  /**
   * The precedence of those that come first among the counting records with usage; left out if there are
   * none.
   */
  readonly first?: number;
  /** Whether all of those that come first have ids. */
  readonly haveIds?: true;
}

/**
 * The number of fragments with the shown user, if there is no other user; otherwise all kept users as sorted
 * by code unit, and the number of fragments of each.
 */
export type UsersForm =
  | number
  | { readonly ids: readonly string[]; readonly counts: readonly number[]; readonly isCut?: true };

/** Exceptions by kind, as columns: there may be thousands of kinds. */
export interface ExceptionsForm {
  readonly isFolded?: true;
  readonly kinds: readonly number[];
  readonly counts: ChannelsForm;
  readonly crashes: ChannelsForm;
}

/** Scores (scores.ts). */
export interface ScoresForm {
  readonly isCut?: true;
  /** Of scores without an id. */
  readonly sums: readonly (readonly [
    name: string,
    count: number,
    valued: number,
    units: string,
    labels: readonly (readonly [string, number])[],
  ])[];
  /** The latest version of each score with an id. */
  readonly versions: readonly ScoreVersionForm[];
}

export interface ScoreVersionForm extends Omit<ScoreFacts, 'givenNs'> {
  readonly givenNs: string;
  /** In base64. */
  readonly record: string;
}

/** Calls of tools (tool-sums.ts). */
export interface ToolsForm {
  readonly isCut?: true;
  readonly sums: readonly {
    readonly name: string;
    readonly spans?: ToolSumForm;
    readonly logs?: ToolSumForm;
  }[];
}

/** After the counts: the digits of the durations, then these in microseconds, each followed by the number of its calls. */
export type ToolSumForm = readonly [
  calls: number,
  failures: number,
  retries: number,
  digits: 2 | 3,
  ...number[],
];

/** Errors by shape (error-sums.ts). */
export interface ErrorsForm {
  readonly isCut?: true;
  readonly sums: readonly (readonly [
    shape: string,
    counts: readonly number[],
    firstNs: string,
    /** From the first to the last time. */
    ns: string,
  ])[];
}

/** For each channel with any: a number for each kind. */
export type ChannelsForm = Readonly<Partial<Record<ExceptionChannel, readonly number[]>>>;

/** The second line. */
export interface VisitForm {
  readonly pages?: readonly PagesForm[];
  /** Counts by name and value. */
  readonly vitals?: CountsForm;
  readonly places?: UsersForm;
  readonly referred?: PageForm & { readonly key: string };
}

/** The path of the places in the second line, for the JSON functions of SQLite. */
export const PLACES_PATH = '$.places.ids';

export interface PagesForm {
  /** Kind and source. */
  readonly key: string;
  /** 1 if left out. */
  readonly n?: number;
  readonly first: PageForm;
  /** Left out if it is the first. */
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
  /** A bit for each aspect that the record supplies, in the order of earliest.ts. */
  readonly aspects: number;
  /** Fields that differ from what the session shows. */
  readonly rest?: Traits;
}

/**
 * A stored form of a version that this program does not read. Rows of older versions are made again before
 * they are read.
 */
export class FormVersionError extends Error {
  override readonly name = 'FormVersionError';
}

const NEXT_LINE = '\n';

/** Joins the lines. JSON as written here contains no line feed. */
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
export function placesOfAggregates(text: string): readonly string[] | undefined {
  const end = text.indexOf(NEXT_LINE);
  if (end < 0) return undefined;
  const { places } = JSON.parse(text.slice(end + 1)) as VisitForm;
  return typeof places === 'object' ? places.ids : [];
}

/** Counts as they are stored; undefined where there are none. Own properties only, whatever the names. */
export function countsForm(entries: readonly (readonly [string, number])[]): CountsForm | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function countsOf(form: CountsForm | undefined): [string, number][] {
  return form === undefined ? [] : Object.entries(form);
}
