import { type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { boundedName } from './bounded-text.js';
import { DIALECTS, METRIC_NAMES } from './dialects/registry.js';
import {
  exceptionKey,
  isExceptionEvent,
  type ReportedExceptionFacts,
  reportedException,
  textsOf,
} from './exceptions.js';
import type { ExceptionFacts, Identity, LifecycleEvent, PriceOf, TitleFacts, VisitFacts } from './facts.js';
import {
  type IdentityFields,
  type IdentityReader,
  type IdentityRole,
  identityConnected,
  roleNumber,
} from './identity.js';
import {
  type CallSide,
  DATA_POINT,
  type Normalizer,
  type RecordContext,
  type RecordFacts,
  type SharedNormalizer,
  type Surroundings,
} from './normalizer.js';
import type { QuietRoutes } from './quiet-routes.js';
import { readReportedConnection } from './release.js';
import {
  hasServiceName,
  OWN_SERVICE_KEYS,
  ownServiceNameOf,
  SERVICE_KEYS,
  serviceNameOf,
  sessionEventKind,
} from './rum.js';
import { SCORE_EVENT } from './score-terms.js';
import { readScore } from './scores.js';
import { createSessionIdReader, readPreviousSession } from './session-id.js';
import { SignatureMemo } from './signature-memo.js';
import type { TagReader } from './tag-reader.js';
import { MAX_TAG_VALUE, NO_TAGS, TagKind, tagOf, tagsText } from './tags.js';
import { errorLine, errorShape, oneLine } from './title/one-line.js';
import { failureOf, messageOf, messageOfEvent, SpanTitles } from './title/title-reader.js';
import { readTool } from './tool-reader.js';
import type { UsageContext, UsageReader } from './usage.js';
import { isUserSide } from './user-side.js';
import type { VisitReader } from './visit/visit-reader.js';

const EVENT_NAME = attributeKey('event.name', KeyGroup.event);
const DATA_POINT_VALUE = attributeKey(DATA_POINT.value, KeyGroup.usage);

const VISIT_OR_PAGE = KeyGroup.visit | KeyGroup.page;

const readSessionId = createSessionIdReader(DIALECTS);

/** Maximum length of a service name, UTF-16 units. */
const MAX_SERVICE_NAME = 256;

/** Bits of `roleNumber`. */
const ROLE_BITS = 3;
const SESSION_OR_IDENTITY = KeyGroup.session | KeyGroup.identity;
/** Enough for some 5,000 concurrent visitors, with records of browsers and several sides of calls. */
const IDENTITIES_CAPACITY = 32_768;
const SURROUNDINGS_CAPACITY = 4096;
const EXCEPTIONS_CAPACITY = 1024;
const TAGS_CAPACITY = 8192;

const EXCEPTION_GROUPS = KeyGroup.exception | KeyGroup.exceptionText;

/** The identity in a record's own attributes. Records of one visitor, from one place in the code, share one. */
class RecordIdentity {
  readonly session: string | undefined;
  readonly fields: IdentityFields | undefined;
  // The last arguments and result of `identity`, which usually repeat.
  #isCombined = false;
  #scope: IdentityFields | undefined;
  #resource: IdentityFields | undefined;
  #peerAddress: string | undefined;
  #identity: Identity | undefined;
  // The last arguments and result of `connected`.
  #connection: string | undefined;
  #connected: Identity | undefined;

  constructor(session: string | undefined, fields: IdentityFields | undefined) {
    this.session = session;
    this.fields = fields;
  }

  /** See `IdentityReader.finish`. */
  identity(
    reader: IdentityReader,
    scope: IdentityFields | undefined,
    resource: IdentityFields | undefined,
    peerAddress: string | undefined,
  ): Identity | undefined {
    if (
      !this.#isCombined ||
      scope !== this.#scope ||
      resource !== this.#resource ||
      peerAddress !== this.#peerAddress
    ) {
      this.#isCombined = true;
      this.#scope = scope;
      this.#resource = resource;
      this.#peerAddress = peerAddress;
      this.#identity = reader.finish(this.fields, scope, resource, peerAddress);
      this.#connection = undefined;
    }
    return this.#identity;
  }

  /**
   * The last identity, with the connection that a record of a visit reports. Equal input gives the same
   * object while it is cached.
   */
  connected(connection: string): Identity {
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.#connected = identityConnected(this.#identity, connection);
    }
    return this.#connected!;
  }
}

