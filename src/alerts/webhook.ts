import { createHmac } from 'node:crypto';
import type { AlertDefinition, AlertEvent, ChannelKind } from './alert.js';
import { windowOf } from './alert.js';

/** What is sent: its text, and its signature (standardwebhooks.com). */

/** An event of an alert, or a test. */
export interface AlertMessage {
  readonly project: string;
  readonly alert: string;
  readonly definition: AlertDefinition;
  readonly event: AlertEvent | 'test';
  readonly value: number | undefined;
  /** The time of the evaluation, ms since 1970. */
  readonly atMs: number;
}

const SECRET_PREFIX = 'whsec_';

/** A secret in the form of Standard Webhooks, of 24 random bytes. */
export function secretOf(bytes: Uint8Array): string {
  return SECRET_PREFIX + Buffer.from(bytes).toString('base64');
}

/** The headers that let a receiver check a message, and drop repetitions of it by its id. */
export function signedHeaders(
  secret: string,
  id: string,
  timestampS: number,
  body: string,
): Record<string, string> {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': `v1,${signature}`,
  };
}

/** The body of a message in the form that the channel takes. */
export function bodyOf(kind: ChannelKind, message: AlertMessage): string {
  return JSON.stringify(kind === 'slack' ? { text: slackText(message) } : webhookBody(message));
}

function webhookBody({ project, alert, definition, event, value, atMs }: AlertMessage) {
  const { name, filters, measure, score, operator, threshold, windowMinutes, select } = definition;
  const { fromMs, toMs } = windowOf(atMs, windowMinutes);
  return {
    type: `alert.${event}`,
    timestamp: new Date(atMs).toISOString(),
    data: {
      alert: { id: alert, name, project },
      measure,
      ...(score !== undefined && { score }),
      ...(value !== undefined && { value }),
      operator,
      threshold,
      filters,
      select,
      window: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
    },
  };
}

const HEADS = {
  firing: ':red_circle: Firing',
  resolved: ':large_green_circle: Resolved',
  test: 'Test',
} as const;

function slackText({ project, definition, event, value }: AlertMessage): string {
  const { name, measure, score, operator, threshold, windowMinutes, filters } = definition;
  const measured = value === undefined ? 'has no value' : `is ${value}`;
  const lines = [
    `${HEADS[event]}: *${escaped(name)}*`,
    `${score === undefined ? measure : `average of ${escaped(score)}`} ${measured} (${operator} ${threshold}) over ${windowMinutes} minutes in ${escaped(project)}`,
  ];
  if (filters !== '') lines.push(`Filters: \`${escaped(filters.replaceAll('`', "'"))}\``);
  return lines.join('\n');
}

/** Slack's own characters, so that a name cannot mention people or link somewhere. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('*', '∗');
}
