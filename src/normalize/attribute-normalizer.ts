import { type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { boundedName } from './bounded-text.js';
import { DIALECTS, METRIC_NAMES } from './dialects/registry.js';
import { exceptionKey, isExceptionEvent, textsOf, toldException } from './exceptions.js';
import type { ExceptionFacts, PriceOf, SessionMark, VisitFacts, Who } from './facts.js';
import {
  type CallSide,
  DATA_POINT,
  type Normalizer,
  type RecordContext,
  type RecordFacts,
  type SharedNormalizer,
} from './normalizer.js';
import type { QuietRoutes } from './quiet-routes.js';
import { readToldConnection } from './release.js';
import {
  hasServiceName,
  OWN_SERVICE_KEYS,
  ownServiceNameOf,
  SERVICE_KEYS,
  serviceNameOf,
  sessionEventKind,
} from './rum.js';
import { createSessionIdReader, readPreviousSession } from './session-id.js';
import { SignatureMemo } from './signature-memo.js';
import type { UsageContext, UsageReader } from './usage.js';
import { isUserSide } from './user-side.js';
import type { VisitReader } from './visit/visit-reader.js';
import { roleNumber, type WhoFields, type WhoReader, type WhoRole, whoConnected } from './who.js';

const EVENT_NAME = attributeKey('event.name', KeyGroup.event);
const DATA_POINT_VALUE = attributeKey(DATA_POINT.value, KeyGroup.usage);

const VISIT_OR_PAGE = KeyGroup.visit | KeyGroup.page;

const readSessionId = createSessionIdReader(DIALECTS);

/** Longest service name that is kept, UTF-16 units. */
const MAX_SERVICE_NAME = 256;

/** Of `roleNumber`. */
const ROLE_BITS = 3;
const SESSION_OR_WHO = KeyGroup.session | KeyGroup.who;
/** Records of some 5,000 visitors at a time, from browsers and several sides of calls. */
const IDENTITIES_CAPACITY = 32_768;

/** Whose a record is, by its own attributes. Records of one visitor, from one place in the code, have one in common. */
class Identity {
  readonly session: string | undefined;
  readonly fields: WhoFields | undefined;
  // What it was last combined with, and to what: mostly the same again.
  #isCombined = false;
  #scope: WhoFields | undefined;
  #resource: WhoFields | undefined;
  #peerAddress: string | undefined;
  #who: Who | undefined;
  // The same with a connection.
  #connection: string | undefined;
  #connected: Who | undefined;

  constructor(session: string | undefined, fields: WhoFields | undefined) {
    this.session = session;
    this.fields = fields;
  }

  /** As `WhoReader.finish`. */
  who(
    reader: WhoReader,
    scope: WhoFields | undefined,
    resource: WhoFields | undefined,
    peerAddress: string | undefined,
  ): Who | undefined {
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
      this.#who = reader.finish(this.fields, scope, resource, peerAddress);
      this.#connection = undefined;
    }
    return this.#who;
  }

  /** What `who` gave last, with the connection that a record tells of a visit. Equal input gives the same object for as long as it is remembered. */
  connected(connection: string): Who {
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.#connected = whoConnected(this.#who, connection);
    }
    return this.#connected!;
  }
}

/** What few records concern. */
export interface MoreReaders {
  readonly visit?: VisitReader | undefined;
  /** None where no trace is quiet. */
  readonly quietRoutes?: QuietRoutes | undefined;
}

/**
 * The normaliser of OpenTelemetry attributes. Without `who`, `usage` or `visit` it leaves those facts out and still binds records to
 * sessions: enough for reading them back.
 */