/** The facts of a resource, for all of its records. */
interface ResourceFacts {
  readonly serviceName: string | undefined;
  readonly namesService: boolean;
  readonly session: string | undefined;
  readonly identity: IdentityFields | undefined;
  readonly connectionAddress: string | undefined;
  readonly isUserSide: boolean;
  readonly entry: string | undefined;
  readonly tags: SurroundingTags;
}

/** The tags of a resource, or of a scope and its resource. */
interface SurroundingTags {
  /** Different for different objects, 0 without tags. */
  readonly number: number;
  readonly tags: readonly string[];
}

const NO_SURROUNDING_TAGS: SurroundingTags = { number: 0, tags: NO_TAGS };
let surroundingTags = 0;

/** The facts of a scope, for all of its records. */
interface ScopeFacts {
  readonly name: string;
  readonly version: string;
  readonly number: number;
  readonly session: string | undefined;
  readonly identity: IdentityFields | undefined;
  /** Whether the scope or its resource is of a browser or an app. */
  readonly isUserSide: boolean;
  readonly tags: SurroundingTags;
}

const NO_RESOURCE: ResourceFacts = {
  serviceName: undefined,
  namesService: false,
  session: undefined,
  identity: undefined,
  connectionAddress: undefined,
  isUserSide: false,
  entry: undefined,
  tags: NO_SURROUNDING_TAGS,
};
const NO_SCOPE: ScopeFacts = {
  name: '',
  version: '',
  number: 0,
  session: undefined,
  identity: undefined,
  isUserSide: false,
  tags: NO_SURROUNDING_TAGS,
};

const NO_SCOPE_OF_USER: ScopeFacts = { ...NO_SCOPE, isUserSide: true };

/** The exception of a span event. */
type KnownException = Pick<ExceptionFacts, 'key' | 'line'> & { readonly type: string | undefined };

/** Caches that normalisers with the same rules share. */
interface Memos extends Pick<Surroundings, 'resources' | 'scopes'> {
  readonly recordIdentities: SignatureMemo<RecordIdentity>;
  /** Exceptions of span events, by their attributes. */
  readonly exceptions: SignatureMemo<KnownException>;
  readonly spanTitles: SpanTitles;
  /** The tags of records, by those of their surroundings and their own attributes. */
  readonly tags: SignatureMemo<{ readonly text: string | undefined; readonly tool: string | undefined }>;
}

const newMemos = (): Memos => ({
  recordIdentities: new SignatureMemo(IDENTITIES_CAPACITY),
  exceptions: new SignatureMemo(EXCEPTIONS_CAPACITY),
  spanTitles: new SpanTitles(),
  tags: new SignatureMemo(TAGS_CAPACITY),
  resources: new SignatureMemo(SURROUNDINGS_CAPACITY),
  scopes: new SignatureMemo(SURROUNDINGS_CAPACITY),
});

/** Readers of facts that few records have. */
export interface MoreReaders {
  readonly visit?: VisitReader | undefined;
  /** Undefined if no trace is quiet. */
  readonly quietRoutes?: QuietRoutes | undefined;
  readonly tags?: TagReader | undefined;
}

/**
 * The normaliser of OpenTelemetry attributes. Without `who`, `usage` or `visit` it leaves out those facts and
 * still binds records to sessions, which is enough for reading records back.
 */
