import type { Signal } from '../otlp/decode.js';

/**
 * Paths of OTLP/HTTP. With one that names a signal in front of another: SDKs put `/v1/traces` behind OTEL_EXPORTER_OTLP_ENDPOINT, also where
 * that ends with it already, and where it names another signal.
 */
const OTLP_PATH = /^(?:\/v1\/(?:traces|logs|metrics))?\/v1\/(traces|logs|metrics)$/;

/** Methods that the paths take. */
export const OTLP_METHODS: readonly string[] = ['POST', 'OPTIONS'];

/** The signal that a path takes, undefined where it takes none. Slashes too many, within or at the end, do not count. */
export function signalOfPath(path: string): Signal | undefined {
  // Most are right, and all others are rare.
  const clean =
    path.includes('//') || path.endsWith('/') ? path.replace(/\/+/g, '/').replace(/\/$/, '') : path;
  return OTLP_PATH.exec(clean)?.[1] as Signal | undefined;
}
