import type { IncomingMessage } from 'node:http';
import type { UploadEnd, Uploads } from './uploads.js';

export type BodyReading =
  /** The whole body. */
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** Larger than allowed. The received part is dropped, the rest is unread. */
  | { readonly kind: 'tooLarge' }
  /** There is no memory for it now; the rest is unread. */
  | { readonly kind: 'noRoom' }
  /** It arrived too slowly; the rest is unread. */
  | { readonly kind: 'ended'; readonly reason: UploadEnd }
  /** The sender disconnected before its end. */
  | { readonly kind: 'aborted' };

/** The declared length of a request's body; undefined if it declares none. */
export function declaredLength(request: IncomingMessage): number | undefined {
  const header = request.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

/**
 * Reads a body of at most `maxBytes` bytes, which counts as one of `uploads` until it is complete. Never
 * rejects.
 */
export function readBody(request: IncomingMessage, maxBytes: number, uploads: Uploads): Promise<BodyReading> {
  if ((declaredLength(request) ?? 0) > maxBytes) return Promise.resolve({ kind: 'tooLarge' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const upload = uploads.begin((reason) => settle({ kind: 'ended', reason }));
    const settle = (reading: BodyReading): void => {
      request.off('data', onData).off('end', onEnd).off('close', onAbort);
      upload.finish();
      if (reading.kind !== 'read') {
        request.pause();
        chunks.length = 0;
      }
      resolve(reading);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) settle({ kind: 'tooLarge' });
      else if (upload.add(chunk.length)) chunks.push(chunk);
      else settle({ kind: 'noRoom' });
    };
    const onEnd = (): void => settle({ kind: 'read', bytes: joined(chunks, length) });
    const onAbort = (): void => settle({ kind: 'aborted' });
    // The error of an abort; `close` follows.
    request.on('error', () => {});
    request.on('data', onData).on('end', onEnd).on('close', onAbort);
    if (request.destroyed) onAbort();
  });
}

/** Joins chunks in memory that is not shared, so that it can be transferred. */
function joined(chunks: readonly Buffer[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
