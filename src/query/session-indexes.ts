/** What is known of a session from one request to the next. */
export interface SessionIndex {
  /** How much is remembered: entries, about. */
  readonly size: number;
  /** Begins a request: forgets what is no longer true. */
  settle(): Promise<void>;
  /** Ends a request: lets go of what was read for it. */
  rest(): void;
}

/** Sessions that are known, and how much is remembered of them in all: entries, about 150 bytes each. */
const MAX_SESSIONS = 16;
const MAX_REMEMBERED = 400_000;

/** Sessions that were read lately, so that a page after another costs a page. */
export class SessionIndexes<Index extends SessionIndex> {
  readonly #create: (sessionId: string) => Index;
  /** The latest used last. */
  readonly #known = new Map<string, Index>();
  /** Ends of the requests under way, by session: they take turns. */
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(create: (sessionId: string) => Index) {
    this.#create = create;
  }

  /** Works with what is known of a session, after all others that do. */
  async use<T>(sessionId: string, work: (index: Index) => Promise<T>): Promise<T> {
    const before = this.#busy.get(sessionId);
    const result = (before ?? Promise.resolve()).then(() => this.#work(sessionId, work));
    const end = result.catch(() => {});
    this.#busy.set(sessionId, end);
    try {
      return await result;
    } finally {
      if (this.#busy.get(sessionId) === end) this.#busy.delete(sessionId);
    }
  }

  async #work<T>(sessionId: string, work: (index: Index) => Promise<T>): Promise<T> {
    const index = this.#known.get(sessionId) ?? this.#create(sessionId);
    this.#known.delete(sessionId);
    this.#known.set(sessionId, index);
    try {
      await index.settle();
      return await work(index);
    } finally {
      index.rest();
      this.#trim();
    }
  }

  #trim(): void {
    let remembered = [...this.#known.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [sessionId, { size }] of this.#known) {
      if (this.#known.size <= MAX_SESSIONS && remembered <= MAX_REMEMBERED) return;
      this.#known.delete(sessionId);
      remembered -= size;
    }
  }
}
