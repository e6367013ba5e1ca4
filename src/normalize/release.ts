import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { fromAll } from './dialects/registry.js';
import { boundedValue } from './no-value.js';

/** Longest release or kind of connection that is kept, UTF-16 units. */
const MAX_LENGTH = 128;

const identity = (name: string) => attributeKey(name, KeyGroup.identity);

/** The version of what the user sits in front of, whatever carries it. */
const APP_VERSION_KEYS = fromAll(({ identity }) => identity?.release).map(identity);
/** On the resource of a browser or an app the version of that; on any other the version of a backend. */
const SERVICE_VERSION = identity('service.version');

/**
 * Apps have the kind of connection on each record: it is read of those that report a visit, and of resources and scopes, so that all other records cost
 * nothing.
 */
const VISIT_CONNECTION_KEYS = fromAll(({ identity }) => identity?.visitConnection).map((name) =>
  attributeKey(name, KeyGroup.page),
);
const RESOURCE_CONNECTION_KEYS = fromAll(({ identity }) => identity?.connection).map(identity);
const NOT_SAID = /^(?:unknown|unavailable|other|none)$/i;

/** Which release a session is of. */
export interface ReleaseFields {
  /** Of the page or app. */
  readonly release?: string;
  /** Of a backend. */
  readonly serviceRelease?: string;
}

/** Reads the release that attributes tell; `isUserSide` where they are those of a browser or an app as a whole. */
export function readRelease(view: AttributeView, isUserSide: boolean): ReleaseFields {
  const release =
    firstValue(view, APP_VERSION_KEYS) ?? (isUserSide ? firstValue(view, [SERVICE_VERSION]) : undefined);
  if (release !== undefined) return { release };
  const serviceRelease = firstValue(view, [SERVICE_VERSION]);
  return serviceRelease === undefined ? {} : { serviceRelease };
}

/** Reads by what the user is connected: `wifi`, `cell`, `wired`, or as browsers call how fast it is, `4g`. */
export function readConnection(resource: AttributeView): string | undefined {
  return firstValue(resource, RESOURCE_CONNECTION_KEYS)?.toLowerCase();
}

/** The same by the names that records have it under too. */
export function readReportedConnection(view: AttributeView): string | undefined {
  return (view.groups & KeyGroup.page) === 0
    ? undefined
    : firstValue(view, VISIT_CONNECTION_KEYS)?.toLowerCase();
}

function firstValue(view: AttributeView, keys: readonly AttributeKey[]): string | undefined {
  for (const key of keys) {
    const text = view.has(key) ? boundedValue(view.text(key), MAX_LENGTH) : undefined;
    if (text !== undefined && !NOT_SAID.test(text)) return text;
  }
  return undefined;
}
