import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { BoundedMemo } from './bounded-memo.js';
import { withoutJsonQuotes } from './bounded-text.js';
import { type AddressFields, readAddress } from './client-address.js';
import { combineDevice, type DeviceFields, readDeviceFields } from './client-device.js';
import { applyIpPolicy, type ClientIpPolicy, normalizeIp } from './client-ip.js';
import { codeOfCountryName, countryCode, countryName } from './countries.js';
import type { ByRank } from './dialects/by-rank.js';
import { DIALECTS, fromAll } from './dialects/registry.js';
import { jsonAt, numberAt, textAt } from './dialects/source.js';
import type { IdentityTerms } from './dialects/terms.js';
import type { Identity } from './facts.js';
import { type GeoLookup, isPublic } from './geo.js';
import { boundedValue } from './no-value.js';
import type { CallSide } from './normalizer.js';
import { isOutboundCall } from './outbound-call.js';
import { readConnection, readRelease, readReportedConnection } from './release.js';
import { readPreviousSession } from './session-id.js';
import { SignatureMemo } from './signature-memo.js';
import type { UserIds } from './user-id.js';
import { isUserSide } from './user-side.js';

/** The user facts of one attribute set, before they are combined with outer levels. */
export interface IdentityFields {
  /** Identifies this set among cached ones. */
  readonly id: number;
  /** The last arguments and result of combining it, which usually repeat. */
  last:
    | {
        readonly scope: IdentityFields | undefined;
        readonly resource: IdentityFields | undefined;
        readonly peerAddress: string | undefined;
        readonly identity: Identity | undefined;
      }
    | undefined;
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
  readonly previousId: string | undefined;
  readonly release: string | undefined;
  readonly serviceRelease: string | undefined;
  readonly connection: string | undefined;
  readonly address: AddressFields | undefined;
  readonly device: DeviceFields | undefined;
  readonly place: PlaceFields | undefined;
  /** Of a resource or scope: of a browser or an app, so that its calls are the user's own. */
  readonly userSide: boolean;
}

/**
 * The role of attributes: those of a resource or scope, or of a record on a side of a call. `ownCall` is a
 * call of a browser or an app.
 */
export type IdentityRole = 'envelope' | 'ownCall' | CallSide;

const ROLES: readonly IdentityRole[] = ['envelope', 'ownCall', 'called', 'caller', 'consumer', 'unknown'];
const ROLE_NUMBERS: ReadonlyMap<IdentityRole, number> = new Map(ROLES.map((role, i) => [role, i]));

/** Distinguishes roles in signatures; less than 8. */
export function roleNumber(role: IdentityRole): number {
  return ROLE_NUMBERS.get(role)!;
}

/** Adds the connection that a record of a visit reports. */
export function identityConnected(identity: Identity | undefined, connection: string): Identity {
  return Object.freeze({ ...identity, connection });
}

const NO_FIELDS: IdentityFields = {
  id: 0,
  last: undefined,
  userId: undefined,
  anonymousId: undefined,
  previousId: undefined,
  release: undefined,
  serviceRelease: undefined,
  connection: undefined,
  address: undefined,
  device: undefined,
  place: undefined,
  userSide: false,
};

/** The reported place of the user. */
interface PlaceFields {
  readonly countryCode?: string;
  readonly countryName?: string;
  readonly region?: string;
  readonly city?: string;
  readonly postalCode?: string;
  readonly timezone?: string;
}

export interface IdentityOptions {
  readonly userIds: Pick<UserIds, 'normalize'>;
  readonly geo: GeoLookup;
  readonly clientIp: ClientIpPolicy;
  /** Proxies in front of the services, counted outwards; undefined if unknown. */
  readonly trustedProxies?: number | undefined;
}

/**
 * Reads the identity of a record's user. Works level by level, so that a resource is read once for all its
 * records.
 */
