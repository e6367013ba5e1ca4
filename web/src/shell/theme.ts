import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** public/theme.js reads it too, before the first render. */
const KEY = 'sojourn.theme';
const DARK = window.matchMedia('(prefers-color-scheme: dark)');
/** The choice if the browser does not allow storage: it lasts until the page is left. */
let unkept: Theme | undefined;
const listeners = new Set<() => void>();

/** The chosen theme; `system` if none was chosen. */
function chosenTheme(): Theme {
  return unkept ?? keptTheme();
}

function keptTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

/** The theme on the page: the chosen one, else the system's. */
function shownTheme(): 'light' | 'dark' {
  const chosen = chosenTheme();
  if (chosen !== 'system') return chosen;
  return DARK.matches ? 'dark' : 'light';
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = shownTheme();
  for (const listener of listeners) listener();
}

export function chooseTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
    unkept = undefined;
  } catch {
    unkept = theme;
  }
  applyTheme();
}

DARK.addEventListener('change', applyTheme);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useChosenTheme(): Theme {
  return useSyncExternalStore(subscribe, chosenTheme);
}

/** For elements that cannot take their colours from style sheets, such as a canvas. */
export function useShownTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, shownTheme);
}
