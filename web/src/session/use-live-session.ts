import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Session } from '../api/client.js';
import { outlineQuery, sessionKey, sessionQuery } from './queries.js';

/** For sessions with more spans, the other parts of the page are updated less often. */
const LARGE_SPANS = 5_000;
const LARGE_MS = 15_000;

/**
 * The current session. It is small and read often. The large parts of the page are read again when it has
 * changed.
 */
export function useLiveSession(sessionId: string) {
  const client = useQueryClient();
  const result = useQuery(sessionQuery(sessionId));
  const { data: session } = result;
  const seen = useRef<{ id: string; content: string; at: number }>(undefined);

  useEffect(() => {
    if (session === undefined) return;
    const content = contentOf(session);
    const before = seen.current;
    if (before?.id === sessionId && before.content === content) return;
    if (before?.id === sessionId) {
      const isLarge = session.span_count > LARGE_SPANS && Date.now() - before.at < LARGE_MS;
      const isLoading = client.isFetching({ queryKey: outlineQuery(sessionId).queryKey }) > 0;
      // A change that is skipped now is detected again the next time.
      if (isLarge || isLoading) return;
      for (const part of ['outline', 'events', 'usage', 'conversation', 'pages', 'exceptions']) {
        void client.invalidateQueries({ queryKey: [...sessionKey(sessionId), part] });
      }
    }
    seen.current = { id: sessionId, content, at: Date.now() };
  }, [client, session, sessionId]);

  return result;
}

/** Everything but the state, which changes with time alone. */
function contentOf(session: Session): string {
  const { state: _, end_time: __, ...content } = session;
  return JSON.stringify(content);
}
