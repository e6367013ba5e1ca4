import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import { PROJECT } from './api/project.js';
import { queryClient } from './query-client.js';
import { outlineQuery, sessionQuery } from './session/queries.js';
import { fromRouteId, toRouteId } from './session/route-id.js';
import { readSessionSearch } from './session/search.js';
import { loadFor } from './sessions/list-load.js';
import { SessionsPage } from './sessions/SessionsPage.js';
import { readSessionsSearch } from './sessions/search.js';
import { pageQuery } from './sessions/use-session-pages.js';
import { NotFound } from './shell/NotFound.js';
import { pagePart } from './shell/page-part.js';
import { RouteError } from './shell/RouteError.js';
import { Shell } from './shell/Shell.js';
import { readTableSearch } from './tables/search.js';
import { firstOf, parseSearch, stringifySearch } from './url.js';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  // Every link of the page stays in its project.
  validateSearch: (search: Record<string, unknown>): { readonly project?: string } =>
    PROJECT === undefined || firstOf(search.project) === undefined ? {} : { project: PROJECT },
  search: { middlewares: [retainSearchParams(['project'])] },
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readSessionsSearch,
  loaderDeps: ({ search }) => ({ ...search }),
  // Not awaited, so that the page renders meanwhile.
  loader: ({ deps }) =>
    void queryClient.prefetchQuery(pageQuery(queryClient, loadFor(readSessionsSearch(deps)), 0)),
  component: SessionsPage,
});

const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$sessionId',
  params: {
    parse: ({ sessionId }) => ({ sessionId: fromRouteId(sessionId) }),
    stringify: ({ sessionId }) => ({ sessionId: toRouteId(sessionId) }),
  },
  validateSearch: readSessionSearch,
  // Requested while the code of the page is loading, but not when a pointer only passes a link.
  loader: ({ params: { sessionId }, preload }) => {
    if (preload) return;
    void queryClient.prefetchQuery(sessionQuery(sessionId));
    void queryClient.prefetchQuery(outlineQuery(sessionId));
  },
  component: lazyRouteComponent(() => pagePart(import('./session/SessionPage.js')), 'SessionPage'),
});

const user = createRoute({
  getParentRoute: () => root,
  path: '/users/$userId',
  params: {
    parse: ({ userId }) => ({ userId: fromRouteId(userId) }),
    stringify: ({ userId }) => ({ userId: toRouteId(userId) }),
  },
  validateSearch: readSessionsSearch,
  component: lazyRouteComponent(() => pagePart(import('./user/UserPage.js')), 'UserPage'),
});

const view = createRoute({
  getParentRoute: () => root,
  path: '/views/$viewName',
  component: lazyRouteComponent(() => pagePart(import('./sessions/ViewPage.js')), 'ViewPage'),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$jobId',
  component: lazyRouteComponent(() => pagePart(import('./jobs/JobPage.js')), 'JobPage'),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  // With filters, the form of a new alert is open.
  validateSearch: (search: Record<string, unknown>): { readonly filters?: string } => {
    const filters = firstOf(search.filters);
    return typeof filters === 'string' ? { filters } : {};
  },
  component: lazyRouteComponent(() => pagePart(import('./alerts/AlertsPage.js')), 'AlertsPage'),
});

const tools = createRoute({
  getParentRoute: () => root,
  path: '/tools',
  validateSearch: readTableSearch,
  component: lazyRouteComponent(() => pagePart(import('./tables/ToolsPage.js')), 'ToolsPage'),
});

const errors = createRoute({
  getParentRoute: () => root,
  path: '/errors',
  validateSearch: readTableSearch,
  component: lazyRouteComponent(() => pagePart(import('./tables/ErrorsPage.js')), 'ErrorsPage'),
});

const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$traceId',
  validateSearch: (search: Record<string, unknown>): { readonly span?: string } => {
    const { span } = readSessionSearch(search);
    return span === undefined ? {} : { span };
  },
  component: lazyRouteComponent(() => pagePart(import('./traces/TracePage.js')), 'TracePage'),
});

const send = createRoute({
  getParentRoute: () => root,
  path: '/send',
  component: lazyRouteComponent(() => pagePart(import('./send/SendPage.js')), 'SendPage'),
});

const reference = createRoute({
  getParentRoute: () => root,
  path: '/reference',
  component: lazyRouteComponent(() => pagePart(import('./reference/ReferencePage.js')), 'ReferencePage'),
});

export const router = createRouter({
  basepath: new URL(document.baseURI).pathname,
  routeTree: root.addChildren([
    sessions,
    session,
    user,
    view,
    job,
    trace,
    tools,
    errors,
    alerts,
    send,
    reference,
  ]),
  parseSearch,
  stringifySearch,
  defaultErrorComponent: RouteError,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
