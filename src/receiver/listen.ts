import type { AddressInfo, Server } from 'node:net';

export interface Listening<S extends Server> {
  /** One for each address. */
  readonly servers: readonly S[];
  /** The first of the addresses. */
  readonly address: string;
  /** The same for all addresses. */
  readonly port: number;
}

const LOOPBACK_ADDRESSES = ['127.0.0.1', '::1'];
/** Errors for an address that this machine does not have, such as `::1` without IPv6. */
const NO_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT']);
/** Attempts to find a port that is free on all addresses, if any port will do. */
const ATTEMPTS = 20;

/**
 * Listens on a host and port, 0 for any, with one server of `create` for each address of the host.
 * `localhost` means both loopback addresses, if the machine has them, because clients use either. Rejects if
 * it can listen on none, or if one is taken; then nothing listens.
 */
export async function listenOn<S extends Server>(
  host: string,
  port: number,
  create: () => S,
): Promise<Listening<S>> {
  const addresses = host.toLowerCase() === 'localhost' ? LOOPBACK_ADDRESSES : [host];
  for (let attempt = 1; ; attempt++) {
    const listening: { server: S; address: string }[] = [];
    let boundPort = port;
    let missing: unknown;
    try {
      for (const address of addresses) {
        const server = create();
        try {
          boundPort = await listen(server, address, boundPort);
          listening.push({ server, address });
        } catch (error) {
          if (addresses.length === 1 || !NO_ADDRESS.has(codeOf(error))) throw error;
          missing = error;
        }
      }
      const [first] = listening;
      if (first === undefined) throw missing;
      return { servers: listening.map(({ server }) => server), address: first.address, port: boundPort };
    } catch (error) {
      await Promise.all(listening.map(({ server }) => new Promise((resolve) => server.close(resolve))));
      // The port was free on only one address.
      const isUnlucky = port === 0 && listening.length > 0 && codeOf(error) === 'EADDRINUSE';
      if (!isUnlucky || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The URL of a server at an address and port. */
export function urlOf(
  { address, port }: { readonly address: string; readonly port: number },
  scheme: 'http' | 'https',
): string {
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
