import type { LifecycleEvent, PageKind, VitalName } from '../facts.js';
import type { Reported } from '../visit/reported.js';
import type { ByRank } from './by-rank.js';

/**
 * What a dialect declares besides usage: plain data, which the readers of `src/normalize` and `src/conversation` put into one list for all
 * dialects (`by-rank.ts`). Names of attributes are texts here; whoever reads them declares them for the group that it needs.
 */

/** An attribute with one of these values. */
export interface ValueMark {
  readonly key: string;
  readonly value: RegExp;
}

/** A text, or a text in a map under the key. */
export type PlaceName = string | { readonly map: string; readonly entry: string };

/** The life of a session, as SDKs of browsers and apps tell it. */
export interface SessionTerms {
  /** Where the id of the session before stands. */
  readonly previous?: ByRank<PlaceName>;
  /** Events that begin or end a session, by name. */
  readonly events?: Readonly<Record<string, LifecycleEvent['kind']>>;
  /** The service's name on a resource or record with the mark, where the resource has no name of its own. */
  readonly service?: readonly { readonly key: string; readonly mark: ValueMark }[];
}

/** Who the user is, and where. */
export interface IdentityTerms {
  /**
   * Ids of a user who is known. Ranks: 10 accounts that are surer than the convention's `user.id`, 20 the conventions, 30 to 49 what an application sets through
   * an SDK, 60 to 69 what is a group's or made by a machine, 80 e-mail addresses, which can change, 90 names.
   */
  readonly userId?: ByRank<string>;
  /** Fields with the user's id in JSON under a key. */
  readonly userIdInJson?: { readonly key: string; readonly fields: readonly string[] };
  /** Ids that an SDK made up for a browser or an installation of an app. */
  readonly anonymousId?: ByRank<string>;
  /** The version of what the user sits in front of, whatever carries it. */
  readonly release?: ByRank<string>;
  /** The kind of the connection to the network, on a resource. */
  readonly connection?: ByRank<string>;
  /** The same on resources, scopes and those records that report a visit. */
  readonly visitConnection?: ByRank<string>;
  readonly place?: PlaceTerms;
  readonly device?: DeviceTerms;
  /** The address of the client. */
  readonly address?: ByRank<string>;
  /** Services that run on the user's own machine and say so with nothing but their name. */
  readonly userSideServices?: readonly string[];
  /** What makes a resource or scope that of a browser or an app: one of the keys, or one of the values. */
  readonly userSide?: { readonly keys?: readonly string[]; readonly values?: readonly ValueMark[] };
}

/** Explicit places of the user. Of `region` names come before codes, which have the rank 70. */
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
  /** Models by which the type of the device is known. */
  readonly model?: ByRank<string>;
  /** Models to show, the names that people know first. */
  readonly shownModel?: ByRank<string>;
  /** Systems of the client; these never mean the host of a service. */
  readonly clientOs?: ByRank<string>;
  readonly clientOsVersion?: ByRank<string>;
}

/** Whether an exception ended the app, or made it stand still. */
export type Outcome = 'exception' | 'crash';

/** What makes a record one that reports an exception. */
export interface ExceptionMark {
  readonly key: string;
  /** Which values mark it, and what they say; left out where any value does. */
  readonly values?: ReadonlyMap<string, Outcome>;
  /** The kind of record that it marks; left out where it is any. */
  readonly on?: 'log' | 'span';
  /** On a span with the status ERROR it counts only beside one of these. */
  readonly unlessFailed?: readonly string[];
}

export interface ExceptionTerms {
  /** Attributes with its type, message and stack trace, best first. */
  readonly type: readonly string[];
  readonly message: readonly string[];
  readonly stacktrace: readonly string[];
  /** Any of these makes a record one that reports an exception. */
  readonly marks?: readonly ExceptionMark[];
  /** Names of log records that report an exception whatever their attributes are; of a span whose attributes report one, the name says the outcome. */
  readonly events?: Readonly<Record<string, Outcome>>;
  /** Its attributes have names that anything may have: they are read only where one of its marks is. */
  readonly isGeneral?: true;
  /** An attribute of log records with the frames of a stack trace: `{ frames: [{ filename, function, lineno, colno }] }`. */
  readonly frames?: string;
  /** A collector may leave these fields as `key=value` in the body of log records with the mark. */
  readonly logfmt?: { readonly mark: { readonly key: string; readonly value: string } };
}

