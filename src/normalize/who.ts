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
import type { Who } from './facts.js';
import { type GeoLookup, isPublic } from './geo.js';
import { boundedValue } from './no-value.js';
import type { CallSide } from './normalizer.js';
import { isOutboundCall } from './outbound-call.js';
import { readConnection, readRelease, readToldConnection } from './release.js';
import { readPreviousSession } from './session-id.js';
import { SignatureMemo } from './signature-memo.js';
import type { UserIds } from './user-id.js';
import { isUserSide } from './user-side.js';

/** What one attribute set says about the user, before it is combined with what stands around it. */
export interface WhoFields {
  /** Tells this set from others that are remembered. */
  readonly id: number;
  /** What it was last combined with, and to what: mostly the same again. */
  last?: {
    readonly scope: WhoFields | undefined;
    readonly resource: WhoFields | undefined;
    readonly peerAddress: string | undefined;
    readonly who: Who | undefined;
  };
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly release?: string;
  readonly serviceRelease?: string;
  readonly connection?: string;
  readonly address?: AddressFields;
  readonly device?: DeviceFields;
  readonly place?: PlaceFields;
  /** Of a resource or scope: of a browser or an app, so that its calls are the user's own. */
  readonly userSide?: true;
}

/** What attributes are read as: those of a resource or scope, or of a record on a side of a call. `ownCall` is a call of a browser or an app. */
export type WhoRole = 'envelope' | 'ownCall' | CallSide;

/** Explicit place of the user. */
interface PlaceFields {
  readonly countryCode?: string;
  readonly countryName?: string;
  readonly region?: string;
  readonly city?: string;
  readonly postalCode?: string;
  readonly timezone?: string;
}

export interface WhoOptions {
  readonly userIds: Pick<UserIds, 'normalize'>;
  readonly geo: GeoLookup;
  readonly clientIp: ClientIpPolicy;
  /** Proxies before the services, counted from them outwards; undefined where that is not known. */
  readonly trustedProxies?: number | undefined;
}

/** Finds out who a record is about. Splits the work so that what a resource says is read once for all its records. */
export interface WhoReader {
  /** What the attributes of a record, a scope or a resource say; undefined where they say nothing about the user. */
  read(attributes: AttributeView, role: WhoRole): WhoFields | undefined;
  /**
   * Combines the three levels, nearest first, and looks up what follows from them. Equal input gives the same frozen
   * object for as long as it is remembered. `peerAddress` is the exporter's address: pass it only where that is the
   * user's.
   */
  finish(
    record: WhoFields | undefined,
    scope: WhoFields | undefined,
    resource: WhoFields | undefined,
    peerAddress?: string,
  ): Who | undefined;
  /** With the connection that a record tells of a visit; equal input gives the same object for as long as it is remembered. */
  connected(who: Who | undefined, record: AttributeView): Who | undefined;
}

const MAX_FIELD_LENGTH = 256;
const MEMO_CAPACITY = 8192;

const who = (name: string) => attributeKey(name, KeyGroup.who);

const keysOf = (of: (identity: IdentityTerms) => ByRank<string> | undefined) =>
  fromAll(({ identity }) => identity && of(identity)).map(who);

/**
 * Keys of the id of a user who is known, best first. E-mail addresses come last: any id that is made to be one says more than an address that can
 * change.
 */
const USER_ID_KEYS = keysOf(({ userId }) => userId);
/** Keys of ids that an SDK made up for a browser or an installation of an app, best first. */
const ANONYMOUS_ID_KEYS = keysOf(({ anonymousId }) => anonymousId);

/** Longer ones hold content. */
const MAX_METADATA_LENGTH = 16_384;
/** JSON in which applications name their user. */
const USER_ID_FIELDS = DIALECTS.flatMap(({ identity }) => identity?.userIdInJson ?? []).map(
  ({ key, fields }) => ({
    key: who(key),
    sources: fields.map((field) => jsonAt(who(key), field)),
  }),
);

const PLACE_KEYS = {
  countryCode: keysOf(({ place }) => place?.countryCode),
  countryName: keysOf(({ place }) => place?.countryName),
  region: keysOf(({ place }) => place?.region),
  city: keysOf(({ place }) => place?.city),
  postalCode: keysOf(({ place }) => place?.postalCode),
  timezone: keysOf(({ place }) => place?.timezone),
} as const;

