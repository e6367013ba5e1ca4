import type { Static } from '@sinclair/typebox';
import { ALERT_MEASURES, ALERT_OPERATORS, CHANNEL_KINDS } from '../alerts/alert.js';
import { MAX_SCORE_NAME } from '../normalize/score-terms.js';
import { Type } from './schema-builder.js';
import { dateTime, oneOf, ref } from './schema-parts.js';

/** Alerts: a measure over sessions under filters, and who is told when it passes a threshold. */

const MAX_NAME = 100;
const MAX_FILTERS = 4_000;
const MAX_URL = 2_000;
const MAX_WINDOW = 7 * 24 * 60;

/** Most alerts of a project. */
export const MOST_ALERTS = 200;

const AlertChannel = Type.Object(
  {
    kind: oneOf(
      CHANNEL_KINDS,
      '`webhook`: a signed JSON document (Standard Webhooks). `slack`: `{"text": …}`, as incoming webhooks of Slack take it, and of others that take the same.',
    ),
    url: Type.String({
      minLength: 1,
      maxLength: MAX_URL,
      description:
        'Where to send it: https, to a public address. The setting --webhook-hosts names hosts that may be private, or reached by http.',
      examples: ['https://hooks.example/sojourn'],
    }),
  },
  { $id: 'AlertChannel', additionalProperties: false, description: 'Who is told.' },
);

const fields = {
  name: Type.String({ minLength: 1, maxLength: MAX_NAME, examples: ['Errors in the shop'] }),
  filters: Type.Optional(
    Type.String({
      maxLength: MAX_FILTERS,
      description:
        'Filters of the list of sessions, as its query string, without a range of time. Without: all sessions.',
      examples: ['service=checkout&country=DE'],
    }),
  ),
  measure: oneOf(
    ALERT_MEASURES,
    'What is measured over these sessions. `error_share` is the share of sessions with errors, 0 to 1; `error_share`, `avg_duration_ms` and `p95_duration_ms` have no value where there is no session, and `score_average` where there is no score with a value, and pass no threshold then. Model calls without a price or without tokens are in no sum of those.',
  ),
  score: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_SCORE_NAME,
      description: 'The name of the scores whose average `score_average` measures; needed for it.',
      examples: ['helpful'],
    }),
  ),
  operator: oneOf(ALERT_OPERATORS, 'When it fires: while the measure is above the threshold, or below it.'),
  threshold: Type.Number({ examples: [0.05] }),
  window_minutes: Type.Integer({
    minimum: 1,
    maximum: MAX_WINDOW,
    description:
      'The length of the window, which ends half a minute before each evaluation. Alerts are evaluated every minute; with windows above an hour every 60th of the window, at least once an hour.',
    examples: [15],
  }),
  select: Type.Optional(
    oneOf(
      ['started', 'active'],
      '`started` (default): sessions that started in the window. `active`: all with activity in it, counted whole.',
    ),
  ),
  channel: ref(AlertChannel),
  enabled: Type.Optional(
    Type.Boolean({ default: true, description: 'false: it is kept and not evaluated.' }),
  ),
};

const EXAMPLE = {
  id: 'al_6f0a3c5d9b1e47288c21d0aa',
  name: 'Errors in the shop',
  filters: 'service=checkout',
  measure: 'error_share',
  operator: 'above',
  threshold: 0.05,
  window_minutes: 15,
  select: 'started',
  channel: { kind: 'webhook', url: 'https://hooks.example/sojourn' },
  enabled: true,
  state: 'firing',
  value: 0.12,
  evaluated_at: '2026-11-30T12:03:00.000000000Z',
  firing_since: '2026-11-30T12:01:00.000000000Z',
  created_at: '2026-11-30T11:00:00.000000000Z',
};

/** Inlined, so that the channel is checked with the rest. */
export const AlertInput = Type.Object({ ...fields, channel: AlertChannel }, { additionalProperties: false });
export type AlertInput = Static<typeof AlertInput>;

export const Alert = Type.Object(
  {
    id: Type.String({ examples: [EXAMPLE.id] }),
    ...fields,
    state: oneOf(
      ['off', 'new', 'ok', 'firing'],
      '`off`: not enabled. `new`: not evaluated yet. `firing`: the measure has passed the threshold.',
    ),
    value: Type.Optional(
      Type.Number({ description: 'The measure at the last evaluation. Left out where it had none.' }),
    ),
    evaluated_at: Type.Optional(dateTime('When it was last evaluated.', EXAMPLE.evaluated_at)),
    firing_since: Type.Optional(dateTime('Since when it fires.', EXAMPLE.firing_since)),
    last_message: Type.Optional(
      Type.Object(
        {
          at: dateTime('When it was last tried to send a message.', EXAMPLE.firing_since),
          error: Type.Optional(Type.String({ description: 'Why it did not arrive. Left out if it did.' })),
        },
        { description: 'How the last message went.' },
      ),
    ),
    created_at: dateTime('When it was made.', EXAMPLE.created_at),
    secret: Type.Optional(
      Type.String({
        description:
          'The key of the signatures of a webhook. Only in the answer that makes the alert: keep it.',
        examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      }),
    ),
  },
  { $id: 'Alert', description: 'An alert.', examples: [EXAMPLE] },
);
export type Alert = Static<typeof Alert>;

export const AlertList = Type.Object(
  { items: Type.Array(ref(Alert), { description: 'In order of creation.' }) },
  { $id: 'AlertList', description: 'The alerts of a project.', examples: [{ items: [EXAMPLE] }] },
);

export const AlertTest = Type.Object(
  {
    arrived: Type.Boolean({ description: 'Whether the receiver answered with 2xx.' }),
    error: Type.Optional(Type.String({ description: 'Why it did not arrive.' })),
    value: Type.Optional(Type.Number({ description: 'The measure now. Left out where it has no value.' })),
  },
  { $id: 'AlertTest', description: 'How a test message went.', examples: [{ arrived: true, value: 0.02 }] },
);

export const AlertPath = Type.Object({
  alertId: Type.String({ minLength: 1, description: 'The `id` of the alert.' }),
});

export const ALERT_SCHEMAS = [AlertChannel, Alert, AlertList, AlertTest];
