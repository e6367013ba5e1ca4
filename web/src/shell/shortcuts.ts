import { useEffect, useRef } from 'react';

/** Actions by `KeyboardEvent.key`. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/**
 * Handles these keys while the component is mounted. Keys typed into a field, with a modifier, or in a dialog
 * or an open menu are ignored.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest('input, select, textarea, dialog[open], [role="dialog"]') !== null) return;
      const action = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
