import { type AttributeKey, attributeKey, KeyGroup } from './attributes.js';
import type { SessionMark } from './facts.js';

/**
 * How a sender of browsers and apps names sessions, where that is not what OpenTelemetry says (`session.id`, `session.previous_id`, events
 * `session.start` and `session.end`). What such senders say of users, devices and addresses stands in the tables of `who.ts` and
 * `client-device.ts`: there the order counts, over all senders.
 */
interface RumDialect {
  readonly name: string;
  /** Keys of the session's id, best first. */
  readonly sessionKeys?: readonly string[];
  /** Keys of the id of the session before. */
  readonly previousSession?: readonly PreviousSession[];
  /** Events that begin or end a session, by name. */
  readonly events?: Readonly<Record<string, SessionMark['kind']>>;
  /** Where the service's name stands on a resource or record with the mark of this sender, if the resource has no name of its own. */
  readonly service?: { readonly key: string; readonly mark: ServiceMark };
}

/** A text, or a text in a map. */
interface PreviousSession {
  readonly key: string;
  readonly entry?: string;
}

interface ServiceMark {
  readonly key: string;
  readonly value: RegExp;
}

const RUM_DIALECTS: readonly RumDialect[] = [
  {
    name: 'OpenTelemetry (also Swift, Android, Honeycomb, Dash0, Elastic, Sentry)',
    previousSession: [{ key: 'session.previous_id' }],
    events: { 'session.start': 'start', 'session.end': 'end' },
  },
  {
    name: 'Grafana Faro',
    previousSession: [
      { key: 'session.attributes', entry: 'previousSession' },
      { key: 'session.attributes.previousSession' },
    ],
    events: { session_start: 'start', session_extend: 'start' },
  },
  {
    name: 'Splunk RUM',
    sessionKeys: ['splunk.rumSessionId'],
    service: { key: 'app', mark: { key: 'telemetry.sdk.name', value: /^@splunk\// } },
  },
  {
    name: 'Splunk RUM, before 1.0 and in apps',
    service: { key: 'app', mark: { key: 'splunk.rumVersion', value: /./ } },
  },
  {
    name: 'Splunk RUM in apps, before 2.0: all stands on spans',
    previousSession: [{ key: 'splunk.rum.previous_session_id' }],
    service: { key: 'app', mark: { key: 'splunk.rumSessionId', value: /./ } },
  },
  { name: 'HyperDX', sessionKeys: ['rum.sessionId'] },
  // `emb.session_part_id` is a part of a session, and no session.
  {
    name: 'Embrace',
    sessionKeys: ['emb.user_session_id', 'emb.session_id'],
    previousSession: [{ key: 'emb.user_session_previous_id' }],
  },
  { name: 'Datadog', sessionKeys: ['_dd.session.id'] },
];

/** Keys of session ids. */
export const RUM_SESSION_KEYS: readonly AttributeKey[] = RUM_DIALECTS.flatMap(({ sessionKeys = [] }) =>
  sessionKeys.map((key) => attributeKey(key, KeyGroup.session)),
);

/** Where the id of the session before stands. */
export const PREVIOUS_SESSION_KEYS: readonly { readonly key: AttributeKey; readonly entry?: string }[] =
  RUM_DIALECTS.flatMap(({ previousSession = [] }) =>
    previousSession.map(({ key, entry }) => {
      attributeKey(key, KeyGroup.event);
      return { key: attributeKey(key, KeyGroup.who), ...(entry === undefined ? {} : { entry }) };
    }),
  );

/** What an event of this name says of its session; undefined where it is no such event. */
export function sessionEventKind(name: string): SessionMark['kind'] | undefined {
  return EVENTS.get(name);
}

const EVENTS: ReadonlyMap<string, SessionMark['kind']> = new Map(
  RUM_DIALECTS.flatMap(({ events = {} }) => Object.entries(events)),
);

const SERVICES = RUM_DIALECTS.flatMap(({ service }) => (service === undefined ? [] : [service]));

/** Attributes of resources and records that the functions below ask for. */
export const SERVICE_KEYS: ReadonlyMap<string, AttributeKey> = new Map(
  ['service.name', ...SERVICES.flatMap(({ key, mark }) => [key, mark.key])].map((name) => [
    name,
    attributeKey(name, KeyGroup.resource),
  ]),
);

/** Where the sender's own attribute for the service's name may stand. */
export const OWN_SERVICE_KEYS: readonly AttributeKey[] = [...new Set(SERVICES.map(({ key }) => key))].map(
  (key) => SERVICE_KEYS.get(key)!,
);

/** The text of an attribute, by its name. */
type TextOf = (name: string) => string | undefined;

/** The name of a resource's service: `service.name`, or where that is missing or an SDK's default, the sender's own attribute. */
export function serviceNameOf(resource: TextOf): string | undefined {
  return hasServiceName(resource)
    ? resource('service.name')
    : (ownServiceNameOf(resource) ?? resource('service.name'));
}

/** Whether a resource names its service, so that what its records say does not count. */
export function hasServiceName(resource: TextOf): boolean {
  const name = resource('service.name');
  return name !== undefined && !name.startsWith('unknown_service');
}

/** What a sender's own attribute on a resource or record says of the service. */
export function ownServiceNameOf(text: TextOf): string | undefined {
  for (const { key, mark } of SERVICES) {
    if (!mark.value.test(text(mark.key) ?? '')) continue;
    const name = text(key);
    if (name !== undefined) return name;
  }
  return undefined;
}
