import type { Clock } from '../clock.js';
import {
  type AlertDefinition,
  dueEvaluation,
  evaluated,
  MOST_TRIES,
  nextEvaluation,
  retryAfter,
  windowOf,
} from './alert.js';
import type { AlertStore, Delivery, DeliveryOutcome, StoredAlert } from './alert-store.js';
import type { WebhookRequest } from './send.js';
import { bodyOf, signedHeaders } from './webhook.js';

/** How often alerts and messages that are due are looked for, ms. */
const TICK_MS = 5_000;

/** How many are handled at once; the rest follows without a pause. */
const AT_ONCE = 20;

/** How long a message belongs to the process that sends it, ms: longer than a request takes. */
const TAKEN_MS = 60_000;

export interface AlertRunnerOptions {
  readonly store: AlertStore;
  /**
   * The measure over the sessions of a window, both ends included, ms since 1970. Undefined without a value.
   * Rejects if it cannot be read now.
   */
  measure(
    project: string,
    definition: AlertDefinition,
    window: { fromMs: number; toMs: number },
  ): Promise<number | undefined>;
  send(request: WebhookRequest): Promise<void>;
  /** Whether sessions lack telemetry that was accepted: alerts wait until they do not. */
  isBehind(): boolean;
  newId(): string;
  nowMs(): number;
  readonly clock: Pick<Clock, 'after'>;
  onEvaluated(result: 'ok' | 'firing' | 'resolved' | 'failed'): void;
  onDelivered(result: 'sent' | 'retried' | 'given_up'): void;
  /** Something failed that is tried again. */
  onFailure(message: string, error: unknown): void;
}

/**
 * Evaluates alerts and sends their messages. Any number of processes may run one over the same store: each
 * evaluation is recorded once, with its message, in one transaction, by whoever is first.
 */
export class AlertRunner {
  readonly #options: AlertRunnerOptions;
  #cancel: (() => void) | undefined;
  #isClosed = false;
  #running: Promise<void> | undefined;

  constructor(options: AlertRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isClosed) return;
    this.#cancel = this.#options.clock.after(TICK_MS, () => {
      void this.tick().then(() => this.start());
    });
  }

  /** Handles all that is due now. Never rejects. */
  tick(): Promise<void> {
    this.#running ??= this.#handle().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves once nothing is being handled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#running;
  }

  async #handle(): Promise<void> {
    const { store, isBehind, nowMs, onFailure } = this.#options;
    try {
      if (!isBehind())
        await this.#whileFull(await store.due(nowMs(), AT_ONCE), (each) => this.#evaluate(each));
      await this.#whileFull(await store.dueDeliveries(nowMs(), AT_ONCE), (each) => this.#deliver(each));
    } catch (error) {
      onFailure('alerts cannot be read at the moment', error);
    }
  }

  /** One at a time: reads of alerts must not crowd out those of people. */
  async #whileFull<T>(all: readonly T[], handle: (each: T) => Promise<void>): Promise<void> {
    for (const each of all) {
      if (this.#isClosed) return;
      await handle(each);
    }
  }

  async #evaluate(alert: StoredAlert): Promise<void> {
    const { store, measure, nowMs, onEvaluated, onFailure } = this.#options;
    const { project, definition } = alert;
    const { windowMinutes } = definition;
    const atMs = dueEvaluation(alert.nextMs!, nowMs(), windowMinutes);
    try {
      const value = await measure(project, definition, windowOf(atMs, windowMinutes));
      const { state, event } = evaluated(definition, alert.state, value, atMs);
      const nextMs = nextEvaluation(atMs, windowMinutes);
      const delivery = event && {
        id: this.#options.newId(),
        project,
        alert: alert.id,
        body: bodyOf(definition.channel.kind, { project, alert: alert.id, definition, event, value, atMs }),
        tries: 0,
        nextMs: nowMs(),
      };
      const isFirst = await store.replace({ ...alert, state, nextMs }, delivery);
      if (isFirst) onEvaluated(event ?? 'ok');
    } catch (error) {
      onEvaluated('failed');
      onFailure(`the alert ${alert.id} could not be evaluated`, error);
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { store, nowMs, onDelivered } = this.#options;
    if (!(await store.takeDelivery(delivery, nowMs() + TAKEN_MS))) return;
    const outcome = await this.deliver(delivery);
    const tries = delivery.tries + 1;
    const isOver = outcome.error === undefined || tries >= MOST_TRIES;
    await store.noteDelivery(delivery, outcome, isOver ? undefined : nowMs() + retryAfter(tries));
    onDelivered(outcome.error === undefined ? 'sent' : isOver ? 'given_up' : 'retried');
  }

  /** Sends a message once, without changing anything. */
  async deliver({
    id,
    project,
    alert: alertId,
    body,
  }: Omit<Delivery, 'tries' | 'nextMs'>): Promise<DeliveryOutcome> {
    const { store, send, nowMs, onFailure } = this.#options;
    const alert = await store.get(project, alertId);
    if (alert === undefined) return { atMs: nowMs(), error: 'the alert is gone' };
    const { kind, url } = alert.definition.channel;
    const timestampS = Math.floor(nowMs() / 1000);
    const headers = kind === 'slack' ? {} : signedHeaders(alert.secret, id, timestampS, body);
    try {
      await send({ url, headers, body });
      return { atMs: nowMs() };
    } catch (error) {
      onFailure(`a message of the alert ${alertId} did not arrive`, error);
      return { atMs: nowMs(), error: error instanceof Error ? error.message : String(error) };
    }
  }
}
