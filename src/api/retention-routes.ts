import type { FastifyInstance } from 'fastify';
import { ApiError } from '../contract/errors.js';
import { RetentionPlan, RetentionQuery } from '../contract/retention.js';
import type { RetentionPlan as StoredPlan } from '../store/contract/retention.js';
import * as responses from './responses.js';
import { planItem, type RetentionTexts } from './retention-item.js';
import { common } from './session-routes.js';

/** What retention would do. */
export interface RetentionPlans {
  /** The policy of the settings. */
  readonly settings: RetentionTexts;
  /** @throws ApiError if a text cannot be understood */
  plan(texts: RetentionTexts): Promise<StoredPlan>;
}

export interface RetentionRoutesOptions {
  /** Undefined if the store keeps everything. */
  readonly retention?: RetentionPlans | undefined;
}

/** What retention would remove (docs/deleting.md). */
export function addRetentionRoutes(app: FastifyInstance, { retention }: RetentionRoutesOptions): void {
  app.get<{ Querystring: RetentionTexts }>(
    '/api/v1/retention',
    {
      config: { access: 'admin', projects: 'all' },
      schema: {
        operationId: 'getRetentionPlan',
        tags: ['Erasure'],
        summary: 'What retention would remove now',
        description:
          'Counts, and changes nothing. Without parameters for the settings of the server, with any of them for these instead.',
        querystring: RetentionQuery,
        response: {
          200: responses.apiResponse('What would be removed, by project.', RetentionPlan),
          400: responses.badQuery,
          ...common,
          501: responses.unsupported,
        },
      },
    },
    async ({ query }, reply) => {
      if (retention === undefined) {
        throw new ApiError('store.unsupported', 'This store keeps everything.');
      }
      const isGiven = Object.values(query).some((text) => text !== undefined);
      const texts = isGiven ? query : retention.settings;
      return reply.send(planItem(texts, await retention.plan(texts)));
    },
  );
}
