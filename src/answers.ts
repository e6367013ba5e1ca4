import type { ServerResponse } from 'node:http';

/**
 * The answers that an HTTP server has under way. Node.js' own `closeIdleConnections`, which `Server.close` calls too, takes a connection
 * for idle as soon as its answer is handed over, and cuts it off while a slow reader still takes it.
 */
export class AnswersUnderWay {
  readonly #underWay = new Set<ServerResponse>();
  readonly #waiters: (() => void)[] = [];
  #draining = false;

  /** To be told of each request first of all. */
  add(response: ServerResponse): void {
    if (this.#draining) response.setHeader('Connection', 'close');
    this.#underWay.add(response);
    // Comes after the last byte was handed to the system, and where the other side has gone.
    response.once('close', () => {
      this.#underWay.delete(response);
      if (this.#underWay.size === 0) for (const resolve of this.#waiters.splice(0)) resolve();
    });
  }

  /** Lets no connection have another request after its next one; resolves when no answer is under way. */
  drain(): Promise<void> {
    this.#draining = true;
    for (const response of this.#underWay) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    if (this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
