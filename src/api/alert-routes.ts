import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refusalOf } from '../alerts/address-guard.js';
import { type AlertDefinition, NEW_ALERT, nextEvaluation, windowOf } from '../alerts/alert.js';
import type { AlertStore, StoredAlert } from '../alerts/alert-store.js';
import type { AlertRunner } from '../alerts/runner.js';
import { bodyOf, secretOf } from '../alerts/webhook.js';
import { Alert, AlertInput, AlertList, AlertPath, AlertTest, MOST_ALERTS } from '../contract/alert.js';
import { ApiError, type FieldError } from '../contract/errors.js';
import { NoQuery } from '../contract/schema-parts.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import type { ApiAccess } from './access.js';
import type { ParseAlertFilters } from './alert-filters.js';
import * as responses from './responses.js';
import { common } from './session-routes.js';

export interface AlertRoutesOptions {
  readonly access: Pick<ApiAccess, 'audit'>;
  readonly alerts: AlertAccess;
}

/** What the routes need of the alerts of a server. */
export interface AlertAccess {
  readonly store: Pick<AlertStore, 'list' | 'get' | 'add' | 'replace' | 'remove'>;
  readonly runner: Pick<AlertRunner, 'deliver'>;
  /** The measure of an alert now. */
  measure(
    project: string,
    definition: AlertDefinition,
    window: { fromMs: number; toMs: number },
  ): Promise<number | undefined>;
  readonly parseFilters: ParseAlertFilters;
  /** Hosts that messages may go to whatever their addresses are. */
  readonly webhookHosts: readonly string[];
  nowMs(): number;
}

const ALERTS = '/api/v1/alerts';
const TAGS = ['Alerts'];

/** How often a change is tried that an evaluation has overtaken. */
const MOST_CHANGES = 5;

