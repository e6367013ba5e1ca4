import { BlockList, isIPv6 } from 'node:net';
import type { Credentials } from '../credentials.js';
import type { Authenticator } from '../guard.js';
import type { Identity } from '../identity.js';
import { SCOPES_OF_ROLE } from './role.js';
import { userName } from './user-name.js';

export interface ProxyHeaderOptions {
  /** The header with the name of the user, in lower case. */
  readonly header: string;
  /** Addresses and networks (`10.0.0.0/8`) of the proxies whose header is believed. */
  readonly proxies: readonly string[];
  /** Users who are admins. All others are viewers. */
  readonly admins: readonly string[];
}

/**
 * Believes a proxy that says in a header who its user is. The header of any other address is ignored. The
 * proxy has to remove the header from what its clients send.
 */
export class ProxyHeader implements Authenticator {
  readonly #header: string;
  readonly #proxies = new BlockList();
  readonly #admins: ReadonlySet<string>;

  constructor({ header, proxies, admins }: ProxyHeaderOptions) {
    this.#header = header;
    this.#admins = new Set(admins);
    for (const proxy of proxies) {
      const [address = '', prefix] = proxy.split('/', 2);
      const type = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#proxies.addAddress(address, type);
      else this.#proxies.addSubnet(address, Number(prefix), type);
    }
  }

  async authenticate({ header, peer }: Credentials): Promise<Identity | undefined> {
    const user = this.#isProxy(peer) ? userName(header(this.#header)) : undefined;
    if (user === undefined) return undefined;
    const role = this.#admins.has(user) ? 'admin' : 'viewer';
    return {
      actor: `user:${user}`,
      name: user,
      via: 'proxy',
      scopes: SCOPES_OF_ROLE[role],
      project: undefined,
    };
  }

  #isProxy(peer: string): boolean {
    const bare = peer.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    return this.#proxies.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4');
  }
}
