import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../contract/errors.js';
import { NoQuery } from '../contract/schema-parts.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import { MOST_VIEWS, View, ViewInput, ViewList, ViewPath } from '../contract/view.js';
import type { SavedView, ViewStore } from '../views/view-store.js';
import type { ApiAccess } from './access.js';
import * as responses from './responses.js';
import { common } from './session-routes.js';

export interface ViewRoutesOptions {
  readonly access: Pick<ApiAccess, 'audit'>;
  readonly views: ViewAccess;
}

/** What the routes need of the saved views of a server. */
export interface ViewAccess {
  readonly store: Pick<ViewStore, 'list' | 'put' | 'remove'>;
  nowMs(): number;
}

const VIEWS = '/api/v1/views';
const TAGS = ['Views'];

/** Saved views of a project. Whoever reads sessions sees them; admins save and delete them. */
export function addViewRoutes(app: FastifyInstance, { access, views }: ViewRoutesOptions): void {
  const { store, nowMs } = views;

  app.get(
    VIEWS,
    {
      schema: {
        operationId: 'listViews',
        tags: TAGS,
        summary: 'Saved views',
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The views.', ViewList),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async ({ project }) => ({ items: (await store.list(project)).map(viewItem) }),
  );

  app.put<{ Params: { viewName: string }; Body: ViewInput }>(
    `${VIEWS}/:viewName`,
    {
      config: { access: 'admin' },
      schema: {
        operationId: 'saveView',
        tags: TAGS,
        summary: 'Save a view',
        description: 'Replaces the view of this name, if there is one.',
        params: ViewPath,
        querystring: NoQuery,
        body: ViewInput,
        response: {
          200: responses.apiResponse('The view.', View),
          400: responses.badBody,
          409: responses.tooManyViews,
          413: responses.bodyTooLarge,
          ...common,
        },
      },
    },
    async (request) => {
      const { project } = request;
      const name = nameOf(request);
      const others = (await store.list(project)).filter((view) => view.name !== name);
      if (others.length >= MOST_VIEWS) {
        throw new ApiError('view.too_many', `A project has at most ${MOST_VIEWS} views.`);
      }
      const query = new URLSearchParams(request.body.query.replace(/^\?/, '')).toString();
      const view = { project, name, query, savedAtMs: nowMs() };
      await store.put(view);
      await audit(request, 'view.saved', name);
      return viewItem(view);
    },
  );

  app.delete<{ Params: { viewName: string } }>(
    `${VIEWS}/:viewName`,
    {
      config: { access: 'admin' },
      schema: {
        operationId: 'deleteView',
        tags: TAGS,
        summary: 'Delete a view',
        params: ViewPath,
        querystring: NoQuery,
        response: {
          204: responses.emptyResponse('The view is deleted.'),
          400: responses.badQuery,
          404: responses.notFound('view'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const name = nameOf(request);
      if (!(await store.remove(request.project, name))) {
        throw new ApiError('view.not_found', 'The project has no view of this name.', {
          resource: { type: 'view', id: name },
        });
      }
      await audit(request, 'view.deleted', name);
      return reply.code(204).send();
    },
  );

  async function audit(
    { identity, project }: FastifyRequest,
    action: 'view.saved' | 'view.deleted',
    subject: string,
  ): Promise<void> {
    await access.audit({ actor: identity.actor, action, subject, project, detail: {} });
  }
}

/** @throws ApiError `body.invalid` */
function nameOf(request: FastifyRequest): string {
  const { viewName } = request.params as { viewName: string };
  const name = viewName.trim();
  // A name is a segment of the page's address, and text in databases.
  if (name === '' || /^\.{1,2}$/.test(name) || /[\p{Cc}\p{Surrogate}]/u.test(name)) {
    throw new ApiError('body.invalid', 'Use another name.', {
      fields: [{ field: 'viewName', message: 'Use another name.', code: 'body.invalid' }],
    });
  }
  return name;
}

function viewItem({ name, query, savedAtMs }: SavedView): View {
  return { name, query, saved_at: formatRfc3339(BigInt(savedAtMs) * 1_000_000n) };
}
