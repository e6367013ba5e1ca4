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
  /** Where the service's name stands, on a resource that has the mark of this sender and no name of its own. */
  readonly service?: { readonly key: string; readonly mark: ResourceMark };
}

/** A text, or a text in a map. */
interface PreviousSession {
  readonly key: string;
  readonly entry?: string;
}

interface ResourceMark {
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
  { name: 'HyperDX', sessionKeys: ['rum.sessionId'] },
  // `emb.session_part_id` is a part of a session, and no session.
  { name: 'Embrace', sessionKeys: ['emb.user_session_id', 'emb.session_id'] },
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

/** Attributes of a resource that `serviceNameOf` asks for. */
export const SERVICE_KEYS: ReadonlyMap<string, AttributeKey> = new Map(
  ['service.name', ...SERVICES.flatMap(({ key, mark }) => [key, mark.key])].map((name) => [
    name,
    attributeKey(name, KeyGroup.resource),
  ]),
);

/**
 * The name of a resource's service: `service.name`, or where that is missing or an SDK's default, the sender's own attribute.
 *
 * @param text the text of an attribute of the resource.
 */
export function serviceNameOf(text: (name: string) => string | undefined): string | undefined {
  const name = text('service.name');
  if (name !== undefined && !name.startsWith('unknown_service')) return name;
  const own = SERVICES.find(({ mark }) => mark.value.test(text(mark.key) ?? ''));
  return (own && text(own.key)) ?? name;
}