export class AttributeNormalizer implements SharedNormalizer, Surroundings, UsageContext {
  readonly metricNames = METRIC_NAMES;
  readonly #identity: IdentityReader | undefined;
  readonly #usage: UsageReader | undefined;
  readonly #quietRoutes: QuietRoutes | undefined;
  readonly #visit: VisitReader | undefined;
  readonly #tags: TagReader | undefined;
  readonly #memos: Memos;
  /** The identity of records without identity attributes. */
  readonly #nobody = new RecordIdentity(undefined, undefined);
  readonly priceOf: PriceOf;
  #explainer: AttributeNormalizer | undefined;
  #resource = NO_RESOURCE;
  #scope = NO_SCOPE;
  #context: RecordContext | undefined;
  #spanName: string | undefined;
  /** Of the exception that the record reports itself. */
  #exceptionType: string | undefined;
  /** The tool of which the record reports a run, by its tags. */
  #toolName: string | undefined;
  #attributes: AttributeView | undefined;
  readonly #facts: RecordFacts = {
    session: undefined,
    identity: undefined,
    usage: undefined,
    lifecycleEvent: undefined,
    visit: undefined,
    tags: undefined,
    exceptions: undefined,
    title: undefined,
    quiet: false,
  };

  constructor(
    identity?: IdentityReader,
    usage?: UsageReader,
    { visit, quietRoutes, tags }: MoreReaders = {},
    memos = newMemos(),
  ) {
    this.#memos = memos;
    this.#identity = identity;
    this.#usage = usage;
    this.#visit = visit;
    this.#quietRoutes = quietRoutes;
    this.#tags = tags;
    this.priceOf = usage?.priceOf ?? (() => undefined);
  }

  fork(): Normalizer {
    const more = { visit: this.#visit, quietRoutes: this.#quietRoutes, tags: this.#tags };
    return new AttributeNormalizer(this.#identity, this.#usage, more, this.#memos);
  }

  get explainer(): AttributeNormalizer {
    const usage = this.#usage;
    this.#explainer ??= new AttributeNormalizer(undefined, usage && { ...usage, read: usage.explain });
    return this.#explainer;
  }

  get serviceName(): string | undefined {
    return this.#resource.serviceName;
  }

  get surroundings(): Surroundings {
    return this;
  }

  get resources(): Memos['resources'] {
    return this.#memos.resources;
  }

  get scopes(): Memos['scopes'] {
    return this.#memos.scopes;
  }

  enterResource(facts: unknown): void {
    this.#resource = facts as ResourceFacts;
    const { isUserSide, tags } = this.#resource;
    this.#scope = isUserSide ? NO_SCOPE_OF_USER : NO_SCOPE;
    if (tags.number !== 0) this.#scope = { ...this.#scope, tags };
  }

  enterScope(facts: unknown): void {
    this.#scope = facts as ScopeFacts;
  }

  resource(attributes: AttributeView, connectionAddress?: string): ResourceFacts {
    const text = (name: string) => attributes.text(SERVICE_KEYS.get(name)!);
    const identity = this.#identity?.read(attributes, 'envelope');
    this.enterResource({
      serviceName: boundedService(serviceNameOf(text)),
      namesService: hasServiceName(text),
      session: this.#session(attributes),
      identity,
      connectionAddress,
      // As it will be when the address is read as the attribute that it is stored as.
      isUserSide: connectionAddress !== undefined || this.#isOfUser(attributes, identity),
      entry: (attributes.groups & KeyGroup.page) === 0 ? undefined : this.#visit?.resource(attributes),
      tags: this.#surroundingTags(attributes, NO_SURROUNDING_TAGS),
    } satisfies ResourceFacts);
    return this.#resource;
  }

  scope(attributes: AttributeView, name: string, version: string): ScopeFacts {
    const identity = this.#identity?.read(attributes, 'envelope');
    this.#scope = {
      name,
      version,
      number: readSessionId.scopeNumber(name),
      session: this.#session(attributes),
      identity,
      isUserSide: this.#resource.isUserSide || this.#isOfUser(attributes, identity),
      tags: this.#surroundingTags(attributes, this.#resource.tags),
    };
    return this.#scope;
  }

  record(attributes: AttributeView, context: RecordContext): RecordFacts {
    const facts = this.#facts;
    const { groups } = attributes;
    this.#context = context;
    this.#spanName = undefined;
    facts.service =
      (groups & KeyGroup.resource) === 0 || this.#resource.namesService ? undefined : ownService(attributes);
    facts.lifecycleEvent = undefined;
    const recordIdentity =
      (groups & SESSION_OR_IDENTITY) === 0 ? this.#nobody : this.#recordIdentity(attributes, context.side);
    let own = recordIdentity.session;
    this.#attributes = attributes;
    const eventName = context.isLog ? eventNameOf(attributes, context) : '';
    const event = this.#sessionEvent(attributes, context, eventName);
    if (event !== undefined) {
      own ??= this.#session(context.body, this.#scope.name);
      facts.lifecycleEvent = event;
    }
    facts.session = own ?? this.#scope.session ?? this.#resource.session;
    facts.quiet =
      this.#quietRoutes !== undefined &&
      context.side === 'called' &&
      facts.session === undefined &&
      (groups & KeyGroup.route) !== 0 &&
      this.#quietRoutes.isQuiet(attributes);
    const identity = this.#identity;
    if (identity !== undefined) {
      facts.identity = recordIdentity.identity(
        identity,
        this.#scope.identity,
        this.#resource.identity,
        this.#resource.connectionAddress,
      );
    }
    facts.score = eventName === SCORE_EVENT ? readScore(attributes) : undefined;
    facts.visit = context.isLog
      ? this.#visitOfLog(attributes, context, eventName)
      : this.#visitOfSpan(attributes, context);
    if (facts.visit !== undefined && identity !== undefined) {
      const connection = readReportedConnection(attributes);
      if (connection !== undefined) facts.identity = recordIdentity.connected(connection);
    }
    facts.usage = (groups & KeyGroup.usage) === 0 ? undefined : this.#usage?.read(attributes, this);
    this.#exceptionType = undefined;
    facts.exceptions = context.isLog
      ? this.#logException(attributes, context, eventName)
      : this.#spanExceptions(attributes, context);
    facts.title = this.#title(attributes, context, eventName, facts);
    this.#toolName = undefined;
    facts.tags = this.#tags && this.#tagsOf(attributes, context, this.#tags);
    facts.tool =
      this.#toolName === undefined
        ? undefined
        : readTool(this.#toolName, attributes, this.#scope.name, context.isLog ? eventName : undefined);
    return facts;
  }

  exceptionEvent(attributes: AttributeView, atNs: bigint): ExceptionFacts {
    const { type, ...exception } = this.#exceptionOf(attributes);
    const event: ExceptionFacts = { channel: 'span_event', ...exception, atNs };
    if (type !== undefined) EVENT_TYPES.set(event, type);
    return event;
  }

  eventMessage(attributes: AttributeView, eventName: string): string | undefined {
    return this.#identity === undefined ? undefined : messageOfEvent(attributes, undefined, eventName);
  }

  #exceptionOf(attributes: AttributeView): KnownException {
    const memo = this.#memos.exceptions;
    memo.signature.begin(0);
    const isSigned = attributes.sign(memo.signature, EXCEPTION_GROUPS, 0);
    const known = isSigned ? memo.recall() : undefined;
    if (known !== undefined) return known;
    const reported: Partial<ReportedExceptionFacts> =
      reportedException(textsOf(attributes), { signal: 'span', name: '' }) ?? {};
    // It is kept, for its tag alone.
    const type = reported.type === undefined ? undefined : boundedName(reported.type, MAX_TAG_VALUE);
    const exception = { key: exceptionKey(reported), ...lineOf(reported), type };
    if (isSigned) memo.remember(exception);
    return exception;
  }

  #spanExceptions(attributes: AttributeView, context: RecordContext): readonly ExceptionFacts[] | undefined {
    const { eventExceptions, failed, startNs } = context;
    if ((attributes.groups & KeyGroup.exception) === 0) return eventExceptions;
    const name = this.spanName();
    const reported = reportedException(textsOf(attributes), { signal: 'span', name, failed });
    if (reported === undefined) return eventExceptions;
    this.#exceptionType = reported.type;
    const own: ExceptionFacts = {
      channel: 'span',
      key: exceptionKey(reported, name),
      atNs: startNs,
      ...lineOf(reported, name),
      ...(reported.isCrash && { isCrash: true }),
    };
    return eventExceptions === undefined ? [own] : [...eventExceptions, own];
  }

  #logException(
    attributes: AttributeView,
    { body, startNs }: RecordContext,
    name: string,
  ): readonly ExceptionFacts[] | undefined {
    const groups = attributes.groups | body.groups;
    if ((groups & KeyGroup.exception) === 0 && !isExceptionEvent(name)) return undefined;
    // A data point may be labelled with the exceptions that it counts.
    if (attributes.has(DATA_POINT_VALUE)) return undefined;
    const [own, inBody] = [textsOf(attributes), textsOf(body)];
    const reported = reportedException((key) => own(key) ?? inBody(key), { signal: 'log', name });
    if (reported === undefined) return undefined;
    this.#exceptionType = reported.type;
    return [
      {
        channel: 'log',
        key: exceptionKey(reported, name),
        atNs: startNs,
        ...lineOf(reported, name),
        ...(reported.isCrash && { isCrash: true }),
      },
    ];
  }

  /** Of a batch many spans share one object. */
  #title(
    attributes: AttributeView,
    context: RecordContext,
    eventName: string,
    { usage, exceptions }: RecordFacts,
  ): TitleFacts | undefined {
    if (this.#identity === undefined) return undefined;
    const { isLog, isRoot, side } = context;
    const message = messageOf(attributes, context, eventName, usage);
    if (isLog) return message === undefined ? undefined : { message };
    const isEntry = isRoot || side === 'called' || side === 'consumer';
    const named = isEntry ? this.#memos.spanTitles.named(this.spanName(), isRoot) : undefined;
    const failure = context.failed && exceptions === undefined ? failureOf(attributes, context) : undefined;
    if (message === undefined && failure === undefined) return named;
    return { ...named, ...(message !== undefined && { message }), ...failure };
  }

  /** The tags of a resource or scope, with those around it. */
  #surroundingTags(attributes: AttributeView, outer: SurroundingTags): SurroundingTags {
    const tags = this.#tags?.surroundings(attributes) ?? NO_TAGS;
    if (tags.length === 0) return outer;
    return { number: ++surroundingTags, tags: [...outer.tags, ...tags] };
  }

  #tagsOf(attributes: AttributeView, context: RecordContext, reader: TagReader): string | undefined {
    const { tags: around } = this.#scope;
    const types = errorTags(this.#exceptionType, context.eventExceptions);
    const isTagged = (attributes.groups & KeyGroup.tag) !== 0;
    if (!isTagged && around.number === 0 && types.length === 0) return undefined;
    const memo = this.#memos.tags;
    memo.signature.begin(around.number);
    const isSigned = types.length === 0 && attributes.sign(memo.signature, KeyGroup.tag, 0);
    const known = isSigned ? memo.recall() : undefined;
    if (known !== undefined) {
      this.#toolName = known.tool;
      return known.text;
    }
    let isNamed = false;
    const own = reader.record(attributes, () => {
      isNamed = true;
      return this.spanName();
    });
    const text = tagsText(own, around.tags, types);
    const tool = own.find((tag) => tag.startsWith(TagKind.tool))?.slice(TagKind.tool.length);
    this.#toolName = tool;
    // With the name of the span it is not of the attributes alone.
    if (isSigned && !isNamed) memo.remember({ text, tool });
    return text;
  }

  #session(attributes: AttributeView, scopeName?: string): string | undefined {
    return (attributes.groups & KeyGroup.session) === 0 ? undefined : readSessionId(attributes, scopeName);
  }

  #recordIdentity(attributes: AttributeView, side: CallSide): RecordIdentity {
    const memo = this.#memos.recordIdentities;
    const role = this.#role(side);
    memo.signature.begin((this.#scope.number << ROLE_BITS) | roleNumber(role));
    const isSigned = attributes.sign(memo.signature, SESSION_OR_IDENTITY, KeyGroup.outbound);
    const known = isSigned ? memo.recall() : undefined;
    if (known !== undefined) return known;
    const fields =
      (attributes.groups & KeyGroup.identity) === 0 ? undefined : this.#identity?.read(attributes, role);
    const recordIdentity = new RecordIdentity(this.#session(attributes, this.#scope.name), fields);
    if (isSigned) memo.remember(recordIdentity);
    return recordIdentity;
  }

  #role(side: CallSide): IdentityRole {
    return this.#scope.isUserSide && side === 'caller' ? 'ownCall' : side;
  }

  /** Events such as `session.start` and `session.end` (semconv 1.27 and later; in the body before 1.31). */
  #sessionEvent(attributes: AttributeView, context: RecordContext, name: string): LifecycleEvent | undefined {
    if (name === '') return undefined;
    const kind = sessionEventKind(name);
    if (kind !== 'start') return kind && { kind };
    const previousId = readPreviousSession(attributes) ?? readPreviousSession(context.body);
    return previousId === undefined ? { kind } : { kind, previousId };
  }

  /** Whether a resource or scope is of a browser or an app. */
  #isOfUser(attributes: AttributeView, identity: IdentityFields | undefined): boolean {
    if (this.#identity !== undefined) return identity?.userSide === true;
    return (
      this.#visit !== undefined && (attributes.groups & KeyGroup.identity) !== 0 && isUserSide(attributes)
    );
  }

  /** Spans of calls do not report pages, nor do backends without any attribute of pages, so they are skipped. */
  #visitOfSpan(attributes: AttributeView, context: RecordContext): VisitFacts | undefined {
    if (context.side !== 'unknown') return undefined;
    if (!this.#scope.isUserSide && (attributes.groups & VISIT_OR_PAGE) === 0) return undefined;
    const visit = this.#visit;
    if (visit === undefined) return undefined;
    if ((attributes.groups & KeyGroup.visit) === 0 && !visit.mayBeSpan(context.spanNameHint()))
      return undefined;
    return visit.read({ name: this.spanName(), attributes, body: undefined }, 'span', this.#resource.entry);
  }

  #visitOfLog(attributes: AttributeView, context: RecordContext, name: string): VisitFacts | undefined {
    const visit = this.#visit;
    if (visit === undefined) return undefined;
    if (!visit.isEvent(name) && (attributes.groups & KeyGroup.visit) === 0) return undefined;
    return visit.read({ name, attributes, body: context.body }, 'event', this.#resource.entry);
  }

  get isLog(): boolean {
    return this.#context?.isLog ?? false;
  }

  spanName(): string {
    this.#spanName ??= this.#context?.spanName() ?? '';
    return this.#spanName;
  }

  eventName(): string {
    return this.#context?.isLog === true ? eventNameOf(this.#attributes!, this.#context) : '';
  }

  scopeName(): string {
    return this.#scope.name;
  }

  scopeVersion(): string {
    return this.#scope.version;
  }

  get startNs(): bigint {
    return this.#context?.startNs ?? 0n;
  }
}