export function createWhoReader({ userIds, geo, clientIp, trustedProxies }: WhoOptions): WhoReader {
  const newMemo = () => new SignatureMemo<WhoFields | undefined>(MEMO_CAPACITY);
  const fieldsMemos: Readonly<Record<WhoRole, SignatureMemo<WhoFields | undefined>>> = {
    envelope: newMemo(),
    ownCall: newMemo(),
    called: newMemo(),
    caller: newMemo(),
    consumer: newMemo(),
    unknown: newMemo(),
  };
  const memo = new BoundedMemo<Who | undefined>(MEMO_CAPACITY);
  const connectedFields = new BoundedMemo<WhoFields>(MEMO_CAPACITY);
  const NOBODY: Who = Object.freeze({});
  const connected = new WeakMap<Who, Who>();
  let lastId = 0;
  // Most records say nothing themselves: for them the answer is that of the record before.
  let lastScope: WhoFields | undefined;
  let lastResource: WhoFields | undefined;
  let lastPeer: string | undefined;
  let last: Who | undefined;

  function combine(
    levels: readonly (WhoFields | undefined)[],
    peerAddress: string | undefined,
  ): Who | undefined {
    const userId = first(levels, 'userId');
    const anonymousId = first(levels, 'anonymousId');
    const previousId = first(levels, 'previousId');
    const release = first(levels, 'release');
    const serviceRelease = release === undefined ? first(levels, 'serviceRelease') : undefined;
    const connection = first(levels, 'connection');
    const address = addressOf(levels) ?? (peerAddress && normalizeIp(peerAddress));
    const ip = address && applyIpPolicy(address, clientIp);
    const device = combineDevice(levels.map((level) => level?.device));
    const place = placeOf(first(levels, 'place'), ip ? geo.lookup(ip) : undefined);
    const who: Who = {
      ...(userId !== undefined && { userId }),
      ...(anonymousId !== undefined && { anonymousId }),
      ...(ip && (isPublic(ip) ? { ip } : { localIp: ip })),
      ...device,
      ...place,
      ...(previousId !== undefined && { previousId }),
      ...(release !== undefined && { release }),
      ...(serviceRelease !== undefined && { serviceRelease }),
      ...(connection !== undefined && { connection }),
    };
    return Object.keys(who).length === 0 ? undefined : Object.freeze(who);
  }

  function readFields(attributes: AttributeView, role: WhoRole): WhoFields | undefined {
    const userId = readId(attributes, USER_ID_KEYS, userIds) ?? readMetadataUserId(attributes, userIds);
    const anonymousId = readId(attributes, ANONYMOUS_ID_KEYS, userIds);
    const previousId = readPreviousSession(attributes);
    // Of a backend's call, what stands beside the ids of the user is about the other side.
    const aboutUser = role !== 'caller';
    const isOutbound =
      role === 'ownCall' || role === 'consumer' || (role !== 'called' && isOutboundCall(attributes));
    const address = aboutUser ? readAddress(attributes, !isOutbound, trustedProxies) : undefined;
    const device = aboutUser ? readDeviceFields(attributes, isOutbound) : undefined;
    const place = aboutUser ? readPlace(attributes) : undefined;
    const connection = aboutUser ? readConnection(attributes) : undefined;
    const userSide = role === 'envelope' && isUserSide(attributes);
    const fields: Omit<WhoFields, 'id'> = {
      ...(userId !== undefined && { userId }),
      ...(anonymousId !== undefined && { anonymousId }),
      ...(previousId !== undefined && { previousId }),
      ...(address && { address }),
      ...(device && { device }),
      ...(place && { place }),
      ...readRelease(attributes, userSide),
      ...(connection !== undefined && { connection }),
      ...(userSide && { userSide: true }),
    };
    return Object.keys(fields).length === 0 ? undefined : { id: ++lastId, ...fields };
  }

  function readWho(attributes: AttributeView, role: WhoRole): WhoFields | undefined {
    if ((attributes.groups & KeyGroup.who) === 0) return undefined;
    const signature = attributes.signature(KeyGroup.who, KeyGroup.outbound);
    return signature === undefined
      ? readFields(attributes, role)
      : fieldsMemos[role].get(signature, () => readFields(attributes, role));
  }

  return {
    read(attributes, role) {
      const fields = readWho(attributes, role);
      // Of records it is read where they tell of a visit.
      const connection = role === 'envelope' ? readToldConnection(attributes) : undefined;
      if (connection === undefined) return fields;
      const key = `${fields?.id ?? 0} ${connection}`;
      return connectedFields.get(key, () => ({ ...fields, id: ++lastId, connection }));
    },

    connected(who, record) {
      const connection = readToldConnection(record);
      if (connection === undefined) return who;
      const known = connected.get(who ?? NOBODY);
      if (known?.connection === connection) return known;
      const more = Object.freeze({ ...who, connection });
      connected.set(who ?? NOBODY, more);
      return more;
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
        return known.who;
      }
      const levels = [record, scope, resource];
      const key = `${record?.id ?? 0} ${scope?.id ?? 0} ${resource?.id ?? 0} ${peerAddress ?? ''}`;
      const found = memo.get(key, () => combine(levels, peerAddress));
      if (record !== undefined) {
        record.last = { scope, resource, peerAddress, who: found };
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

function first<K extends keyof WhoFields>(
  levels: readonly (WhoFields | undefined)[],
  field: K,
): WhoFields[K] | undefined {
  for (const level of levels) if (level?.[field] !== undefined) return level[field];
  return undefined;
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

/** The user's address: a public one before a private one, what is said to be the client's before the other end of a connection. */
function addressOf(levels: readonly (WhoFields | undefined)[]): string | undefined {
  const addresses = levels.map((level) => level?.address);
  const stated = addresses.map((address) => address?.client).filter((ip) => ip !== undefined);
  const client = stated.length < 2 ? stated[0] : (stated.find(isPublic) ?? stated[0]);
  return client ?? addresses.find((address) => address?.peer)?.peer;
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
 * The explicit place, else the one looked up, never parts of both: together they would be a place that neither meant. A time zone alone
 * is no place.
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
