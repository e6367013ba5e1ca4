/**
 * Recently changed sessions by the number of their last change. It remembers a limited number of different
 * sessions, each once, and the number up to which others were dropped.
 */
export class ChangeLog {
  readonly #capacity: number;
  /** Oldest change first. */
  readonly #changes = new Map<string, number>();
  #last = 0;
  #forgotten = 0;

  /** `capacity`: number of remembered sessions. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Number of the last change; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  note(sessionId: string): void {
    this.#changes.delete(sessionId);
    this.#changes.set(sessionId, ++this.#last);
    if (this.#changes.size <= this.#capacity) return;
    const [oldest, change] = this.#changes.entries().next().value!;
    this.#changes.delete(oldest);
    this.#forgotten = change;
  }

  /** Notes that any session may have changed. */
  noteAll(): void {
    this.#changes.clear();
    this.#forgotten = ++this.#last;
  }

  /** Whether all changes after this one are still known. */
  knowsSince(change: number): boolean {
    return change >= this.#forgotten && change <= this.#last;
  }

  /** The sessions that changed after this change, oldest first. */
  since(change: number): { readonly sessionId: string; readonly change: number }[] {
    const changes: { sessionId: string; change: number }[] = [];
    for (const [sessionId, number] of this.#changes) {
      if (number > change) changes.push({ sessionId, change: number });
    }
    return changes;
  }
}
