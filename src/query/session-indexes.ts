/** Knowledge about a session that is kept between requests. */
export interface SessionIndex {
  /** Approximate number of remembered entries. */
  readonly size: number;
  /** Begins a request: forgets everything that is outdated. */
  settle(): Promise<void>;
  /** Ends a request: releases the memory of what was read for it. */
  rest(): void;
}

/** Maximum number of sessions with an index, and of remembered entries in all: about 150 bytes each. */
const MAX_SESSIONS = 16;
const MAX_REMEMBERED = 400_000;

/** Indexes of recently read sessions, so that each following page has the cost of one page. */
export class SessionIndexes<Index extends SessionIndex> {
  readonly #create: (project: string, sessionId: string) => Index;
  /** By project and session, least recently used first. */
  readonly #known = new Map<string, Index>();
  /** The last request of each session, resolved when it ends. Requests of one session run one after another. */
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(create: (project: string, sessionId: string) => Index) {
    this.#create = create;
  }

  /** Runs `work` with the index of a session, after all earlier work with it. */
  async use<T>(project: string, sessionId: string, work: (index: Index) => Promise<T>): Promise<T> {
    const key = JSON.stringify([project, sessionId]);
    const before = this.#busy.get(key);
    const result = (before ?? Promise.resolve()).then(() => {
      const index = this.#known.get(key) ?? this.#create(project, sessionId);
      this.#known.delete(key);
      this.#known.set(key, index);
      return this.#work(index, work);
    });
    const end = result.catch(() => {});
    this.#busy.set(key, end);
    try {
      return await result;
    } finally {
      if (this.#busy.get(key) === end) this.#busy.delete(key);
    }
  }

  async #work<T>(index: Index, work: (index: Index) => Promise<T>): Promise<T> {
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
    for (const [key, { size }] of this.#known) {
      if (this.#known.size <= MAX_SESSIONS && remembered <= MAX_REMEMBERED) return;
      this.#known.delete(key);
      remembered -= size;
    }
  }
}
