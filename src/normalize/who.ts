import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { BoundedMemo } from './bounded-memo.js';
import { withoutJsonQuotes } from './bounded-text.js';
import { combineDevice, type DeviceFields, readDeviceFields } from './client-device.js';
import { applyIpPolicy, type ClientIpPolicy, normalizeIp } from './client-ip.js';
import { countryCode, countryName } from './countries.js';
import { jsonAt, numberAt, textAt } from './dialects/source.js';
import type { Who } from './facts.js';
import type { GeoLookup } from './geo.js';
import { boundedValue } from './no-value.js';
import { CONNECTION_ADDRESS } from './normalizer.js';
import { isOutboundCall } from './outbound-call.js';
import { SignatureMemo } from './signature-memo.js';
import type { UserIds } from './user-id.js';

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
  readonly ip?: string;
  /** The other end of a connection, which is the client for want of anything better. */
  readonly peerIp?: string;
  readonly device?: DeviceFields;
  readonly place?: PlaceFields;
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
}

/** Finds out who a record is about. Splits the work so that what a resource says is read once for all its records. */
export interface WhoReader {
  /** What the attributes of a record, a scope or a resource say; undefined where they say nothing about the user. */
  read(attributes: AttributeView): WhoFields | undefined;
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

const who = (name: string) => attributeKey(name, KeyGroup.who);

/**
 * Keys of the user's id, best first. Claude Code's `user.id` is an anonymous id of the device, so its account comes
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
  who('metadata.user_api_key_end_user_id'),
  who('metadata.user_api_key_user_id'),
  who('langsmith.metadata.user_id'),
  who('traceloop.association.properties.customer_id'),
  who('user.account_id'),
  who('enduser.pseudo.id'),
  who('user.hash'),
  who('user.email'),
  who('usr.email'),
];

/** OpenInference's metadata, JSON in which applications name their user. */
const METADATA = who('metadata');
/** Longer ones hold content. */
const MAX_METADATA_LENGTH = 16_384;
const METADATA_USER_ID_KEYS = ['user_id', 'userId'].map((name) => jsonAt(METADATA, name));

/** Keys of the client's address, best first. The last ones are headers as captured by HTTP instrumentations. */
const CLIENT_IP_KEYS = [
  who('client.address'),
  who('http.client_ip'),
  who('client.ip'),
  who('network.client.ip'),
  who('user.ip_address'),
  who('http.request.header.x-forwarded-for'),
  who('http.request.header.x-real-ip'),
];
const PEER_IP_KEYS = [
  who('network.peer.address'),
  who('net.sock.peer.addr'),
  who('net.peer.ip'),
  who('source.address'),
  who(CONNECTION_ADDRESS),
];
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

export function createWhoReader({ userIds, geo, clientIp }: WhoOptions): WhoReader {
  const fieldsMemo = new SignatureMemo<WhoFields | undefined>(MEMO_CAPACITY);
  const memo = new BoundedMemo<Who | undefined>(MEMO_CAPACITY);
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
    const address =
      first(levels, 'ip') ?? first(levels, 'peerIp') ?? (peerAddress && normalizeIp(peerAddress));
    const ip = address && applyIpPolicy(address, clientIp);
    const device = combineDevice(levels.map((level) => level?.device));
    const place = withLookup(first(levels, 'place'), ip ? geo.lookup(ip) : undefined);
    if (userId === undefined && !ip && device === undefined && place === undefined) return undefined;
    return Object.freeze({ ...(userId !== undefined && { userId }), ...(ip && { ip }), ...device, ...place });
  }

  function readFields(attributes: AttributeView): WhoFields | undefined {
    const userId = readUserId(attributes, userIds);
    const ip = readIp(attributes, CLIENT_IP_KEYS);
    const peerIp = ip === undefined ? readPeerIp(attributes) : undefined;
    const device = readDeviceFields(attributes);
    const place = readPlace(attributes);
    if (userId === undefined && ip === undefined && peerIp === undefined && !device && !place) {
      return undefined;
    }
    return {
      id: ++lastId,
      ...(userId !== undefined && { userId }),
      ...(ip !== undefined && { ip }),
      ...(peerIp !== undefined && { peerIp }),
      ...(device && { device }),
      ...(place && { place }),
    };
  }

  return {
    read(attributes) {
      if ((attributes.groups & KeyGroup.who) === 0) return undefined;
      const signature = attributes.signature(KeyGroup.who, KeyGroup.outbound);
      return signature === undefined
        ? readFields(attributes)
        : fieldsMemo.get(signature, () => readFields(attributes));
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

function readUserId(view: AttributeView, userIds: Pick<UserIds, 'normalize'>): string | undefined {
  for (const key of USER_ID_KEYS) {
    const raw = view.has(key) ? view.text(key) : undefined;
    if (raw === undefined) continue;
    const id = userIds.normalize(withoutJsonQuotes(raw));
    if (id !== undefined) return id;
  }
  return readMetadataUserId(view, userIds);
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

function readIp(view: AttributeView, keys: readonly AttributeKey[]): string | undefined {
  for (const key of keys) {
    if (!view.has(key)) continue;
    const text = view.text(key) ?? view.strings(key)?.[0];
    const ip = text === undefined ? undefined : normalizeIp(text);
    if (ip !== undefined) return ip;
  }
  return undefined;
}

function readPeerIp(view: AttributeView): string | undefined {
  const ip = readIp(view, PEER_IP_KEYS);
  return ip === undefined || isOutboundCall(view) ? undefined : ip;
}

function readPlace(view: AttributeView): PlaceFields | undefined {
  const code = countryCode(firstText(view, PLACE_KEYS.countryCode));
  const name = (code && countryName(code)) ?? firstText(view, PLACE_KEYS.countryName);
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
 * Completes an explicit place by the one looked up, as long as they can be the same: not where the countries
 * differ, and no finer part beside an explicit one, which would make up a place that neither meant.
 */
function withLookup(
  explicit: PlaceFields | undefined,
  found: PlaceFields | undefined,
): PlaceFields | undefined {
  if (explicit === undefined || found === undefined) return explicit ?? found;
  const sameCountry =
    explicit.countryCode === undefined
      ? explicit.countryName === undefined || explicit.countryName === found.countryName
      : explicit.countryCode === found.countryCode;
  if (!sameCountry) return explicit;
  if ((explicit.region ?? explicit.city ?? explicit.postalCode) === undefined)
    return { ...found, ...explicit };
  const { region: _region, city: _city, postalCode: _postalCode, ...coarse } = found;
  return { ...coarse, ...explicit };
}

function firstText(view: AttributeView, keys: readonly AttributeKey[]): string | undefined {
  for (const key of keys) {
    const text = view.has(key) ? boundedValue(view.text(key), MAX_FIELD_LENGTH) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Kept texts hold no NUL, so one between them keeps neighbours apart; the first sign tells it from no fields. */
