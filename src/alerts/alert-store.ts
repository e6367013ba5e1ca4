import type { AlertDefinition, AlertState } from './alert.js';

/** An alert as it is stored. Times in ms since 1970. */
export interface StoredAlert {
  readonly project: string;
  readonly id: string;
  readonly definition: AlertDefinition;
  /** The key of its signatures, as `whsec_` and base64. */
  readonly secret: string;
  readonly createdAtMs: number;
  readonly state: AlertState;
  /** The time of its next evaluation; undefined while it is off. */
  readonly nextMs: number | undefined;
  /** How the last message went. */
  readonly delivered?: DeliveryOutcome | undefined;
  /** Grows with each change of the others. */
  readonly version: number;
}

export interface DeliveryOutcome {
  readonly atMs: number;
  /** Why it failed; undefined if it arrived. */
  readonly error?: string;
}

/** A message that is to be sent. */
export interface Delivery {
  /** The same for every try. */
  readonly id: string;
  readonly project: string;
  readonly alert: string;
  readonly body: string;
  readonly tries: number;
  readonly nextMs: number;
}

/**
 * Alerts and their messages. Any number of processes may have one open, and what one writes the others read
 * at once. What resolves is durable.
 */
export interface AlertStore {
  /** In order of creation. */
  list(project: string): Promise<StoredAlert[]>;
  get(project: string, id: string): Promise<StoredAlert | undefined>;
  add(alert: StoredAlert): Promise<void>;
  /** Replaces what is below the id, if the alert still has this version. False if it does not. */
  replace(alert: StoredAlert, delivery?: Delivery): Promise<boolean>;
  /** Removes its messages too. False if there is none. */
  remove(project: string, id: string): Promise<boolean>;
  /** Alerts of all projects whose evaluation is due, the longest due first. */
  due(nowMs: number, limit: number): Promise<StoredAlert[]>;
  addDelivery(delivery: Delivery): Promise<void>;
  /** Messages that are due, the longest due first. */
  dueDeliveries(nowMs: number, limit: number): Promise<Delivery[]>;
  /** Takes a message to be sent: it is due again at `nextMs`. False if another process has taken it. */
  takeDelivery(delivery: Delivery, nextMs: number): Promise<boolean>;
  /** Notes how a message went. It is removed if it arrived or was given up, else due again at `nextMs`. */
  noteDelivery(delivery: Delivery, outcome: DeliveryOutcome, nextMs: number | undefined): Promise<void>;
  close(): Promise<void>;
}
