import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Read by public/theme.js as well, before anything is drawn. */
const KEY = 'sojourn.theme';
const DARK = window.matchMedia('(prefers-color-scheme: dark)');
/** What was chosen where the browser keeps nothing for the page: it holds until the page is left. */
let unkept: Theme | undefined;
const listeners = new Set<() => void>();

/** What was chosen; `system` where nothing was. */
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

/** The colours on the page: what was chosen, else what the system says. */
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

/** For what cannot take its colours from style sheets, such as a canvas. */
export function useShownTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, shownTheme);
}
