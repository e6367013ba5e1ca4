import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { fromAll } from './dialects/registry.js';
import { boundedValue } from './no-value.js';

/** Maximum length of a release or kind of connection, UTF-16 units. */
const MAX_LENGTH = 128;

const identity = (name: string) => attributeKey(name, KeyGroup.identity);

/** The version of the application that the user uses, on any record. */
const APP_VERSION_KEYS = fromAll(({ identity }) => identity?.release).map(identity);
/** On the resource of a browser or an app its version; on any other the version of a backend. */
const SERVICE_VERSION = identity('service.version');

/**
 * Apps write the kind of connection on each record. It is read from records that report a visit, and from
 * resources and scopes, so that all other records cost nothing.
 */
const VISIT_CONNECTION_KEYS = fromAll(({ identity }) => identity?.visitConnection).map((name) =>
  attributeKey(name, KeyGroup.page),
);
const RESOURCE_CONNECTION_KEYS = fromAll(({ identity }) => identity?.connection).map(identity);
const NOT_SAID = /^(?:unknown|unavailable|other|none)$/i;

/** The release of a session. */
export interface ReleaseFields {
  /** Release of the page or app. */
  readonly release?: string;
  /** Release of a backend. */
  readonly serviceRelease?: string;
}

/** Reads the release in attributes. `isUserSide` means that they are those of a browser or an app. */
export function readRelease(view: AttributeView, isUserSide: boolean): ReleaseFields {
  const release =
    firstValue(view, APP_VERSION_KEYS) ?? (isUserSide ? firstValue(view, [SERVICE_VERSION]) : undefined);
  if (release !== undefined) return { release };
  const serviceRelease = firstValue(view, [SERVICE_VERSION]);
  return serviceRelease === undefined ? {} : { serviceRelease };
}

/** Reads the user's network connection: `wifi`, `cell`, `wired`, or a browser's speed class, `4g`. */
export function readConnection(resource: AttributeView): string | undefined {
  return firstValue(resource, RESOURCE_CONNECTION_KEYS)?.toLowerCase();
}

/** The same, also by the names that only records use. */
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
