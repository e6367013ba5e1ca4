import type { IncomingMessage, ServerResponse } from 'node:http';

export type BodyReading =
  /** The whole body. */
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** Larger than allowed; what came so far is dropped, the rest is unread. */
  | { readonly kind: 'tooLarge' }
  /** The sender was gone before its end. */
  | { readonly kind: 'aborted' };

/** The length a request declares for its body; undefined where it declares none. */
export function declaredLength(request: IncomingMessage): number | undefined {
  const header = request.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

/** Reads a body of at most `maxBytes` bytes. `onBytes` is told of each piece as it comes. Never rejects. */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  onBytes: (count: number) => void = () => {},
): Promise<BodyReading> {
  if ((declaredLength(request) ?? 0) > maxBytes) return Promise.resolve({ kind: 'tooLarge' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (reading: BodyReading): void => {
      request.off('data', onData).off('end', onEnd).off('close', onAbort);
      resolve(reading);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      onBytes(chunk.length);
      if (length > maxBytes) {
        request.pause();
        settle({ kind: 'tooLarge' });
      } else {
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => settle({ kind: 'read', bytes: joined(chunks, length) });
    const onAbort = (): void => settle({ kind: 'aborted' });
    // The error of an abort; `close` follows.
    request.on('error', () => {});
    request.on('data', onData).on('end', onEnd).on('close', onAbort);
    if (request.destroyed) onAbort();
  });
}

/** Joins chunks in memory that is not shared, so that it can be given away as it is. */
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

/**
 * Sends an answer whose head is set and closes the connection, although the sender may still be sending its body.
 * Closing at once would reset the connection, and the sender might never see the answer (RFC 9112, section 9.6), so
 * what it sends is read and dropped until its end, for at most `lingerMs`.
 */
export function endAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  content: Uint8Array,
  lingerMs: number,
): void {
  response.setHeader('Connection', 'close');
  response.setHeader('Content-Length', content.length);
  response.write(content);
  const timer = setTimeout(end, lingerMs).unref();
  request.on('error', () => {});
  request.on('end', end).on('close', end).resume();
  function end(): void {
    clearTimeout(timer);
    request.off('end', end).off('close', end);
    response.end();
  }
}
