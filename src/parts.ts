/** The parts of the server that have to be stopped. */
export class Parts {
  readonly #stops: (() => unknown)[] = [];

  stopLater(stop: () => unknown): void {
    this.#stops.push(stop);
  }

  /** Stops all, the latest first, each when the one before it has stopped. Rejects, when all have, with the first failure. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
