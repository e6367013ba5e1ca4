import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { fromAll } from './dialects/registry.js';
import { CONNECTION_ADDRESS } from './normalizer.js';
import { deviceTypeOfOs, osName } from './user-agent.js';

const identity = (name: string) => attributeKey(name, KeyGroup.identity);

/**
 * The attributes that identify the resource or scope of a browser or an app: a program that a person uses,
 * and whose calls are the person's own. Everything else is a backend. Attributes of records do not count,
 * because baggage carries them from an app into the spans of backends.
 */
const KEYS: readonly AttributeKey[] = [
  ...fromAll(({ identity }) => identity?.userSide?.keys),
  CONNECTION_ADDRESS,
].map(identity);

const VALUES = fromAll(({ identity }) => identity?.userSide?.values).map(({ key, value }) => ({
  key: identity(key),
  value,
}));

const OS_KEYS = [identity('os.name'), identity('os.type')];

/** Whether the attributes of a resource or scope are those of a browser or an app. */
export function isUserSide(view: AttributeView): boolean {
  if (KEYS.some((key) => view.has(key))) return true;
  if (VALUES.some(({ key, value }) => view.has(key) && value.test(view.text(key) ?? ''))) return true;
  return OS_KEYS.some((key) => {
    const os = view.has(key) ? view.text(key) : undefined;
    return os !== undefined && deviceTypeOfOs(osName(os)) !== undefined;
  });
}
