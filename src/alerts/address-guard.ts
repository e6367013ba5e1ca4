import { BlockList, isIP } from 'node:net';

/**
 * Which addresses messages may go to. Whoever may make alerts could otherwise have the server send requests
 * into its own network, to the metadata service of a cloud, or to itself.
 */

const REFUSED: readonly (readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const blocked = new BlockList();
for (const [address, prefix, family] of REFUSED) blocked.addSubnet(address, prefix, family);

/** Whether an IP address is reachable from everywhere, as far as its range says. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  // Also in hexadecimal digits.
  if (family === 6 && /^(?:0*:)*:?ffff:/i.test(address)) return false;
  return !blocked.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Why messages may not go to this address; undefined if they may, as far as its text says. */
export function refusalOf(text: string, allowedHosts: readonly string[]): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'it is no URL';
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return 'it begins neither with https: nor with http:';
  if (url.username !== '' || url.password !== '') return 'it has a user name or password';
  const host = hostOf(url);
  if (isAllowed(host, allowedHosts)) return undefined;
  if (url.protocol === 'http:')
    return `only hosts of --webhook-hosts are reached without TLS, and ${host} is none`;
  if (isIP(host) !== 0 && !isPublicAddress(host)) {
    return `${host} is a private address, and not in --webhook-hosts`;
  }
  return undefined;
}

/** The host of a URL, without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

/** Whether the operator allows this host whatever its address is. */
export function isAllowed(host: string, allowedHosts: readonly string[]): boolean {
  return allowedHosts.includes(host);
}
