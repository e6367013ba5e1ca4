const KEY = 'sojourn.visits';

/** Whether the panel of visits is open. Stored in the browser if it allows that. */
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
    // Without storage the panel is closed the next time.
  }
}
