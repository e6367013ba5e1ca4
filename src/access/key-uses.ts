import type { Clock } from '../clock.js';
import type { AccessStore } from './access-store.js';

/** How often uses are written, ms. */
const INTERVAL_MS = 60_000;

export interface KeyUsesOptions {
  readonly store: Pick<AccessStore, 'noteUses'>;
  readonly clock: Pick<Clock, 'after'>;
  /** Called when uses could not be written. They are written with the next ones. */
  onFailure(error: unknown): void;
}

/** When keys were last used: noted in memory, and written once a minute. */
export class KeyUses {
  readonly #options: KeyUsesOptions;
  #usedAtMs = new Map<string, number>();
  #cancel: (() => void) | undefined;

  constructor(options: KeyUsesOptions) {
    this.#options = options;
  }

  /** `atMs`: ms since 1970. */
  note(id: string, atMs: number): void {
    this.#usedAtMs.set(id, atMs);
    this.#cancel ??= this.#options.clock.after(INTERVAL_MS, () => {
      this.#cancel = undefined;
      void this.write();
    });
  }

  /** Writes what was noted, for example before the store is closed. */
  async write(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const noted = this.#usedAtMs;
    this.#usedAtMs = new Map();
    try {
      await this.#options.store.noteUses(noted);
    } catch (error) {
      for (const [id, atMs] of noted) if (!this.#usedAtMs.has(id)) this.note(id, atMs);
      this.#options.onFailure(error);
    }
  }
}