/** One way in which a sender tells that a page or screen was entered. The first rule that fits a record counts. */
export interface PageRule {
  /** What reports it: `PageView.source`. */
  readonly source: string;
  /** Names of spans of kind INTERNAL. */
  readonly spans?: readonly string[];
  /** What names of spans look like, where they are not all the same; the first group is an address or a name of the page. */
  readonly pattern?: RegExp;
  /** Names of events, which are log records. */
  readonly events?: readonly string[];
  /** Instead of names: an attribute of a span, and its value where not any will do. */
  readonly mark?: { readonly key: string; readonly value?: string };
  /**
   * `navigation`: a route within one document (`VisitTerms.sameDocument`), or a document that was loaded. `view`: a screen where it has no address, else a document
   * for the first one and a route after it. A function gives undefined where no page was entered.
   */
  readonly kind: PageKind | 'view' | 'navigation' | ((reported: Reported) => PageKind | undefined);
  /** Where the address stands, before those of all dialects. */
  readonly urls?: readonly PlaceName[];
  /** Where route, screen or title stand, before those of all dialects. */
  readonly names?: readonly PlaceName[];
  /** The title names it before the route does. */
  readonly isTitled?: true;
  /** Without another name it has the span's. */
  readonly isNamedBySpan?: true;
  /** Of a `view`: where it says what was left for it. */
  readonly from?: readonly PlaceName[];
  /** Nothing that a name so general says counts without an address or a name of a page. */
  readonly needsPage?: true;
  /** A new fragment alone is a new page only where the fragment is a route. */
  readonly isHashChange?: (reported: Reported) => boolean;
}

/** Pages of a visit. */
export interface VisitTerms {
  readonly pages?: ByRank<PageRule>;
  /** Addresses that are those of the page on whatever record they stand, a request for something else too. */
  readonly urls?: ByRank<string>;
  /** Behind those: addresses of what the record is about. That is its page, unless it is a request or a file that was loaded. */
  readonly ownUrls?: ByRank<string>;
  /** Behind those, where a record says that a page was entered: names so general, and a mere path, mean the page nowhere else. */
  readonly enteredUrls?: ByRank<string>;
  /** Names of screens of apps. */
  readonly screens?: ByRank<string>;
  /** Behind those, where a record says that a screen was entered. On other records they name parts of one. */
  readonly enteredScreens?: ByRank<string>;
  readonly referrers?: ByRank<string>;
  /** On the resource: the referrer of the page that the visit began with. */
  readonly entryReferrer?: string;
  readonly routes?: ByRank<PlaceName>;
  readonly titles?: ByRank<string>;
  /** `true` where a navigation stays within one document. */
  readonly sameDocument?: ByRank<PlaceName>;
  readonly vitals?: VitalTerms;
}

/** A vital by name and value, in attributes that show of themselves what they are. */
export interface NamedVitalTerms {
  readonly name: string;
  readonly value: string;
  /** Of what type the measurement has to be. */
  readonly type?: { readonly key: string; readonly value: string };
}

/** Core web vitals. */
export interface VitalTerms {
  readonly named?: ByRank<NamedVitalTerms>;
  /** Ids of a measurement, or of the page load that it is of. */
  readonly ids?: ByRank<PlaceName>;
  /** Events of which the fields are just `name` and `value`. */
  readonly events?: readonly string[];
  /** Spans of which an attribute has the vital's own name: `lcp`. */
  readonly spans?: readonly string[];
  /** The same, on spans that have this mark. */
  readonly markedSpans?: ValueMark;
  /** Keys of one vital each, which show of themselves what they are. */
  readonly own?: ByRank<(vital: VitalName) => string>;
}

/** Runs of tools and what else a conversation shows of a record, besides messages. */
export interface ConversationTerms {
  readonly tools?: ToolTerms;
  /** Why a call ended: a text, or a list of them. */
  readonly finishReasons?: ByRank<string>;
  /** Keys that say what a call does; one that says `embed` there is no part of a conversation. */
  readonly operations?: ByRank<string>;
  /** On log records with what was said: ids of the call, as `UsageKeys.callIds` has them. */
  readonly requestIds?: ByRank<string>;
  /** On log records: their places among those of one time. */
  readonly places?: ByRank<string>;
  /** A span that has this value failed, whatever its status is. */
  readonly failedWhere?: { readonly key: string; readonly value: string };
  /** Texts that say why a span failed, after `error.message`. */
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
  /** What a span calls its kind, and what it says there of the run of a tool. The first key that is there decides. */
  readonly kinds?: ByRank<ValueMark>;
  /** Names of spans that are runs of tools. */
  readonly spans?: RegExp;
  /** What stands before the tool's name in those. */
  readonly beforeName?: RegExp;
  /** An event of the span with the result, under the first of these that is there. */
  readonly resultEvent?: { readonly name: string; readonly keys: readonly string[] };
  /** A span with this value hands over to another agent: the run of no tool. */
  readonly handoff?: { readonly key: string; readonly value: string };
}
