import type { EngineState } from './loads.js';

/** The keys in `meta` of the values of the engine's state. */
export const STATE_KEYS: { readonly [K in keyof EngineState]: string } = {
  foldedBlock: 'folded_block',
  namedBlock: 'named_block',
  rules: 'rules',
  tables: 'tables',
  sessionsBy: 'sessions_by',
  pageUrls: 'page_urls',
  quietRoutes: 'quiet_routes',
  implicitSessions: 'implicit_sessions',
  timeoutNs: 'timeout_ns',
  settings: 'settings',
  settingsNumber: 'settings_number',
  refoldedSettings: 'refolded_settings',
  damagedBlocks: 'damaged_blocks',
  removedPiece: 'removed_piece',
};

/** The state, from the values of `meta`. `stored` returns undefined for a missing key. */
export function stateFrom(stored: (key: string) => unknown): EngineState {
  const text = (name: keyof EngineState): string | undefined => {
    const found = stored(STATE_KEYS[name]);
    return found === undefined ? undefined : String(found);
  };
  const number = (name: keyof EngineState): number | undefined => {
    const found = stored(STATE_KEYS[name]);
    return found === undefined ? undefined : Number(found);
  };
  return {
    foldedBlock: number('foldedBlock') ?? 0,
    namedBlock: number('namedBlock'),
    rules: number('rules'),
    tables: text('tables'),
    sessionsBy: text('sessionsBy'),
    pageUrls: text('pageUrls'),
    quietRoutes: text('quietRoutes'),
    implicitSessions: text('implicitSessions'),
    timeoutNs: text('timeoutNs'),
    settings: text('settings'),
    settingsNumber: number('settingsNumber'),
    refoldedSettings: number('refoldedSettings'),
    damagedBlocks: text('damagedBlocks'),
    removedPiece: number('removedPiece'),
  };
}

/** The keys and values to write to `meta` for a changed state. */
export function stateEntries(state: Partial<EngineState>): [key: string, value: string | number][] {
  return Object.entries(state).flatMap(([name, value]) =>
    value === undefined ? [] : [[STATE_KEYS[name as keyof EngineState], value] as [string, string | number]],
  );
}
