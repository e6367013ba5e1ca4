import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { LiveProjects } from '../live/live-projects.js';
import { addProjectParameter } from './access.js';
import { type AccessRoutesOptions, addAccessRoutes } from './access-routes.js';
import { type AlertRoutesOptions, addAlertRoutes } from './alert-routes.js';
import { addErasureRoutes, type ErasureRoutesOptions } from './erasure-routes.js';
import { addExportRoutes } from './export-routes.js';
import { addMcpRoutes, type McpRoutesOptions } from './mcp-routes.js';
import { addRetentionRoutes, type RetentionRoutesOptions } from './retention-routes.js';
import { addScoreRoutes, type ScoreRoutesOptions } from './score-routes.js';
import { addServerRoutes, type ServerRoutesOptions } from './server-routes.js';
import { addSessionRoutes, type SessionRoutesOptions } from './session-routes.js';
import { addSignInRoutes, type SignInRoutesOptions } from './sign-in-routes.js';
import { addStreamRoutes } from './stream-routes.js';
import { addToolRoutes } from './tool-routes.js';
import { addViewRoutes, type ViewRoutesOptions } from './view-routes.js';

const none = (): never => {
  throw new Error('schemas are compiled by the server alone');
};

/**
 * Keeps the framework from loading its schema compilers, a tenth of all modules of the server. Nothing here
 * uses them.
 */
export const NO_COMPILERS: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: none, buildSerializer: none },
};

export interface RoutesOptions
  extends SessionRoutesOptions,
    ErasureRoutesOptions,
    RetentionRoutesOptions,
    ScoreRoutesOptions,
    AlertRoutesOptions,
    ViewRoutesOptions,
    AccessRoutesOptions,
    McpRoutesOptions,
    ServerRoutesOptions {
  readonly access: ErasureRoutesOptions['access'] & ServerRoutesOptions['access'];
  readonly signIn: SignInRoutesOptions;
  /** Closed by the caller. */
  readonly live: Pick<LiveProjects, 'open'>;
}

/** Every route of the API. */
export function addRoutes(app: FastifyInstance, options: RoutesOptions): void {
  addProjectParameter(app);
  addStreamRoutes(app, options.live, addSessionRoutes(app, options));
  addExportRoutes(app, options);
  addScoreRoutes(app, options);
  addToolRoutes(app, options);
  addAlertRoutes(app, options);
  addViewRoutes(app, options);
  addErasureRoutes(app, options);
  addRetentionRoutes(app, options);
  addAccessRoutes(app, options);
  addSignInRoutes(app, options.signIn);
  addMcpRoutes(app, options);
  addServerRoutes(app, options);
}