function lineOf(
  { type, message }: { readonly type?: string; readonly message?: string },
  name = '',
): Pick<ExceptionFacts, 'line' | 'shape'> {
  const line = errorLine(type, message) ?? oneLine(name);
  if (line === undefined) return {};
  const shape = errorShape(type, message) ?? line;
  return shape === line ? { line } : { line, shape };
}

/** Types of the exceptions of span events. */
const EVENT_TYPES = new WeakMap<ExceptionFacts, string>();

function errorTags(own: string | undefined, events: readonly ExceptionFacts[] = []): readonly string[] {
  if (own === undefined && events.length === 0) return NO_TAGS;
  const types = [own, ...events.map((event) => EVENT_TYPES.get(event))];
  return types.flatMap((type) => (type === undefined ? [] : [tagOf(TagKind.errorType, type)]));
}

function ownService(attributes: AttributeView): string | undefined {
  if (!OWN_SERVICE_KEYS.some((key) => attributes.has(key))) return undefined;
  return boundedService(ownServiceNameOf((name) => attributes.text(SERVICE_KEYS.get(name)!)));
}

function boundedService(name: string | undefined): string | undefined {
  return name === undefined ? undefined : boundedName(name, MAX_SERVICE_NAME);
}

/** The name of an event: a field since OTLP 1.5, an attribute before. */
function eventNameOf(attributes: AttributeView, context: RecordContext): string {
  return context.eventName() || (attributes.text(EVENT_NAME) ?? '');
}
