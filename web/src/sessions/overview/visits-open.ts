const KEY = 'sojourn.visits';

/** Whether the reader wants to see what visits have in common; remembered in the browser, as far as it lets us. */
export function areVisitsOpen(): boolean {
  try {
    return localStorage.getItem(KEY) === 'open';
  } catch {
    return false;
  }
}

export function setVisitsOpen(isOpen: boolean): void {
  try {
    if (isOpen) localStorage.setItem(KEY, 'open');
    else localStorage.removeItem(KEY);
  } catch {
    // It is closed again the next time.
  }
}