export interface IdentityReader {
  /** Reads the attributes of a record, a scope or a resource; undefined if they do not describe the user. */
  read(attributes: AttributeView, role: IdentityRole): IdentityFields | undefined;
  /**
   * Combines the three levels, nearest first, and looks up derived facts. Equal input gives the same frozen
   * object while it is cached. `peerAddress` is the exporter's address: pass it only if that is the user's.
   */
  finish(
    record: IdentityFields | undefined,
    scope: IdentityFields | undefined,
    resource: IdentityFields | undefined,
    peerAddress?: string,
  ): Identity | undefined;
}

const MAX_FIELD_LENGTH = 256;
const MEMO_CAPACITY = 8192;
const FIELDS_CAPACITY = 16_384;

const identity = (name: string) => attributeKey(name, KeyGroup.identity);

const keysOf = (of: (identity: IdentityTerms) => ByRank<string> | undefined) =>
  fromAll(({ identity }) => identity && of(identity)).map(identity);

/** Keys of the id of a known user, best first. E-mail addresses come last, because they can change. */
const USER_ID_KEYS = keysOf(({ userId }) => userId);
/** Keys of ids that an SDK generated for a browser or an installation of an app, best first. */
const ANONYMOUS_ID_KEYS = keysOf(({ anonymousId }) => anonymousId);

/** The names of all keys of user ids. */
export const USER_ID_NAMES: readonly string[] = [
  ...fromAll(({ identity }) => identity?.userId),
  ...fromAll(({ identity }) => identity?.anonymousId),
];

/** JSON attributes in which applications name their user, with the fields that do. */
export const USER_ID_JSON = DIALECTS.flatMap(({ identity }) => identity?.userIdInJson ?? []);

/** Longer values hold content. */
const MAX_METADATA_LENGTH = 16_384;
const USER_ID_FIELDS = USER_ID_JSON.map(({ key, fields }) => ({
  key: identity(key),
  sources: fields.map((field) => jsonAt(identity(key), field)),
}));

const PLACE_KEYS = {
  countryCode: keysOf(({ place }) => place?.countryCode),
  countryName: keysOf(({ place }) => place?.countryName),
  region: keysOf(({ place }) => place?.region),
  city: keysOf(({ place }) => place?.city),
  postalCode: keysOf(({ place }) => place?.postalCode),
  timezone: keysOf(({ place }) => place?.timezone),
} as const;

