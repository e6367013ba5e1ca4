import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { forwardedAddresses, normalizeIp } from './client-ip.js';
import { fromAll } from './dialects/registry.js';
import { isPublic } from './geo.js';
import { CONNECTION_ADDRESS } from './normalizer.js';

/** Addresses that one attribute set names, in canonical form. */
export interface AddressFields {
  /** The reported address of the client. */
  readonly client?: string;
  /** The other end of a connection, used as the client if no better address is known. */
  readonly peer?: string;
}

/** Characters that are read from the end of a header; more than servers accept. */
const MAX_HEADER_LENGTH = 16_384;

/** A single address, as in most cases, rather than a list or a pair of Forwarded. */
const PLAIN_ADDRESS = /^[\da-f.:]+$/i;
const MAX_PLAIN = 45;

const identity = (name: string) => attributeKey(name, KeyGroup.identity);

/** Keys of the client's address, best first. */
const CLIENT_KEYS = fromAll(({ identity }) => identity?.address).map(identity);
const PEER_KEYS = [
  identity('network.peer.address'),
  identity('net.sock.peer.addr'),
  identity('net.peer.ip'),
  identity('source.address'),
];
/** Address of the connection that brought the telemetry, from which proxies' addresses were removed. */
const EXPORTER = identity(CONNECTION_ADDRESS);

/** A captured request header, under its current name and that before semconv 1.21. */
const header = (name: string) => [
  identity(`http.request.header.${name}`),
  identity(`http.request.header.${name.replaceAll('-', '_')}`),
];
/** Headers with one address, set by a proxy. */
const SINGLE_HEADERS = [
  'cf-connecting-ip',
  'true-client-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'x-real-ip',
  'x-client-ip',
].flatMap(header);
/** Headers to which each proxy appends the address of its client. */
const LIST_HEADERS = ['x-forwarded-for', 'forwarded'].flatMap(header);
const HEADERS = [...SINGLE_HEADERS, ...LIST_HEADERS];

/**
 * The addresses of the client and of the peer in attributes; undefined if there are none.
 *
 * If the number of proxies is unknown, the client as reported by instrumentations counts, unless it is
 * private or equal to the peer and a header names another address. If the number is known, the address counts
 * that the outermost of these proxies saw: entries before it in a list were written by the client itself, and
 * the peer is a proxy.
 *
 * @param hasPeer the peer is a client: the attributes are of the called side.
 * @param trustedProxies proxies in front of the service, counted outwards; undefined if unknown.
 */
export function readAddress(
  view: AttributeView,
  hasPeer: boolean,
  trustedProxies: number | undefined,
): AddressFields | undefined {
  const found = trustedProxies === undefined ? likely(view, hasPeer) : proven(view, hasPeer, trustedProxies);
  if (found.client !== undefined || found.peer !== undefined) return found;
  const peer = firstAddress(view, [EXPORTER]);
  return peer === undefined ? undefined : { peer };
}

function likely(view: AttributeView, hasPeer: boolean): AddressFields {
  const stated = addressesUnder(view, CLIENT_KEYS);
  if (!hasAny(view, HEADERS)) {
    const client = best(stated);
    if (client !== undefined) return { client };
    const peer = hasPeer ? firstAddress(view, PEER_KEYS) : undefined;
    return peer === undefined ? NO_ADDRESSES : { peer };
  }
  // A forwarded request came from a proxy, whose address is not the client's.
  const peer = firstAddress(view, PEER_KEYS);
  const forwarded = best(addressesUnder(view, HEADERS));
  const own = stated.filter((address) => address !== peer);
  const client = best(forwarded === undefined ? own : [...own, forwarded]);
  return client === undefined ? NO_ADDRESSES : { client };
}

const NO_ADDRESSES: AddressFields = {};

/** Most records have none of these keys; then no object is created. */
function hasAny(view: AttributeView, keys: readonly AttributeKey[]): boolean {
  for (const key of keys) if (view.has(key)) return true;
  return false;
}

function addressesUnder(view: AttributeView, keys: readonly AttributeKey[]): readonly string[] {
  let found: string[] | undefined;
  for (const key of keys) {
    if (!view.has(key)) continue;
    const addresses = addressesOf(view, key);
    if (found === undefined) found = addresses;
    else found.push(...addresses);
  }
  return found ?? NOTHING;
}

const NOTHING: readonly string[] = [];

function proven(view: AttributeView, hasPeer: boolean, proxies: number): AddressFields {
  const peer = firstAddress(view, PEER_KEYS);
  const stated = firstAddress(view, CLIENT_KEYS);
  if (proxies === 0) {
    const client = hasPeer ? (peer ?? stated) : stated;
    return client === undefined ? {} : { client };
  }
  for (const key of LIST_HEADERS) {
    const entries = entriesOf(view, key);
    if (entries.length === 0) continue;
    const client = entries[Math.max(0, entries.length - proxies)];
    return client === undefined ? {} : { client };
  }
  const single = firstAddress(view, SINGLE_HEADERS);
  const client = single ?? (stated === peer ? undefined : stated);
  return client === undefined ? {} : { client };
}

/** The first public address, else the first one. */
function best(addresses: readonly string[]): string | undefined {
  return addresses.length < 2 ? addresses[0] : (addresses.find(isPublic) ?? addresses[0]);
}

function firstAddress(view: AttributeView, keys: readonly AttributeKey[]): string | undefined {
  for (const key of keys) {
    if (!view.has(key)) continue;
    const [address] = addressesOf(view, key);
    if (address !== undefined) return address;
  }
  return undefined;
}

function addressesOf(view: AttributeView, key: AttributeKey): string[] {
  const only = view.text(key);
  if (only !== undefined && only.length <= MAX_PLAIN && PLAIN_ADDRESS.test(only)) {
    const address = normalizeIp(only);
    return address === undefined ? [] : [address];
  }
  return entriesOf(view, key).filter((address) => address !== undefined);
}

/** The entries of a value, undefined for entries that are not addresses. A header may occur more than once. */
function entriesOf(view: AttributeView, key: AttributeKey): (string | undefined)[] {
  if (!view.has(key)) return [];
  const text = view.text(key) ?? view.strings(key)?.join(',');
  return text === undefined
    ? []
    : forwardedAddresses(text.slice(-MAX_HEADER_LENGTH)).map((entry) => normalizeIp(entry));
}
