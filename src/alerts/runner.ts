import type { Clock } from '../clock.js';
import { API_ERRORS, ApiError } from '../contract/errors.js';
import {
  type AlertDefinition,
  dueEvaluation,
  evaluated,
  MOST_TRIES,
  nextEvaluation,
  nextTry,
  retryAfter,
  windowOf,
} from './alert.js';
import type { AlertStore, Delivery, DeliveryOutcome, StoredAlert } from './alert-store.js';
import type { WebhookRequest } from './send.js';
import { bodyOf, signedHeaders } from './webhook.js';

/** How often alerts and messages that are due are looked for, ms. */
const TICK_MS = 5_000;

/** How many are read at once; the rest follows without a pause. */
const AT_ONCE = 20;

/** Messages that are sent at once, so that a receiver that does not answer holds up few others. */
const MOST_SENT_AT_ONCE = 4;

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
  #evaluating: Promise<void> | undefined;
  #delivering: Promise<void> | undefined;

  constructor(options: AlertRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isClosed) return;
    this.#cancel = this.#options.clock.after(TICK_MS, () => {
      // Neither waits for the other: receivers may be slow, and so may measures.
      void this.#deliverDue();
      void this.#evaluateDue().then(() => this.#deliverDue());
      this.start();
    });
  }

  /** Handles all that is due now. Never rejects. */
  async tick(): Promise<void> {
    await this.#evaluateDue();
    await this.#deliverDue();
  }

  /** Resolves once nothing is being handled. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await Promise.all([this.#evaluating, this.#delivering]);
  }

  #evaluateDue(): Promise<void> {
    this.#evaluating ??= this.#evaluateAll().finally(() => {
      this.#evaluating = undefined;
    });
    return this.#evaluating;
  }

  #deliverDue(): Promise<void> {
    this.#delivering ??= this.#deliverAll().finally(() => {
      this.#delivering = undefined;
    });
    return this.#delivering;
  }

  /** One at a time: reads of alerts must not crowd out those of people. */
  async #evaluateAll(): Promise<void> {
    const { store, isBehind, nowMs } = this.#options;
    await this.#whileFull(
      async () => (isBehind() ? [] : store.due(nowMs(), AT_ONCE)),
      (alert) => this.#evaluate(alert),
      1,
    );
  }

  async #deliverAll(): Promise<void> {
    const { store, nowMs } = this.#options;
    await this.#whileFull(
      () => store.dueDeliveries(nowMs(), AT_ONCE),
      (delivery) => this.#deliver(delivery),
      MOST_SENT_AT_ONCE,
    );
  }

  /** Reads and handles until little is due. What was handled must not be due any more. Never rejects. */
  async #whileFull<T>(
    read: () => Promise<T[]>,
    handle: (each: T) => Promise<void>,
    mostAtOnce: number,
  ): Promise<void> {
    try {
      for (let isFull = true; isFull && !this.#isClosed; ) {
        const all = await read();
        isFull = all.length === AT_ONCE;
        const rest = all.values();
        const work = async (): Promise<void> => {
          for (const each of rest) {
            if (this.#isClosed) return;
            await handle(each);
          }
        };
        const ends = await Promise.allSettled(Array.from({ length: mostAtOnce }, work));
        const failed = ends.find((end) => end.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
      }
    } catch (error) {
      this.#options.onFailure('alerts cannot be read at the moment', error);
    }
  }

  async #evaluate(alert: StoredAlert): Promise<void> {
    const { store, measure, nowMs, onEvaluated, onFailure } = this.#options;
    const { project, definition } = alert;
    const { windowMinutes } = definition;
    const atMs = dueEvaluation(alert.nextMs!, nowMs(), windowMinutes);
    const nextMs = nextEvaluation(atMs, windowMinutes);
    try {
      const value = await measure(project, definition, windowOf(atMs, windowMinutes));
      const { state, event } = evaluated(definition, alert.state, value, atMs);
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
      // Each leaves what is due: alerts that always fail, which are the longest due, would be all that is read.
      if (!passes(error)) {
        await store.replace({ ...alert, nextMs });
        return;
      }
      const failures = (alert.state.failures ?? 0) + 1;
      await store.replace({
        ...alert,
        state: { ...alert.state, failures },
        nextMs: nextTry(atMs, nowMs(), failures, windowMinutes),
      });
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

/** Whether the same may succeed a moment later. */
function passes(error: unknown): boolean {
  return !(error instanceof ApiError) || API_ERRORS[error.code].retryable;
}