/** Alerts of a project (docs/alerts.md). For admins alone: who makes alerts makes the server send requests. */
export function addAlertRoutes(app: FastifyInstance, { access, alerts }: AlertRoutesOptions): void {
  const config = { access: 'admin' } as const;
  const { store, runner, measure, nowMs } = alerts;

  app.get(
    ALERTS,
    {
      config,
      schema: {
        operationId: 'listAlerts',
        tags: TAGS,
        summary: 'Alerts',
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The alerts.', AlertList),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async ({ project }) => ({ items: (await store.list(project)).map(alertItem) }),
  );

  app.get<{ Params: { alertId: string } }>(
    `${ALERTS}/:alertId`,
    {
      config,
      schema: {
        operationId: 'getAlert',
        tags: TAGS,
        summary: 'One alert',
        params: AlertPath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The alert.', Alert),
          400: responses.badQuery,
          404: responses.notFound('alert'),
          ...common,
        },
      },
    },
    async (request) => alertItem(await existing(request)),
  );

  app.post<{ Body: AlertInput }>(
    ALERTS,
    {
      config,
      schema: {
        operationId: 'createAlert',
        tags: TAGS,
        summary: 'Make an alert',
        description: 'The answer has the secret of its signatures, which no later answer has.',
        querystring: NoQuery,
        body: AlertInput,
        response: {
          201: responses.apiResponse('The new alert, with its secret.', Alert),
          400: responses.badBody,
          409: responses.tooManyAlerts,
          413: responses.bodyTooLarge,
          ...common,
        },
      },
    },
    async (request, reply) => {
      const definition = definitionOf(request.body, alerts);
      const { project } = request;
      if ((await store.list(project)).length >= MOST_ALERTS) {
        throw new ApiError('alert.too_many', `A project has at most ${MOST_ALERTS} alerts.`);
      }
      const alert: StoredAlert = {
        project,
        id: `al_${randomBytes(12).toString('hex')}`,
        definition,
        secret: secretOf(randomBytes(24)),
        createdAtMs: nowMs(),
        state: NEW_ALERT,
        nextMs: definition.isEnabled ? nextEvaluation(nowMs(), definition.windowMinutes) : undefined,
        version: 0,
      };
      await store.add(alert);
      await audit(request, 'alert.created', alert);
      return reply.code(201).send({ ...alertItem(alert), secret: alert.secret });
    },
  );

  app.put<{ Params: { alertId: string }; Body: AlertInput }>(
    `${ALERTS}/:alertId`,
    {
      config,
      schema: {
        operationId: 'replaceAlert',
        tags: TAGS,
        summary: 'Change an alert',
        description: 'Replaces all of its fields. It begins anew, and keeps its secret.',
        params: AlertPath,
        querystring: NoQuery,
        body: AlertInput,
        response: {
          200: responses.apiResponse('The alert.', Alert),
          400: responses.badBody,
          404: responses.notFound('alert'),
          413: responses.bodyTooLarge,
          ...common,
        },
      },
    },
    async (request) => {
      const definition = definitionOf(request.body, alerts);
      for (let i = 0; i < MOST_CHANGES; i++) {
        const before = await existing(request);
        const alert: StoredAlert = {
          ...before,
          definition,
          state: NEW_ALERT,
          nextMs: definition.isEnabled ? nextEvaluation(nowMs(), definition.windowMinutes) : undefined,
        };
        if (!(await store.replace(alert))) continue;
        await audit(request, 'alert.changed', alert);
        return alertItem(alert);
      }
      throw new ApiError('store.unavailable', 'The alert changes all the time. Try again.');
    },
  );

  app.delete<{ Params: { alertId: string } }>(
    `${ALERTS}/:alertId`,
    {
      config,
      schema: {
        operationId: 'deleteAlert',
        tags: TAGS,
        summary: 'Delete an alert',
        description: 'Its messages that have not arrived yet are not sent any more.',
        params: AlertPath,
        querystring: NoQuery,
        response: {
          204: responses.emptyResponse('The alert is deleted.'),
          400: responses.badQuery,
          404: responses.notFound('alert'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const alert = await existing(request);
      await store.remove(alert.project, alert.id);
      await audit(request, 'alert.deleted', alert);
      return reply.code(204).send();
    },
  );

  app.post<{ Params: { alertId: string } }>(
    `${ALERTS}/:alertId/test`,
    {
      config,
      schema: {
        operationId: 'testAlert',
        tags: TAGS,
        summary: 'Send a test message',
        description: 'Sends it now, once, with the measure as it is now. The state of the alert stays.',
        params: AlertPath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('How it went.', AlertTest),
          400: responses.badQuery,
          404: responses.notFound('alert'),
          ...common,
        },
      },
    },
    async (request) => {
      const { project, id, definition } = await existing(request);
      const atMs = nowMs();
      const value = await measure(project, definition, windowOf(atMs, definition.windowMinutes));
      const message = { project, alert: id, definition, event: 'test' as const, value, atMs };
      const { error } = await runner.deliver({
        id: `msg_${randomBytes(12).toString('hex')}`,
        project,
        alert: id,
        body: bodyOf(definition.channel.kind, message),
      });
      return {
        arrived: error === undefined,
        ...(error !== undefined && { error }),
        ...(value !== undefined && { value }),
      };
    },
  );

  async function existing(request: FastifyRequest): Promise<StoredAlert> {
    const { alertId } = request.params as { alertId: string };
    const alert = await store.get(request.project, alertId);
    if (alert !== undefined) return alert;
    throw new ApiError('alert.not_found', 'The project has no alert with this id.', {
      resource: { type: 'alert', id: alertId },
    });
  }

  /** Not the address of the receiver: those of some services are secrets. */
  async function audit(
    { identity, project }: FastifyRequest,
    action: 'alert.created' | 'alert.changed' | 'alert.deleted',
    { id, definition }: StoredAlert,
  ): Promise<void> {
    const { name, measure, operator, threshold } = definition;
    const detail = { name, measure, operator, threshold };
    await access.audit({ actor: identity.actor, action, subject: id, project, detail });
  }
}

/** @throws ApiError `body.invalid` */
function definitionOf(
  input: AlertInput,
  { parseFilters, webhookHosts }: Pick<AlertAccess, 'parseFilters' | 'webhookHosts'>,
): AlertDefinition {
  const filters = (input.filters ?? '').replace(/^\?/, '');
  const errors: FieldError[] = [];
  const parsed = parseFilters(filters);
  if ('error' in parsed) {
    errors.push({
      field: 'filters',
      message: parsed.error.message,
      code: 'body.invalid',
      rejected_value: filters,
    });
  }
  if ((input.measure === 'score_average') !== (input.score !== undefined)) {
    const message = 'Give the name of the score with the measure score_average, and with no other.';
    errors.push({ field: 'score', message, code: 'body.invalid' });
  }
  const refusal = refusalOf(input.channel.url, webhookHosts);
  if (refusal !== undefined) {
    errors.push({ field: 'channel.url', message: `Use another address: ${refusal}.`, code: 'body.invalid' });
  }
  if (errors.length > 0) throw new ApiError('body.invalid', errors[0]!.message, { fields: errors });
  return {
    name: input.name.trim(),
    filters,
    measure: input.measure,
    ...(input.score !== undefined && { score: input.score.trim() }),
    operator: input.operator,
    threshold: input.threshold,
    windowMinutes: input.window_minutes,
    select: input.select ?? 'started',
    channel: { kind: input.channel.kind, url: input.channel.url },
    isEnabled: input.enabled ?? true,
  };
}

function alertItem({ id, definition, state, delivered, createdAtMs }: StoredAlert): Alert {
  const { windowMinutes, isEnabled, ...fields } = definition;
  const { evaluatedAtMs, firingSinceMs, value } = state;
  const known = evaluatedAtMs === undefined ? 'new' : firingSinceMs === undefined ? 'ok' : 'firing';
  return {
    id,
    ...fields,
    window_minutes: windowMinutes,
    enabled: isEnabled,
    state: isEnabled ? known : 'off',
    ...(value !== undefined && { value }),
    ...(evaluatedAtMs !== undefined && { evaluated_at: instant(evaluatedAtMs) }),
    ...(firingSinceMs !== undefined && { firing_since: instant(firingSinceMs) }),
    ...(delivered !== undefined && {
      last_message: {
        at: instant(delivered.atMs),
        ...(delivered.error !== undefined && { error: delivered.error }),
      },
    }),
    created_at: instant(createdAtMs),
  };
}

function instant(ms: number): string {
  return formatRfc3339(BigInt(ms) * 1_000_000n);
}
