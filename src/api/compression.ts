import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Answers below this are sent as they are: they cost less to send than to compress. Bytes. */
const LEAST_BYTES = 256 * 1024;

const compress = promisify(gzip);

/** Whether an `Accept-Encoding` header takes gzip (RFC 9110, section 12.5.3). */
export function acceptsGzip(header: string | undefined): boolean {
  let accepted = false;
  for (const entry of (header ?? '').toLowerCase().split(',')) {
    const [coding, ...parameters] = entry.split(';').map((part) => part.trim());
    const isRefused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    if (coding === 'gzip' || coding === 'x-gzip') return !isRefused;
    if (coding === '*') accepted = !isRefused;
  }
  return accepted;
}

/** The answer compressed, outside of this thread, where it is large and the client takes it; undefined otherwise. */
export async function compressed(
  bytes: Uint8Array,
  acceptEncoding: string | undefined,
): Promise<Buffer | undefined> {
  if (bytes.length < LEAST_BYTES || !acceptsGzip(acceptEncoding)) return undefined;
  // Most of what there is to be saved, at a fifth of the time.
  return compress(bytes, { level: 1 });
}
