import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessError, type AccessRefusal } from '../access/access-error.js';
import type { NewAuditEntry } from '../access/audit.js';
import { AccessUnavailableError } from '../access/guard.js';
import { type Identity, permit, permitAllProjects, projectFor } from '../access/identity.js';
import { PROJECT_HEADER } from '../access/project-name.js';
import type { Scope } from '../access/scope.js';
import { projectParameter } from '../contract/access.js';
import { ApiError, type ErrorCode, queryError } from '../contract/errors.js';
import { Type } from '../contract/schema-builder.js';
import { DEFAULT_PROJECT } from '../store/contract/store.js';
import { sendProblem } from './problem.js';
import { isForeignPage, isOwnPage } from './request-headers.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends the request. Not on routes that are public. */
    identity: Identity;
    /** The project that the request sees. Only on routes about one project. */
    project: string;
  }
  interface FastifyContextConfig {
    /** The scope that the route needs. Default: `read`, or `admin` for routes that change something. */
    readonly access?: Scope | 'public';
    /**
     * What the route is about: one project, which the request may choose (default), those that the caller may
     * see, which the route decides itself, or the whole server, which needs a caller of all projects.
     */
    readonly projects?: 'one' | 'permitted' | 'all';
  }
}

/** How the API learns who sends a request. */
export interface ApiAccess {
  /** @throws AccessError */
  identify(request: IncomingMessage, needed: Scope): Promise<Identity>;
  /** Called with the reason of every refusal. */
  onRefusal(reason: AccessRefusal): void;
  /** Adds an entry to the audit log. */
  audit(entry: Omit<NewAuditEntry, 'atMs'>): Promise<void>;
}

/** Refuses requests that may not use their route, before anything else is looked at. */
export function addAccess(app: FastifyInstance, access: ApiAccess): void {
  app.decorateRequest('identity', null as unknown as Identity);
  app.decorateRequest('project', '');
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const { projects } = request.routeOptions.config;
    const needed = neededFor(request);
    if (needed === 'public') return;
    if (isChange(request) && isForeignPage(request.headers)) throw foreignPage();
    request.identity = await access.identify(request.raw, needed);
    permit(request.identity, needed);
    const { via } = request.identity;
    if (isChange(request) && (via === 'session' || via === 'proxy') && !isOwnPage(request.headers)) {
      throw foreignPage();
    }
    if (projects === 'all') permitAllProjects(request.identity);
  });
  app.addHook('preHandler', async (request) => {
    if (request.is404 || neededFor(request) === 'public') return;
    const { projects = 'one' } = request.routeOptions.config;
    if (projects !== 'one') return;
    const { value } = projectAsked(request);
    request.project = projectFor(request.identity, value, DEFAULT_PROJECT);
    const { project: _, ...query } = request.query as { project?: string };
    request.query = query;
  });
}

/** Whether the caller of a public route may read what concerns the whole server. */
export async function mayReadServer(
  access: Pick<ApiAccess, 'identify'>,
  request: IncomingMessage,
): Promise<boolean> {
  try {
    const identity = await access.identify(request, 'read');
    permit(identity, 'read');
    permitAllProjects(identity);
    return true;
  } catch (error) {
    if (error instanceof AccessError || error instanceof AccessUnavailableError) return false;
    throw error;
  }
}

/** Adds the parameter `project` to the routes about one project that are added from now on. */
export function addProjectParameter(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { access, projects = 'one' } = route.config ?? {};
    if (access === 'public' || projects !== 'one') return;
    const { querystring, ...schema } = route.schema ?? {};
    const { properties } = (querystring ?? { properties: {} }) as { properties: Record<string, never> };
    route.schema = {
      ...schema,
      querystring: Type.Object({ ...properties, project: projectParameter }, { additionalProperties: false }),
    };
  });
}

/** The project that a request names, and where. */
function projectAsked({ query, headers }: FastifyRequest): { field: string; value: string | undefined } {
  const { project } = query as { project?: string };
  if (project !== undefined) return { field: 'project', value: project };
  return { field: PROJECT_HEADER, value: headers[PROJECT_HEADER]?.toString() };
}

function neededFor(request: FastifyRequest): Scope | 'public' {
  return request.routeOptions.config.access ?? (isChange(request) ? 'admin' : 'read');
}

function isChange({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** A browser adds cookies, and a proxy its user, to requests of any page. Only pages of this server may change. */
function foreignPage(): AccessError {
  return new AccessError('origin', 'only pages of this server may change something, and no others');
}

const CODES: { readonly [R in AccessRefusal]: ErrorCode } = {
  missing: 'access.unauthenticated',
  invalid: 'access.unauthenticated',
  expired: 'access.unauthenticated',
  revoked: 'access.unauthenticated',
  scope: 'access.scope_missing',
  project: 'access.project_forbidden',
  project_name: 'project.invalid',
  origin: 'origin.forbidden',
  rate: 'access.too_many_tries',
  tries: 'access.too_many_tries',
};

/** Answers a request that was refused. */
export function sendRefusal(request: FastifyRequest, reply: FastifyReply, error: AccessError): FastifyReply {
  const { challenge, retryAfterSeconds, message, reason } = error;
  if (challenge !== undefined) reply.header('WWW-Authenticate', challenge);
  const detail = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  const code = CODES[reason];
  if (reason === 'project_name') {
    const { field, value = '' } = projectAsked(request);
    return sendProblem(request, reply, queryError([{ field, message: detail, code, rejected_value: value }]));
  }
  return sendProblem(request, reply, new ApiError(code, detail), retryAfterSeconds);
}