export class AttributeNormalizer implements SharedNormalizer, UsageContext {
  serviceName: string | undefined;
  readonly metricNames = METRIC_NAMES;
  readonly #who: WhoReader | undefined;
  readonly #usage: UsageReader | undefined;
  readonly #quietRoutes: QuietRoutes | undefined;
  readonly #visit: VisitReader | undefined;
  readonly #identities: SignatureMemo<Identity>;
  /** Of records that say nothing of it. */
  readonly #nobody = new Identity(undefined, undefined);
  readonly priceOf: PriceOf;
  #explainer: AttributeNormalizer | undefined;
  // What the resource and scope at hand say.
  #namesService = false;
  #resourceSession: string | undefined;
  #scopeSession: string | undefined;
  #resourceWho: WhoFields | undefined;
  #scopeWho: WhoFields | undefined;
  #connectionAddress: string | undefined;
  #scopeName = '';
  #scopeVersion = '';
  #scopeNumber = 0;
  #isUserSideResource = false;
  #isUserSide = false;
  #entry: string | undefined;
  #context: RecordContext | undefined;
  #spanName: string | undefined;
  #attributes: AttributeView | undefined;
  readonly #facts: RecordFacts = {
    session: undefined,
    who: undefined,
    usage: undefined,
    mark: undefined,
    visit: undefined,
    exceptions: undefined,
    quiet: false,
  };

  constructor(
    who?: WhoReader,
    usage?: UsageReader,
    { visit, quietRoutes }: MoreReaders = {},
    identities = new SignatureMemo<Identity>(IDENTITIES_CAPACITY),
  ) {
    this.#identities = identities;
    this.#who = who;
    this.#usage = usage;
    this.#visit = visit;
    this.#quietRoutes = quietRoutes;
    this.priceOf = usage?.priceOf ?? (() => undefined);
  }

  fork(): Normalizer {
    const more = { visit: this.#visit, quietRoutes: this.#quietRoutes };
    return new AttributeNormalizer(this.#who, this.#usage, more, this.#identities);
  }

  get explainer(): AttributeNormalizer {
    const usage = this.#usage;
    this.#explainer ??= new AttributeNormalizer(undefined, usage && { ...usage, read: usage.explain });
    return this.#explainer;
  }

  resource(attributes: AttributeView, connectionAddress?: string): void {
    this.#connectionAddress = connectionAddress;
    const text = (name: string) => attributes.text(SERVICE_KEYS.get(name)!);
    this.#namesService = hasServiceName(text);
    this.serviceName = boundedService(serviceNameOf(text));
    this.#resourceSession = this.#session(attributes);
    this.#resourceWho = this.#who?.read(attributes, 'envelope');
    this.#scopeSession = undefined;
    this.#scopeWho = undefined;
    this.#isUserSideResource = this.#isOfUser(attributes, this.#resourceWho);
    this.#isUserSide = this.#isUserSideResource;
    this.#entry = (attributes.groups & KeyGroup.page) === 0 ? undefined : this.#visit?.resource(attributes);
  }

  scope(attributes: AttributeView, name: string, version: string): void {
    this.#scopeName = name;
    this.#scopeVersion = version;
    this.#scopeNumber = readSessionId.scopeNumber(name);
    this.#scopeSession = this.#session(attributes);
    this.#scopeWho = this.#who?.read(attributes, 'envelope');
    this.#isUserSide = this.#isUserSideResource || this.#isOfUser(attributes, this.#scopeWho);
  }

  record(attributes: AttributeView, context: RecordContext): RecordFacts {
    const facts = this.#facts;
    const { groups } = attributes;
    this.#context = context;
    this.#spanName = undefined;
    facts.service =
      (groups & KeyGroup.resource) === 0 || this.#namesService ? undefined : ownService(attributes);
    facts.mark = undefined;
    const identity = (groups & SESSION_OR_WHO) === 0 ? this.#nobody : this.#identity(attributes, context.side);
    let own = identity.session;
    this.#attributes = attributes;
    const eventName = context.isLog ? eventNameOf(attributes, context) : '';
    const event = this.#sessionEvent(attributes, context, eventName);
    if (event !== undefined) {
      own ??= this.#session(context.body, this.#scopeName);
      facts.mark = event;
    }
    facts.session = own ?? this.#scopeSession ?? this.#resourceSession;
    facts.quiet =
      this.#quietRoutes !== undefined &&
      context.side === 'called' &&
      facts.session === undefined &&
      (groups & KeyGroup.route) !== 0 &&
      this.#quietRoutes.isQuiet(attributes);
    const who = this.#who;
    if (who !== undefined) {
      facts.who = identity.who(who, this.#scopeWho, this.#resourceWho, this.#connectionAddress);
    }
    facts.visit = context.isLog
      ? this.#visitOfLog(attributes, context, eventName)
      : this.#visitOfSpan(attributes, context);
    if (facts.visit !== undefined && who !== undefined) {
      const connection = readToldConnection(attributes);
      if (connection !== undefined) facts.who = identity.connected(connection);
    }
    facts.usage = (groups & KeyGroup.usage) === 0 ? undefined : this.#usage?.read(attributes, this);
    facts.exceptions = context.isLog
      ? this.#logException(attributes, context, eventName)
      : this.#spanExceptions(attributes, context);
    return facts;
  }

  exceptionEvent(attributes: AttributeView, atNs: bigint): ExceptionFacts {
    const told = toldException(textsOf(attributes), { signal: 'span', name: '' }) ?? {};
    return { channel: 'span_event', key: exceptionKey(told), atNs };
  }

  #spanExceptions(attributes: AttributeView, context: RecordContext): readonly ExceptionFacts[] | undefined {
    const { eventExceptions, failed, startNs } = context;
    if ((attributes.groups & KeyGroup.exception) === 0) return eventExceptions;
    const name = this.spanName();
    const told = toldException(textsOf(attributes), { signal: 'span', name, failed });
    if (told === undefined) return eventExceptions;
    const own: ExceptionFacts = {
      channel: 'span',
      key: exceptionKey(told, name),
      atNs: startNs,
      ...(told.isCrash && { isCrash: true }),
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
    const told = toldException((key) => own(key) ?? inBody(key), { signal: 'log', name });
    if (told === undefined) return undefined;
    const key = exceptionKey(told, name);
    return [{ channel: 'log', key, atNs: startNs, ...(told.isCrash && { isCrash: true }) }];
  }

  #session(attributes: AttributeView, scopeName?: string): string | undefined {
    return (attributes.groups & KeyGroup.session) === 0 ? undefined : readSessionId(attributes, scopeName);
  }

  #identity(attributes: AttributeView, side: CallSide): Identity {
    const memo = this.#identities;
    const role = this.#role(side);
    memo.signature.begin((this.#scopeNumber << ROLE_BITS) | roleNumber(role));
    const isSigned = attributes.sign(memo.signature, SESSION_OR_WHO, KeyGroup.outbound);
    const known = isSigned ? memo.recall() : undefined;
    if (known !== undefined) return known;
    const fields = (attributes.groups & KeyGroup.who) === 0 ? undefined : this.#who?.read(attributes, role);
    const identity = new Identity(this.#session(attributes, this.#scopeName), fields);
    if (isSigned) memo.remember(identity);
    return identity;
  }

  #role(side: CallSide): WhoRole {
    return this.#isUserSide && side === 'caller' ? 'ownCall' : side;
  }

  /** Events such as `session.start` and `session.end` (semconv 1.27 and later; in the body before 1.31). */
  #sessionEvent(attributes: AttributeView, context: RecordContext, name: string): SessionMark | undefined {
    if (name === '') return undefined;
    const kind = sessionEventKind(name);
    if (kind !== 'start') return kind && { kind };
    const previousId = readPreviousSession(attributes) ?? readPreviousSession(context.body);
    return previousId === undefined ? { kind } : { kind, previousId };
  }

  /** Whether a resource or scope is of a browser or an app. */
  #isOfUser(attributes: AttributeView, who: WhoFields | undefined): boolean {
    if (this.#who !== undefined) return who?.userSide === true;
    return this.#visit !== undefined && (attributes.groups & KeyGroup.who) !== 0 && isUserSide(attributes);
  }

  /** A page is no call of anything, so that spans of calls are not looked at, nor those of backends without any attribute of pages. */
  #visitOfSpan(attributes: AttributeView, context: RecordContext): VisitFacts | undefined {
    if (context.side !== 'unknown') return undefined;
    if (!this.#isUserSide && (attributes.groups & VISIT_OR_PAGE) === 0) return undefined;
    const visit = this.#visit;
    if (visit === undefined) return undefined;
    if ((attributes.groups & KeyGroup.visit) === 0 && !visit.mayBeSpan(context.spanNameHint()))
      return undefined;
    return visit.read({ name: this.spanName(), attributes, body: undefined }, 'span', this.#entry);
  }

  #visitOfLog(attributes: AttributeView, context: RecordContext, name: string): VisitFacts | undefined {
    const visit = this.#visit;
    if (visit === undefined) return undefined;
    if (!visit.isEvent(name) && (attributes.groups & KeyGroup.visit) === 0) return undefined;
    return visit.read({ name, attributes, body: context.body }, 'event', this.#entry);
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
    return this.#scopeName;
  }

  scopeVersion(): string {
    return this.#scopeVersion;
  }

  get startNs(): bigint {
    return this.#context?.startNs ?? 0n;
  }
}

function ownService(attributes: AttributeView): string | undefined {
  if (!OWN_SERVICE_KEYS.some((key) => attributes.has(key))) return undefined;
  return boundedService(ownServiceNameOf((name) => attributes.text(SERVICE_KEYS.get(name)!)));
}

function boundedService(name: string | undefined): string | undefined {
  return name === undefined ? undefined : boundedName(name, MAX_SERVICE_NAME);
}

/** The name of an event: a field of its own since OTLP 1.5, an attribute before. */
function eventNameOf(attributes: AttributeView, context: RecordContext): string {
  return context.eventName() || (attributes.text(EVENT_NAME) ?? '');
}
