import { useSyncExternalStore } from 'react';

/** Whether the server answers, as far as the latest requests tell. */

/** When the server last stopped answering, milliseconds since 1970; undefined while it answers. */
let silentSince: number | undefined;
const listeners = new Set<() => void>();

/** Called for every request: whether anything answered it. */
export function noteAnswer(isAnswered: boolean): void {
  if (isAnswered === (silentSince === undefined)) return;
  silentSince = isAnswered ? undefined : Date.now();
  for (const listener of listeners) listener();
}

/** Since when the server does not answer, milliseconds since 1970; undefined while it does. */
export function useSilentSince(): number | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => silentSince,
  );
}
