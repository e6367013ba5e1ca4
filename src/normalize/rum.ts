import { type AttributeKey, attributeKey, KeyGroup } from './attributes.js';
import { DIALECTS, fromAll } from './dialects/registry.js';
import type { LifecycleEvent } from './facts.js';

/**
 * Start and end of sessions of browsers and apps, and the names of their services, as declared by the
 * dialects' `sessions`.
 */

/** Where the id of the previous session is. */
export const PREVIOUS_SESSION_KEYS: readonly { readonly key: AttributeKey; readonly entry?: string }[] =
  fromAll(({ sessions }) => sessions?.previous).map((place) => {
    const { map, entry = undefined } = typeof place === 'string' ? { map: place } : place;
    attributeKey(map, KeyGroup.event);
    return { key: attributeKey(map, KeyGroup.identity), ...(entry !== undefined && { entry }) };
  });

/** The lifecycle event of this name; undefined for other events. */
export function sessionEventKind(name: string): LifecycleEvent['kind'] | undefined {
  return EVENTS.get(name);
}

const EVENTS: ReadonlyMap<string, LifecycleEvent['kind']> = new Map(
  DIALECTS.flatMap(({ sessions }) => Object.entries(sessions?.events ?? {})),
);

const SERVICES = DIALECTS.flatMap(({ sessions }) => sessions?.service ?? []);

/** Attributes of resources and records that the functions below read. */
export const SERVICE_KEYS: ReadonlyMap<string, AttributeKey> = new Map(
  ['service.name', ...SERVICES.flatMap(({ key, mark }) => [key, mark.key])].map((name) => [
    name,
    attributeKey(name, KeyGroup.resource),
  ]),
);

/** The senders' own attributes for the service's name. */
export const OWN_SERVICE_KEYS: readonly AttributeKey[] = [...new Set(SERVICES.map(({ key }) => key))].map(
  (key) => SERVICE_KEYS.get(key)!,
);

/** The text of an attribute, by its name. */
type TextOf = (name: string) => string | undefined;

/**
 * The name of a resource's service: `service.name`; if that is missing or an SDK's default, the sender's own
 * attribute.
 */
export function serviceNameOf(resource: TextOf): string | undefined {
  return hasServiceName(resource)
    ? resource('service.name')
    : (ownServiceNameOf(resource) ?? resource('service.name'));
}

/** Whether a resource names its service, so that its records' names do not count. */
export function hasServiceName(resource: TextOf): boolean {
  const name = resource('service.name');
  return name !== undefined && !name.startsWith('unknown_service');
}

/** The service name in a sender's own attribute on a resource or record. */
export function ownServiceNameOf(text: TextOf): string | undefined {
  for (const { key, mark } of SERVICES) {
    if (!mark.value.test(text(mark.key) ?? '')) continue;
    const name = text(key);
    if (name !== undefined) return name;
  }
  return undefined;
}
