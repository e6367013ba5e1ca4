import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { BoundedMemo } from './bounded-memo.js';
import { withoutJsonQuotes } from './bounded-text.js';
import { type AddressFields, readAddress } from './client-address.js';
import { combineDevice, type DeviceFields, readDeviceFields } from './client-device.js';
import { applyIpPolicy, type ClientIpPolicy, normalizeIp } from './client-ip.js';
import { codeOfCountryName, countryCode, countryName } from './countries.js';
import { jsonAt, numberAt, textAt } from './dialects/source.js';
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

const ROLES: readonly WhoRole[] = ['envelope', 'ownCall', 'called', 'caller', 'consumer', 'unknown'];
const ROLE_NUMBERS: ReadonlyMap<WhoRole, number> = new Map(ROLES.map((role, i) => [role, i]));

/** Tells roles apart in signatures; less than 8. */
export function roleNumber(role: WhoRole): number {
  return ROLE_NUMBERS.get(role)!;
}

/** With the connection that a record tells of a visit. */
export function whoConnected(who: Who | undefined, connection: string): Who {
  return Object.freeze({ ...who, connection });
}

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
}

const MAX_FIELD_LENGTH = 256;
const MEMO_CAPACITY = 8192;
const FIELDS_CAPACITY = 16_384;

const who = (name: string) => attributeKey(name, KeyGroup.who);

/**
 * Keys of the id of a user who is known, best first. Claude Code's `user.id` is an anonymous id of the device, so its account comes
 * before it. E-mail addresses come last: any id that is made to be one says more than an address that can change.
 */
const USER_ID_KEYS = [
  who('user.account_uuid'),
  who('user.id'),
  who('enduser.id'),
  who('langfuse.user.id'),
  who('langfuse.trace.metadata.langfuse_user_id'),
  who('langfuse.observation.metadata.langfuse_user_id'),
  who('ai.telemetry.metadata.userId'),
  who('ai.telemetry.metadata.user_id'),
  who('ai.settings.context.userId'),
  who('ai.settings.context.user_id'),
  who('mastra.metadata.userId'),
  who('gcp.vertex.agent.user_id'),
  who('langwatch.user.id'),
  who('langwatch.user_id'),
  who('lmnr.association.properties.user_id'),
  who('traceloop.association.properties.user_id'),
  who('mlflow.trace.user'),
  who('gen_ai.request.user'),
  who('gen_ai.user'),
  who('llm.user'),
  who('usr.id'),
  who('userId'),
  who('metadata.user_api_key_end_user_id'),
  who('metadata.user_api_key_user_id'),
  who('langsmith.metadata.user_id'),
  who('traceloop.association.properties.customer_id'),
  who('user.account_id'),
  who('emb.user.identifier'),
  who('user.hash'),
  who('user.email'),
  who('usr.email'),
  who('userEmail'),
  who('emb.user.email'),
  who('user.name'),
  who('user.full_name'),
  who('usr.name'),
  who('userName'),
  who('emb.user.username'),
];
/** Keys of ids that an SDK made up for a browser or an installation of an app, best first. */
const ANONYMOUS_ID_KEYS = [
  who('user.anonymous_id'),
  who('enduser.pseudo.id'),
  who('usr.anonymous_id'),
  who('enduser.anon_id'),
  who('app.installation.id'),
];

/** OpenInference's metadata, JSON in which applications name their user. */
const METADATA = who('metadata');
/** Longer ones hold content. */
const MAX_METADATA_LENGTH = 16_384;
const METADATA_USER_ID_KEYS = ['user_id', 'userId'].map((name) => jsonAt(METADATA, name));

/** OpenTelemetry; the Collector's geoip processor; Elastic; Datadog; Sentry. */
const PLACE_KEYS = {
  countryCode: [
    who('geo.country.iso_code'),
    who('geo.country_iso_code'),
    who('client.geo.country_iso_code'),
    who('network.client.geoip.country.iso_code'),
    who('user.geo.country_code'),
  ],
  countryName: [
    who('geo.country_name'),
    who('client.geo.country_name'),
    who('network.client.geoip.country.name'),
  ],
  region: [
    who('geo.region_name'),
    who('client.geo.region_name'),
    who('network.client.geoip.subdivision.name'),
    who('user.geo.subdivision'),
    who('geo.region.iso_code'),
    who('geo.region_iso_code'),
    who('client.geo.region_iso_code'),
  ],
  city: [
    who('geo.locality.name'),
    who('geo.city_name'),
    who('client.geo.city_name'),
    who('network.client.geoip.city.name'),
    who('user.geo.city'),
  ],
  postalCode: [who('geo.postal_code'), who('client.geo.postal_code')],
  timezone: [who('geo.timezone'), who('client.geo.timezone'), who('network.client.geoip.timezone')],
} as const;

export function createWhoReader({ userIds, geo, clientIp, trustedProxies }: WhoOptions): WhoReader {
  const fieldsMemo = new SignatureMemo<{ readonly fields: WhoFields | undefined }>(FIELDS_CAPACITY);
  const memo = new BoundedMemo<Who | undefined>(MEMO_CAPACITY);
  const connectedFields = new BoundedMemo<WhoFields>(MEMO_CAPACITY);
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
    fieldsMemo.signature.begin(roleNumber(role));
    if (!attributes.sign(fieldsMemo.signature, KeyGroup.who, KeyGroup.outbound)) {
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
      const fields = readWho(attributes, role);
      // Of records it is read where they tell of a visit.
      const connection = role === 'envelope' ? readToldConnection(attributes) : undefined;
      if (connection === undefined) return fields;
      const key = `${fields?.id ?? 0} ${connection}`;
      return connectedFields.get(key, () => ({ ...fields, id: ++lastId, connection }));
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
  const text = view.has(METADATA) ? view.text(METADATA) : undefined;
  if (text === undefined || text.length > MAX_METADATA_LENGTH || !text.includes('user')) return undefined;
  for (const source of METADATA_USER_ID_KEYS) {
    const raw = textAt(view, source) ?? numberAt(view, source)?.toString();
    const id = raw === undefined ? undefined : userIds.normalize(raw);
    if (id !== undefined) return id;
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
