import type { LifecycleEvent, PageKind, VitalName } from '../facts.js';
import type { Reported } from '../visit/reported.js';
import type { ByRank } from './by-rank.js';

/**
 * The parts of a dialect besides usage: plain data, which the readers of `src/normalize` and
 * `src/conversation` merge into one list for all dialects (`by-rank.ts`). Names of attributes are texts here;
 * each reader declares them for the group that it needs.
 */

/** An attribute with a value that matches. */
export interface ValueMark {
  readonly key: string;
  readonly value: RegExp;
}

/** A text under a key, or in a map under a key. */
export type PlaceName = string | { readonly map: string; readonly entry: string };

/** Start and end of sessions, as reported by SDKs of browsers and apps. */
export interface SessionTerms {
  /** Keys of the previous session's id. */
  readonly previous?: ByRank<PlaceName>;
  /** Events that begin or end a session, by name. */
  readonly events?: Readonly<Record<string, LifecycleEvent['kind']>>;
  /** The service's name on a resource or record with the mark, if the resource has no name of its own. */
  readonly service?: readonly { readonly key: string; readonly mark: ValueMark }[];
}

/** Identity and place of the user. */
export interface IdentityTerms {
  /**
   * Ids of a known user. Ranks: 10 accounts that are more reliable than the convention's `user.id`, 20 the
   * conventions, 30 to 49 ids that an application sets through an SDK, 60 to 69 ids of a group or generated
   * by a machine, 80 e-mail addresses, which can change, 90 names.
   */
  readonly userId?: ByRank<string>;
  /** Fields with the user's id in JSON under a key. */
  readonly userIdInJson?: { readonly key: string; readonly fields: readonly string[] };
  /** Ids that an SDK generated for a browser or an installation of an app. */
  readonly anonymousId?: ByRank<string>;
  /** The version of the application that the user uses, on any record. */
  readonly release?: ByRank<string>;
  /** The kind of network connection, on a resource. */
  readonly connection?: ByRank<string>;
  /** The same on resources, scopes and records that report a visit. */
  readonly visitConnection?: ByRank<string>;
  readonly place?: PlaceTerms;
  readonly device?: DeviceTerms;
  /** The address of the client. */
  readonly address?: ByRank<string>;
  /** Services that run on the user's own machine and are recognised only by their name. */
  readonly userSideServices?: readonly string[];
  /** Identifies the resource or scope of a browser or an app: one of the keys, or one of the values. */
  readonly userSide?: { readonly keys?: readonly string[]; readonly values?: readonly ValueMark[] };
}

/** Reported places of the user. For `region` names come before codes, which have the rank 70. */
export interface PlaceTerms {
  readonly countryCode?: ByRank<string>;
  readonly countryName?: ByRank<string>;
  readonly region?: ByRank<string>;
  readonly city?: ByRank<string>;
  readonly postalCode?: ByRank<string>;
  readonly timezone?: ByRank<string>;
}

/** The device of the user. */
export interface DeviceTerms {
  readonly userAgent?: ByRank<string>;
  readonly browser?: ByRank<{ readonly name: string; readonly version?: string }>;
  readonly type?: ByRank<string>;
  /** Models that show the type of the device. */
  readonly model?: ByRank<string>;
  /** Models for display, with names that people know first. */
  readonly shownModel?: ByRank<string>;
  /** Systems of the client; these never mean the host of a service. */
  readonly clientOs?: ByRank<string>;
  readonly clientOsVersion?: ByRank<string>;
}

/** Whether an exception ended or froze the app. */
export type Outcome = 'exception' | 'crash';

/** Identifies a record that reports an exception. */
export interface ExceptionMark {
  readonly key: string;
  /** The values that mark it, and their outcome; any value if left out. */
  readonly values?: ReadonlyMap<string, Outcome>;
  /** The kind of record that it marks; any kind if left out. */
  readonly on?: 'log' | 'span';
  /** On a span with the status ERROR it counts only together with one of these. */
  readonly unlessFailed?: readonly string[];
}

export interface ExceptionTerms {
  /** Attributes with its type, message and stack trace, best first. */
  readonly type: readonly string[];
  readonly message: readonly string[];
  readonly stacktrace: readonly string[];
  /** Any of these identifies a record that reports an exception. */
  readonly marks?: readonly ExceptionMark[];
  /**
   * Names of log records that report an exception whatever their attributes are. For a span whose attributes
   * report an exception, the name gives the outcome.
   */
  readonly events?: Readonly<Record<string, Outcome>>;
  /** Its attributes have general names: they are read only beside one of its marks. */
  readonly isGeneral?: true;
  /**
   * An attribute of log records with the frames of a stack trace: `{ frames: [{ filename, function, lineno,
   * colno }] }`.
   */
  readonly frames?: string;
  /** A collector may leave these fields as `key=value` in the body of log records with the mark. */
  readonly logfmt?: { readonly mark: { readonly key: string; readonly value: string } };
}

/**
 * One way in which a sender reports that a page or screen was entered. The first rule that matches a record
 * counts.
 */
