/** A saved view: the address of a list under a name. */
export interface SavedView {
  readonly project: string;
  readonly name: string;
  /** The query string of the list on the page. */
  readonly query: string;
  /** When it was last saved, ms since 1970. */
  readonly savedAtMs: number;
}

/**
 * Saved views of projects. Any number of processes may have one open, and what one writes the others read at
 * once. What resolves is durable.
 */
export interface ViewStore {
  /** By name, in the order of UTF-8. */
  list(project: string): Promise<SavedView[]>;
  /** Saves a view, in place of one of this name. */
  put(view: SavedView): Promise<void>;
  /** False if there is none of this name. */
  remove(project: string, name: string): Promise<boolean>;
  close(): Promise<void>;
}
