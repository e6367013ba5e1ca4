import { type AttributeKey, attributeKey, KeyGroup } from './attributes.js';
import { DIALECTS, fromAll } from './dialects/registry.js';
import type { LifecycleEvent } from './facts.js';

/** The life of sessions of browsers and apps, and the names of their services: read by what the dialects declare as `sessions`. */

/** Where the id of the session before stands. */
export const PREVIOUS_SESSION_KEYS: readonly { readonly key: AttributeKey; readonly entry?: string }[] =
  fromAll(({ sessions }) => sessions?.previous).map((place) => {
    const { map, entry = undefined } = typeof place === 'string' ? { map: place } : place;
    attributeKey(map, KeyGroup.event);
    return { key: attributeKey(map, KeyGroup.identity), ...(entry !== undefined && { entry }) };
  });

/** What an event of this name says of its session; undefined where it is no such event. */
export function sessionEventKind(name: string): LifecycleEvent['kind'] | undefined {
  return EVENTS.get(name);
}

const EVENTS: ReadonlyMap<string, LifecycleEvent['kind']> = new Map(
  DIALECTS.flatMap(({ sessions }) => Object.entries(sessions?.events ?? {})),
);

const SERVICES = DIALECTS.flatMap(({ sessions }) => sessions?.service ?? []);

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
