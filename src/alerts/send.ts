import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { hostOf, isAllowed, isPublicAddress, refusalOf } from './address-guard.js';

/** From the beginning of a request to its status, ms. */
const TIMEOUT_MS = 10_000;

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends a message. Resolves if the receiver answers with 2xx, and rejects with the reason if not. Redirects
 * are not followed. The address that is connected to is the one that was checked.
 */
export function sendWebhook(
  { url: text, headers, body }: WebhookRequest,
  allowedHosts: readonly string[],
): Promise<void> {
  const refusal = refusalOf(text, allowedHosts);
  if (refusal !== undefined) return Promise.reject(new Error(`the address is refused: ${refusal}`));
  const url = new URL(text);
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'sojourn',
    },
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(!isAllowed(hostOf(url), allowedHosts) && { lookup: lookupPublic }),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, options, (response) => {
      const { statusCode = 0 } = response;
      // What it says is nobody's business here, however long it is.
      response.destroy();
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`the receiver answered with ${statusCode}`));
    });
    request.on('error', (error) => reject(signalled(error)));
    request.end(body);
  });
}

function signalled(error: Error): Error {
  return error.name === 'TimeoutError' || error.name === 'AbortError'
    ? new Error(`no answer within ${TIMEOUT_MS / 1000} s`)
    : error;
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Resolves a name to its public addresses only. */
function lookupPublic(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    const addresses = found.filter(({ address }) => isPublicAddress(address));
    const [first] = addresses;
    if (first === undefined || addresses.length < found.length) {
      callback(new Error(`${hostname} has a private address, and is not in --webhook-hosts`), []);
    } else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
}