export function createIdentityReader({
  userIds,
  geo,
  clientIp,
  trustedProxies,
}: IdentityOptions): IdentityReader {
  const fieldsMemo = new SignatureMemo<{ readonly fields: IdentityFields | undefined }>(FIELDS_CAPACITY);
  const memo = new BoundedMemo<Identity | undefined>(MEMO_CAPACITY);
  const connectedFields = new BoundedMemo<IdentityFields>(MEMO_CAPACITY);
  let lastId = 0;
  // Most records have no user attributes: their result is that of the previous record.
  let lastScope: IdentityFields | undefined;
  let lastResource: IdentityFields | undefined;
  let lastPeer: string | undefined;
  let last: Identity | undefined;

  // Called for thousands of visitors, several times each. So it creates no temporary objects, and sets fields
  // in a fixed order.
  function combine(
    near: IdentityFields | undefined,
    middle: IdentityFields | undefined,
    far: IdentityFields | undefined,
    peerAddress: string | undefined,
  ): Identity | undefined {
    const identity: { -readonly [K in keyof Identity]: Identity[K] } = {};
    const userId = near?.userId ?? middle?.userId ?? far?.userId;
    if (userId !== undefined) identity.userId = userId;
    const anonymousId = near?.anonymousId ?? middle?.anonymousId ?? far?.anonymousId;
    if (anonymousId !== undefined) identity.anonymousId = anonymousId;
    const address =
      addressOf(near?.address, middle?.address, far?.address) ?? (peerAddress && normalizeIp(peerAddress));
    const ip = address && applyIpPolicy(address, clientIp);
    if (ip) {
      if (isPublic(ip)) identity.ip = ip;
      else identity.localIp = ip;
    }
    const device = combineDevice(near?.device, middle?.device, far?.device);
    if (device !== undefined) Object.assign(identity, device);
    const place = placeOf(near?.place ?? middle?.place ?? far?.place, ip ? geo.lookup(ip) : undefined);
    if (place !== undefined) Object.assign(identity, place);
    const previousId = near?.previousId ?? middle?.previousId ?? far?.previousId;
    if (previousId !== undefined) identity.previousId = previousId;
    const release = near?.release ?? middle?.release ?? far?.release;
    const serviceRelease =
      release === undefined
        ? (near?.serviceRelease ?? middle?.serviceRelease ?? far?.serviceRelease)
        : undefined;
    if (release !== undefined) identity.release = release;
    if (serviceRelease !== undefined) identity.serviceRelease = serviceRelease;
    const connection = near?.connection ?? middle?.connection ?? far?.connection;
    if (connection !== undefined) identity.connection = connection;
    for (const _ in identity) return Object.freeze(identity);
    return undefined;
  }

  function readFields(attributes: AttributeView, role: IdentityRole): IdentityFields | undefined {
    const userId = readId(attributes, USER_ID_KEYS, userIds) ?? readMetadataUserId(attributes, userIds);
    const anonymousId = readId(attributes, ANONYMOUS_ID_KEYS, userIds);
    const previousId = readPreviousSession(attributes);
    // In a call of a backend, all attributes except user ids describe the other side.
    const aboutUser = role !== 'caller';
    const isOutbound =
      role === 'ownCall' || role === 'consumer' || (role !== 'called' && isOutboundCall(attributes));
    const address = aboutUser ? readAddress(attributes, !isOutbound, trustedProxies) : undefined;
    const device = aboutUser ? readDeviceFields(attributes, isOutbound) : undefined;
    const place = aboutUser ? readPlace(attributes) : undefined;
    const connection = aboutUser ? readConnection(attributes) : undefined;
    const userSide = role === 'envelope' && isUserSide(attributes);
    const { release, serviceRelease } = readRelease(attributes, userSide);
    if (
      (userId ?? anonymousId ?? previousId ?? address ?? device ?? place) === undefined &&
      (release ?? serviceRelease ?? connection) === undefined &&
      !userSide
    ) {
      return undefined;
    }
    return {
      id: ++lastId,
      last: undefined,
      userId,
      anonymousId,
      previousId,
      release,
      serviceRelease,
      connection,
      address,
      device,
      place,
      userSide,
    };
  }

  function readIdentity(attributes: AttributeView, role: IdentityRole): IdentityFields | undefined {
    if ((attributes.groups & KeyGroup.identity) === 0) return undefined;
    fieldsMemo.signature.begin(roleNumber(role));
    if (!attributes.sign(fieldsMemo.signature, KeyGroup.identity, KeyGroup.outbound)) {
      return readFields(attributes, role);
    }
    const known = fieldsMemo.recall();
    if (known !== undefined) return known.fields;
    const fields = readFields(attributes, role);
    fieldsMemo.remember({ fields });
    return fields;
  }

  return {
    read(attributes, role) {
      const fields = readIdentity(attributes, role);
      // On records, it is read only if they report a visit.
      const connection = role === 'envelope' ? readReportedConnection(attributes) : undefined;
      if (connection === undefined) return fields;
      const key = `${fields?.id ?? 0} ${connection}`;
      return connectedFields.get(key, () => ({
        ...(fields ?? NO_FIELDS),
        id: ++lastId,
        last: undefined,
        connection,
      }));
    },

    finish(record, scope, resource, peerAddress) {
      if (
        record === undefined &&
        scope === lastScope &&
        resource === lastResource &&
        peerAddress === lastPeer
      ) {
        return last;
      }
      const known = record?.last;
      if (
        known !== undefined &&
        known.scope === scope &&
        known.resource === resource &&
        known.peerAddress === peerAddress
      ) {
        return known.identity;
      }
      const key = `${record?.id ?? 0} ${scope?.id ?? 0} ${resource?.id ?? 0} ${peerAddress ?? ''}`;
      const found = memo.get(key, () => combine(record, scope, resource, peerAddress));
      if (record !== undefined) {
        record.last = { scope, resource, peerAddress, identity: found };
      } else {
        lastScope = scope;
        lastResource = resource;
        lastPeer = peerAddress;
        last = found;
      }
      return found;
    },
  };
}

