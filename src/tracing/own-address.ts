/** Where this server can be reached. */
export interface OwnAddress {
  /** The address or name that it listens on. */
  readonly host: string;
  readonly ports: readonly number[];
  /** Names by which it is reached, through a proxy too. */
  readonly allowedHosts: readonly string[];
  /** All addresses of this machine. */
  readonly machine: readonly string[];
}

/**
 * Whether a request to the URL would reach this server. `addresses` are those of the URL's host.
 */
export function isOwnAddress(url: string, addresses: readonly string[], own: OwnAddress): boolean {
  const { hostname, port, protocol } = new URL(url);
  const host = bare(hostname);
  if (own.allowedHosts.some((name) => name.toLowerCase() === host)) return true;
  const defaultPort = protocol === 'https:' ? 443 : 80;
  if (!own.ports.includes(port === '' ? defaultPort : Number(port))) return false;
  return [host, ...addresses].some(
    (address) => isLoopbackAddress(address) || own.machine.includes(address) || address === bare(own.host),
  );
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, '');
}

function isLoopbackAddress(address: string): boolean {
  return (
    address === 'localhost' ||
    address === '::1' ||
    /^(::ffff:)?127\./.test(address) ||
    address === '0.0.0.0' ||
    address === '::'
  );
}
