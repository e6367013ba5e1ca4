import { BoundedMemo } from './bounded-memo.js';
import { providerAt } from './provider.js';

/** Programs that serve models locally and free of charge, by the names that telemetry gives as provider. */
const RUNNER_NAMES =
  'koboldcpp|lemonade|llama-?cpp|llama-?file|llama-?server|lm-?studio|localai|mlx|mlx-?lm|ollama|ollama-?chat|sglang|text-generation-(?:inference|webui)|tgi|vllm|hosted-?vllm|xinference';
const RUNNER = new RegExp(`^(?:${RUNNER_NAMES})$`);
const RUNNER_IN_HOST = new RegExp(`(?:^|[-.])(?:${RUNNER_NAMES})(?:$|[-.\\d])`);

/** Default ports of a single such program: Ollama, LM Studio. */
const RUNNER_PORTS = new Set(['11434', '1234']);

/**
 * Where a call went, as far as its price depends on it: a provider's API (OpenTelemetry's name of the
 * provider), a program that serves local models, or a private address. At a private address there may be such
 * a program or a gateway to a provider.
 */
export type ServedBy = string;
export const RUNNER_AT_HOME: ServedBy = ' runner';
export const PRIVATE_ADDRESS: ServedBy = ' private';

/** Whether a provider's name is that of a program that serves local models. */
export function isRunner(provider: string): boolean {
  return RUNNER.test(provider.toLowerCase().replace(/[._ ]/g, '-'));
}

/** Maximum length of an address, UTF-16 units; longer ones are ignored. */
const MAX_LENGTH = 512;

/**
 * Who serves at an address, which is a host name or a URL; undefined if the address does not show it. `port`
 * is for addresses without one. Telemetry repeats the same few addresses, so each is parsed once.
 */
export function servedBy(address: string, port: string | undefined): ServedBy | undefined {
  if (address.length > MAX_LENGTH || (port !== undefined && port.length > 5)) return undefined;
  const text = port === undefined ? address : `${address} ${port}`;
  return known.get(text, () => find(address, port));
}

const known = new BoundedMemo<ServedBy | undefined>(256);

const SCHEME = /^[a-z][a-z0-9+-]*:\/\/(?:[^@/]*@)?/;

function find(address: string, givenPort: string | undefined): ServedBy | undefined {
  const text = address.trim().toLowerCase();
  const provider = providerAt(text);
  if (provider !== undefined) return provider;
  const [, host = '', ownPort] =
    /^(\[[0-9a-f:.%]+\]|[0-9a-f.]*(?::[0-9a-f.]*){2,}|[^:/?#]+)(?::(\d{1,5}))?(?:[/?#].*)?$/.exec(
      text.replace(SCHEME, ''),
    ) ?? [];
  if (!isPrivate(host.replace(/^\[|\]$/g, ''))) return undefined;
  const port = ownPort ?? givenPort;
  const isAtHome = RUNNER_IN_HOST.test(host) || (port !== undefined && RUNNER_PORTS.has(port));
  return isAtHome ? RUNNER_AT_HOME : PRIVATE_ADDRESS;
}

/**
 * Suffixes of names that are never public: RFC 6762, RFC 8375, `.internal` of ICANN, and those of Docker,
 * Kubernetes and routers.
 */
const PRIVATE_NAME =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa|test)$/;

/** RFC 1918, loopback, link-local, shared (RFC 6598), and `0.0.0.0`. */
const PRIVATE_IPV4 =
  /^(?:0\.0\.0\.0|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

/** Loopback, unique local (RFC 4193), link-local, and IPv4 within. */
const PRIVATE_IPV6 = /^(?:::1?$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/;

function isPrivate(host: string): boolean {
  if (host === '') return false;
  if (host.includes(':')) {
    const inner = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(host)?.[1];
    return inner === undefined ? PRIVATE_IPV6.test(host) : PRIVATE_IPV4.test(inner);
  }
  if (/^\d+(?:\.\d+){3}$/.test(host)) return PRIVATE_IPV4.test(host);
  // A name without a dot exists only in a private network, such as that of containers or of an office.
  return /^[a-z0-9_-]+$/.test(host) || PRIVATE_NAME.test(host);
}
