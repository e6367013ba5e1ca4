import type { ServerResponse } from 'node:http';

/**
 * Tracks the answers that an HTTP server is sending. Node.js' own `closeIdleConnections`, which
 * `Server.close` calls too, treats a connection as idle once its answer is buffered, and cuts it off while a
 * slow reader still reads it.
 */
export class AnswersUnderWay {
  readonly #underWay = new Set<ServerResponse>();
  readonly #waiters: (() => void)[] = [];
  #draining = false;

  /** Must be called for each request before any other handler. */
  add(response: ServerResponse): void {
    if (this.#draining) response.setHeader('Connection', 'close');
    this.#underWay.add(response);
    // Emitted after the last byte was passed to the system, and if the other side has disconnected.
    response.once('close', () => {
      this.#underWay.delete(response);
      if (this.#underWay.size === 0) for (const resolve of this.#waiters.splice(0)) resolve();
    });
  }

  /** Allows each connection only one more request; resolves when no answer is being sent. */
  drain(): Promise<void> {
    this.#draining = true;
    for (const response of this.#underWay) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    if (this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