function readId(
  view: AttributeView,
  keys: readonly AttributeKey[],
  userIds: Pick<UserIds, 'normalize'>,
): string | undefined {
  for (const key of keys) {
    const raw = view.has(key) ? view.text(key) : undefined;
    if (raw === undefined) continue;
    const id = userIds.normalize(withoutJsonQuotes(raw));
    if (id !== undefined) return id;
  }
  return undefined;
}

function readMetadataUserId(view: AttributeView, userIds: Pick<UserIds, 'normalize'>): string | undefined {
  for (const { key, sources } of USER_ID_FIELDS) {
    const text = view.has(key) ? view.text(key) : undefined;
    if (text === undefined || text.length > MAX_METADATA_LENGTH || !text.includes('user')) continue;
    for (const source of sources) {
      const raw = textAt(view, source) ?? numberAt(view, source)?.toString();
      const id = raw === undefined ? undefined : userIds.normalize(raw);
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

/**
 * The user's address: a public one before a private one, a reported client before the other end of a
 * connection.
 */
function addressOf(
  near: AddressFields | undefined,
  middle: AddressFields | undefined,
  far: AddressFields | undefined,
): string | undefined {
  let client: string | undefined;
  for (let level = 0; level < 3; level++) {
    const stated = (level === 0 ? near : level === 1 ? middle : far)?.client;
    if (stated === undefined) continue;
    if (client === undefined) client = stated;
    else if (isPublic(client)) break;
    else if (isPublic(stated)) return stated;
  }
  // An empty address is treated as missing.
  return client ?? (near?.peer || middle?.peer || far?.peer || undefined);
}

function readPlace(view: AttributeView): PlaceFields | undefined {
  const written = firstText(view, PLACE_KEYS.countryName);
  const code =
    countryCode(firstText(view, PLACE_KEYS.countryCode)) ??
    (written === undefined ? undefined : codeOfCountryName(written));
  const name = (code && countryName(code)) ?? written;
  const region = firstText(view, PLACE_KEYS.region);
  const city = firstText(view, PLACE_KEYS.city);
  const postalCode = firstText(view, PLACE_KEYS.postalCode);
  const timezone = firstText(view, PLACE_KEYS.timezone);
  if ((code ?? name ?? region ?? city ?? postalCode ?? timezone) === undefined) return undefined;
  return {
    ...(code !== undefined && { countryCode: code }),
    ...(name !== undefined && { countryName: name }),
    ...(region !== undefined && { region }),
    ...(city !== undefined && { city }),
    ...(postalCode !== undefined && { postalCode }),
    ...(timezone !== undefined && { timezone }),
  };
}

/**
 * The reported place, else the looked-up one, never parts of both: a mix would be a wrong place. A time zone
 * alone is not a place.
 */
function placeOf(explicit: PlaceFields | undefined, found: PlaceFields | undefined): PlaceFields | undefined {
  if (explicit === undefined || found === undefined) return explicit ?? found;
  const { timezone: _, ...place } = explicit;
  return Object.keys(place).length === 0 ? found : explicit;
}

function firstText(view: AttributeView, keys: readonly AttributeKey[]): string | undefined {
  for (const key of keys) {
    const text = view.has(key) ? boundedValue(view.text(key), MAX_FIELD_LENGTH) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}
