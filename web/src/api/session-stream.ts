import type { operations } from '../../../client/src/schema.js';
import { parametersOf } from '../url.js';
import type { Session } from './client.js';
import { withProject } from './project.js';

type StreamFilters = Omit<NonNullable<operations['streamSessions']['parameters']['query']>, 'lastEventId'>;

export interface StreamListener {
  /** A session is new or has changed. */
  session(session: Session): void;
  /** Some changes were not reported, because the server no longer knows them or they are too many. */
  missed(): void;
  /** Reports whether the stream is connected. */
  connected(isConnected: boolean): void;
}

/** Browsers reconnect after a broken connection, but not after an answer that is not a stream. */
const RETRY_MS = 5_000;

/**
 * Listens to changes of the sessions that match the filters. Browsers allow six connections to a server, so a
 * hidden page closes its connection. It resumes where it stopped when it is visible again. Returns a function
 * that stops listening.
 */
export function listenToSessions(filters: StreamFilters, listener: StreamListener): () => void {
  let source: EventSource | undefined;
  let retry: number | undefined;
  let lastEventId = '';

  const open = (): void => {
    const query = parametersOf({ ...filters, lastEventId });
    source = new EventSource(withProject(`api/v1/sessions/stream?${query}`));
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
    // The stream can only resume from an event id.
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
