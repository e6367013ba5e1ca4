import { parametersOf } from '../url.js';
import type { Session } from './client.js';
import type { operations } from './schema.js';

type StreamFilters = Omit<NonNullable<operations['streamSessions']['parameters']['query']>, 'lastEventId'>;

export interface StreamListener {
  /** A session is new or has changed. */
  session(session: Session): void;
  /** Some changes are not told: they are not known any more, or too many. */
  missed(): void;
  /** Whether changes arrive. */
  connected(isConnected: boolean): void;
}

/** Browsers try again by themselves after a broken connection, but not after an answer that is no stream. */
const RETRY_MS = 5_000;

/**
 * Listens to the changes of the sessions that match. A page that nobody sees lets go of its connection, of which a browser has six a
 * server, and goes on from where it was when it is seen again. Returns how to stop.
 */
export function listenToSessions(filters: StreamFilters, listener: StreamListener): () => void {
  let source: EventSource | undefined;
  let retry: number | undefined;
  let lastEventId = '';

  const open = (): void => {
    const query = parametersOf({ ...filters, lastEventId });
    source = new EventSource(`/api/v1/sessions/stream?${query}`);
    source.addEventListener('open', () => listener.connected(true));
    source.addEventListener('session', (event) => {
      lastEventId = event.lastEventId;
      listener.session(JSON.parse(event.data) as Session);
    });
    for (const name of ['reset', 'skipped']) {
      source.addEventListener(name, (event) => {
        lastEventId = event.lastEventId;
        listener.missed();
      });
    }
    source.addEventListener('error', () => {
      listener.connected(false);
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      retry = window.setTimeout(open, RETRY_MS);
    });
  };
  const close = (): void => {
    window.clearTimeout(retry);
    source?.close();
    source = undefined;
  };
  let wasOpened = false;
  const follow = (): void => {
    close();
    if (document.hidden) return;
    // Without an id of an event there is no going on from where it was.
    if (wasOpened && lastEventId === '') listener.missed();
    wasOpened = true;
    open();
  };

  follow();
  document.addEventListener('visibilitychange', follow);
  return () => {
    document.removeEventListener('visibilitychange', follow);
    close();
  };
}
