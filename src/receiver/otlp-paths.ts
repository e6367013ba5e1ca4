import type { Signal } from '../otlp/decode.js';

/**
 * Paths of OTLP/HTTP, optionally with another one in front. SDKs append `/v1/traces` to
 * OTEL_EXPORTER_OTLP_ENDPOINT, even if that already ends with it or names another signal.
 */
const OTLP_PATH = /^(?:\/v1\/(?:traces|logs|metrics))?\/v1\/(traces|logs|metrics)$/;

/** The methods of the paths. */
export const OTLP_METHODS: readonly string[] = ['POST', 'OPTIONS'];

/** The signal of a path; undefined for other paths. Extra slashes, within or at the end, are ignored. */
export function signalOfPath(path: string): Signal | undefined {
  // Most paths need no cleaning.
  const clean =
    path.includes('//') || path.endsWith('/') ? path.replace(/\/+/g, '/').replace(/\/$/, '') : path;
  return OTLP_PATH.exec(clean)?.[1] as Signal | undefined;
}
