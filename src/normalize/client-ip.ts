import { isIPv4, isIPv6 } from 'node:net';

/** How much of a client's address is kept: all of it, its network (/24 of IPv4, /48 of IPv6), or nothing. */
export type ClientIpPolicy = 'keep' | 'truncate' | 'drop';

/** Number of entries of a forwarding list that are tried. */
const MAX_LIST_ENTRIES = 8;
/** Maximum length of an address with brackets, zone and port. */
const MAX_ENTRY_LENGTH = 128;

/**
 * The IP address in `text`, in canonical form (RFC 5952 for IPv6; an IPv4-mapped one as IPv4). Removes a
 * port, brackets, quotes and a zone. Of a list such as X-Forwarded-For, the first entry that is an address.
 * Undefined if there is none; host names are not resolved.
 */
export function normalizeIp(text: string): string | undefined {
  let start = 0;
  for (let entry = 0; entry < MAX_LIST_ENTRIES; entry++) {
    const comma = text.indexOf(',', start);
    const end = comma < 0 ? text.length : comma;
    if (end - start <= MAX_ENTRY_LENGTH) {
      const address = singleAddress(text.slice(start, end).trim());
      if (address !== undefined) return address;
    }
    if (comma < 0) return undefined;
    start = comma + 1;
  }
  return undefined;
}

/** Number of entries of a forwarding list that are read: more than anybody has proxies. */
const MAX_FORWARDED = 64;

/**
 * The addresses in a list such as X-Forwarded-For or Forwarded (RFC 7239: `for=192.0.2.60;proto=http,
 * for="[2001:db8::17]:4711"`), as written, the client's first. Entries without an address are empty, since
 * they count as proxies too. Of a longer list, the last 64 entries.
 */
export function forwardedAddresses(text: string): string[] {
  return text
    .split(',')
    .slice(-MAX_FORWARDED)
    .map((entry) => {
      const pair = /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)/i.exec(entry);
      return pair === null ? (entry.includes('=') ? '' : entry) : pair[1]!;
    });
}

/**
 * The address that the outermost of the trusted proxies saw, from X-Forwarded-For; the connection's address
 * if there are no proxies. Undefined if an expected proxy added nothing, because the connection is then the
 * proxy's own.
 */
export function connectionAddressOf(
  remoteAddress: string | undefined,
  forwardedFor: string | undefined,
  proxies: number,
): string | undefined {
  if (proxies === 0) return remoteAddress;
  const entries = forwardedFor === undefined ? [] : forwardedAddresses(forwardedFor);
  return normalizeIp(entries[Math.max(0, entries.length - proxies)] ?? '');
}

/** The part that `policy` keeps of an address returned by `normalizeIp`. */
export function applyIpPolicy(ip: string, policy: ClientIpPolicy): string | undefined {
  switch (policy) {
    case 'keep':
      return ip;
    case 'truncate':
      return isIPv4(ip)
        ? `${ip.slice(0, ip.lastIndexOf('.'))}.0`
        : formatIpv6([...ipv6Groups(ip).slice(0, 3), 0, 0, 0, 0, 0]);
    case 'drop':
      return undefined;
  }
}

function singleAddress(text: string): string | undefined {
  let host = text;
  if (host.startsWith('"') && host.endsWith('"')) host = host.slice(1, -1);
  if (host.startsWith('[')) {
    const close = host.indexOf(']');
    if (close < 0 || !/^(:\d{1,5})?$/.test(host.slice(close + 1))) return undefined;
    host = host.slice(1, close);
  } else {
    const port = /^([\d.]+):\d{1,5}$/.exec(host);
    if (port !== null) host = port[1]!;
  }
  if (isIPv4(host)) return host;
  const zone = host.indexOf('%');
  if (zone >= 0) host = host.slice(0, zone);
  if (!isIPv6(host)) return undefined;
  const groups = ipv6Groups(host);
  return mappedIpv4(groups) ?? formatIpv6(groups);
}

/** The eight 16-bit groups of a valid IPv6 address. */
function ipv6Groups(address: string): number[] {
  let text = address;
  const lastColon = text.lastIndexOf(':');
  if (text.includes('.')) {
    const [a, b, c, d] = text
      .slice(lastColon + 1)
      .split('.')
      .map(Number) as [number, number, number, number];
    text = `${text.slice(0, lastColon + 1)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [head, tail] = text.split('::') as [string, string | undefined];
  const before = parseGroups(head);
  if (tail === undefined) return before;
  const after = parseGroups(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function mappedIpv4(groups: readonly number[]): string | undefined {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined;
  return [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join('.');
}

/** RFC 5952: lower-case hex, and `::` for the longest run of at least two zero groups, the first of equals. */
function formatIpv6(groups: readonly number[]): string {
  let bestStart = 0;
  let bestLength = 1;
  let runStart = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - runStart > bestLength) {
      bestStart = runStart;
      bestLength = i - runStart;
    }
    runStart = i + 1;
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestLength < 2) return hex.join(':');
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`;
}
