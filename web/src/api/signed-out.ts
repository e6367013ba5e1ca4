import { useSyncExternalStore } from 'react';

/** Whether the server has refused a request because nobody is signed in. */

let isSignedOut = false;
const listeners = new Set<() => void>();

/** Called when an answer says so. From then on the page asks to sign in. */
export function setSignedOut(): void {
  if (isSignedOut) return;
  isSignedOut = true;
  for (const listener of listeners) listener();
}

export function useSignedOut(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isSignedOut,
  );
}