export interface PageRule {
  /** The reporting instrument: `PageView.source`. */
  readonly source: string;
  /** Names of spans of kind INTERNAL. */
  readonly spans?: readonly string[];
  /** A pattern for variable span names; the first group is an address or a name of the page. */
  readonly pattern?: RegExp;
  /** Names of events, which are log records. */
  readonly events?: readonly string[];
  /** In place of names: an attribute of a span, and its value unless any value matches. */
  readonly mark?: { readonly key: string; readonly value?: string };
  /**
   * `navigation`: a route within one document (`VisitTerms.sameDocument`), or a document that was loaded.
   * `view`: a screen if it has no address, else a document for the first one and a route after it. A function
   * returns undefined if no page was entered.
   */
  readonly kind: PageKind | 'view' | 'navigation' | ((reported: Reported) => PageKind | undefined);
  /** Keys of the address, before those of all dialects. */
  readonly urls?: readonly PlaceName[];
  /** Keys of route, screen or title, before those of all dialects. */
  readonly names?: readonly PlaceName[];
  /** The title names it rather than the route. */
  readonly isTitled?: true;
  /** Its default name is the span's. */
  readonly isNamedBySpan?: true;
  /** Of a `view`: the keys of the previous view. */
  readonly from?: readonly PlaceName[];
  /** The name is so general that the record counts only with an address or a name of a page. */
  readonly needsPage?: true;
  /** A changed fragment is a new page only if the fragment is a route. */
  readonly isHashChange?: (reported: Reported) => boolean;
}

/** Pages of a visit. */
export interface VisitTerms {
  readonly pages?: ByRank<PageRule>;
  /** Keys that mean the address of the page on any record, even on a request to another address. */
  readonly urls?: ByRank<string>;
  /**
   * Next in order: the address that the record is about. It is the page's, unless it is that of a request or
   * a loaded file.
   */
  readonly ownUrls?: ByRank<string>;
  /**
   * Next in order, on records that report an entered page: general names, and a mere path, mean the page only
   * there.
   */
  readonly enteredUrls?: ByRank<string>;
  /** Names of screens of apps. */
  readonly screens?: ByRank<string>;
  /** Next in order, on records that report an entered screen. On other records they name parts of a screen. */
  readonly enteredScreens?: ByRank<string>;
  readonly referrers?: ByRank<string>;
  /** On the resource: the referrer of the visit's first page. */
  readonly entryReferrer?: string;
  readonly routes?: ByRank<PlaceName>;
  readonly titles?: ByRank<string>;
  /** `true` if a navigation stays within one document. */
  readonly sameDocument?: ByRank<PlaceName>;
  readonly vitals?: VitalTerms;
}

/** A vital by name and value, in attributes that identify it by themselves. */
export interface NamedVitalTerms {
  readonly name: string;
  readonly value: string;
  /** The required type of the measurement. */
  readonly type?: { readonly key: string; readonly value: string };
}

/** Core web vitals. */
export interface VitalTerms {
  readonly named?: ByRank<NamedVitalTerms>;
  /** Keys of the id of a measurement, or of its page load. */
  readonly ids?: ByRank<PlaceName>;
  /** Events whose fields are just `name` and `value`. */
  readonly events?: readonly string[];
  /** Spans with an attribute named like the vital: `lcp`. */
  readonly spans?: readonly string[];
  /** The same for spans with this mark. */
  readonly markedSpans?: ValueMark;
  /** Attributes of a single vital each. */
  readonly own?: ByRank<(vital: VitalName) => string>;
}

/** Runs of tools and other facts for a conversation, besides messages. */
export interface ConversationTerms {
  readonly tools?: ToolTerms;
  /** Why a call ended: a text, or a list of texts. */
  readonly finishReasons?: ByRank<string>;
  /** Keys with the operation of a call. A value with `embed` is not part of a conversation. */
  readonly operations?: ByRank<string>;
  /** Ids of the call on log records with messages, like `UsageKeys.callIds`. */
  readonly requestIds?: ByRank<string>;
  /** Position among log records of the same time. */
  readonly places?: ByRank<string>;
  /** A span with this value failed, whatever its status is. */
  readonly failedWhere?: { readonly key: string; readonly value: string };
  /** Texts with the reason of a span's failure, after `error.message`. */
  readonly failures?: ByRank<string>;
}

export interface ToolTerms {
  /** Keys of the tool's name that only runs of tools have. */
  readonly names?: ByRank<string>;
  /** Keys of the tool's name, read after those, that other spans have too. */
  readonly looseNames?: ByRank<string>;
  readonly callIds?: ByRank<string>;
  readonly arguments?: ByRank<string>;
  readonly results?: ByRank<string>;
  /** Keys that are false if the run failed. */
  readonly succeeded?: ByRank<string>;
  /** Keys of the duration on log records, ms. */
  readonly durations?: ByRank<string>;
  /** The kind of a span, and the value for a run of a tool. The first present key decides. */
  readonly kinds?: ByRank<ValueMark>;
  /** Names of spans that are runs of tools. */
  readonly spans?: RegExp;
  /** The prefix of the tool's name in those. */
  readonly beforeName?: RegExp;
  /** An event of the span with the result, under the first present key. */
  readonly resultEvent?: { readonly name: string; readonly keys: readonly string[] };
  /** A span with this value hands over to another agent, and is not a run of a tool. */
  readonly handoff?: { readonly key: string; readonly value: string };
}
