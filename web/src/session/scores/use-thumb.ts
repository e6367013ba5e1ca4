import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../../../client/src/schema.js';
import { api, dataOf } from '../../api/client.js';
import { useCaller } from '../../shell/use-caller.js';
import { scoresQuery, sessionKey } from '../queries.js';

/** The name of the scores that thumbs give. */
const THUMB = 'helpful';

/** The server takes keys up to 128 characters. Most is for the name of the caller. */
const MAX_ACTOR = 80;

/** What a thumb is about: the whole session, or a turn by its record. */
export interface ThumbTarget {
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly logId?: string | undefined;
}

export interface Thumb {
  /** Undefined if the caller gave none. */
  readonly isUp: boolean | undefined;
  readonly isPending: boolean;
  readonly error: Error | null;
  /** Gives a thumb, or takes it back. */
  set(isUp: boolean | undefined): void;
}

/** The caller's own thumb; undefined while it is not known, or if the caller may not give scores. */
export function useThumb(sessionId: string, target: ThumbTarget): Thumb | undefined {
  const caller = useCaller();
  const cache = useQueryClient();
  const mayScore = caller?.scopes.some((scope) => scope === 'score' || scope === 'admin') === true;
  const { data } = useQuery({ ...scoresQuery(sessionId), enabled: mayScore });
  const key = `page:${caller?.actor.slice(0, MAX_ACTOR)}:${target.spanId ?? target.logId ?? 'session'}`;
  const change = useMutation({
    mutationFn: async (isUp: boolean | undefined) => {
      if (isUp !== undefined) {
        await dataOf(
          api.POST('/api/v1/sessions/by-id/scores', {
            params: { query: { id: sessionId } },
            body: { ...bodyOf(target), name: THUMB, value: isUp, source: 'human', idempotency_key: key },
          }),
        );
      } else {
        const { response, error } = await api.DELETE('/api/v1/sessions/by-id/scores/{scoreId}', {
          params: { path: { scoreId: key }, query: { id: sessionId } },
        });
        await dataOf(Promise.resolve({ data: response.ok ? true : undefined, error, response }));
      }
    },
    onSettled: () => cache.invalidateQueries({ queryKey: sessionKey(sessionId) }),
  });
  if (!mayScore || data === undefined) return undefined;
  const given = data.items.find(({ id }) => id === key);
  return {
    // Shows what was asked for at once.
    isUp: change.isPending ? change.variables : given === undefined ? undefined : given.value === 1,
    isPending: change.isPending,
    error: change.error,
    set: (isUp) => change.mutate(isUp),
  };
}

type Body = components['schemas']['Score'];

function bodyOf({
  traceId,
  spanId,
  logId,
}: ThumbTarget): Partial<Pick<Body, 'trace_id' | 'span_id' | 'turn'>> {
  const turn = spanId ?? logId;
  return {
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(traceId !== undefined && spanId !== undefined && { span_id: spanId }),
    ...(turn !== undefined && { turn }),
  };
}
