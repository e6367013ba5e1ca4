import { type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { boundedName } from './bounded-text.js';
import { DIALECTS, METRIC_NAMES } from './dialects/registry.js';
import { exceptionKey, isExceptionEvent, textsOf, toldException } from './exceptions.js';
import type { ExceptionFacts, PriceOf, SessionMark } from './facts.js';
import {
  type CallSide,
  DATA_POINT,
  type Normalizer,
  type RecordContext,
  type RecordFacts,
  type SharedNormalizer,
} from './normalizer.js';
import type { QuietRoutes } from './quiet-routes.js';
import {
  hasServiceName,
  OWN_SERVICE_KEYS,
  ownServiceNameOf,
  SERVICE_KEYS,
  serviceNameOf,
  sessionEventKind,
} from './rum.js';
import { createSessionIdReader, readPreviousSession } from './session-id.js';
import type { UsageContext, UsageReader } from './usage.js';
import type { WhoFields, WhoReader, WhoRole } from './who.js';

const EVENT_NAME = attributeKey('event.name', KeyGroup.event);
const DATA_POINT_VALUE = attributeKey(DATA_POINT.value, KeyGroup.usage);

const readSessionId = createSessionIdReader(DIALECTS);

/** Longest service name that is kept, UTF-16 units. */
const MAX_SERVICE_NAME = 256;

/**
 * The normaliser of OpenTelemetry attributes. Without `who` or `usage` it leaves those facts out and still binds records to
 * sessions: enough for reading them back.
 */
export class AttributeNormalizer implements SharedNormalizer, UsageContext {
  serviceName: string | undefined;
  readonly metricNames = METRIC_NAMES;
  readonly #who: WhoReader | undefined;
  readonly #usage: UsageReader | undefined;
  readonly #quietRoutes: QuietRoutes | undefined;
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

  constructor(who?: WhoReader, usage?: UsageReader, quietRoutes?: QuietRoutes) {
    this.#who = who;
    this.#usage = usage;
    this.#quietRoutes = quietRoutes;
    this.priceOf = usage?.priceOf ?? (() => undefined);
  }

  fork(): Normalizer {
    return new AttributeNormalizer(this.#who, this.#usage, this.#quietRoutes);
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
  }

  scope(attributes: AttributeView, name: string, version: string): void {
    this.#scopeName = name;
    this.#scopeVersion = version;
    this.#scopeSession = this.#session(attributes);
    this.#scopeWho = this.#who?.read(attributes, 'envelope');
  }

  record(attributes: AttributeView, context: RecordContext): RecordFacts {
    const facts = this.#facts;
    const { groups } = attributes;
    this.#context = context;
    this.#spanName = undefined;
    facts.service =
      (groups & KeyGroup.resource) === 0 || this.#namesService ? undefined : ownService(attributes);
    facts.mark = undefined;
    let own = this.#session(attributes, this.#scopeName);
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
    const recordWho =
      (groups & KeyGroup.who) === 0 ? undefined : this.#who?.read(attributes, this.#role(context.side));
    facts.who = this.#who?.finish(recordWho, this.#scopeWho, this.#resourceWho, this.#connectionAddress);
    this.#attributes = attributes;
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

  #role(side: CallSide): WhoRole {
    const isOwn = this.#resourceWho?.userSide === true || this.#scopeWho?.userSide === true;
    return isOwn && side === 'caller' ? 'ownCall' : side;
  }

  /** Events such as `session.start` and `session.end` (semconv 1.27 and later; in the body before 1.31). */
  #sessionEvent(attributes: AttributeView, context: RecordContext, name: string): SessionMark | undefined {
    if (name === '') return undefined;
    const kind = sessionEventKind(name);
    if (kind !== 'start') return kind && { kind };
    const previousId = readPreviousSession(attributes) ?? readPreviousSession(context.body);
    return previousId === undefined ? { kind } : { kind, previousId };
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
