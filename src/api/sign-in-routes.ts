import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Identity } from '../access/identity.js';
import { OIDC_CALLBACK } from '../access/sign-in/callback-path.js';
import { type Oidc, OidcError } from '../access/sign-in/oidc.js';
import { SCOPES_OF_ROLE } from '../access/sign-in/role.js';
import { signInJson } from '../access/sign-in/sign-in-json.js';
import type { SignIns } from '../access/sign-in/sign-ins.js';
import { ApiError } from '../contract/errors.js';
import { Type } from '../contract/schema-builder.js';
import { NoQuery } from '../contract/schema-parts.js';
import { Caller, SignInList, SignInWays } from '../contract/sign-in.js';
import * as responses from './responses.js';
import { common } from './session-routes.js';

export interface SignInRoutesOptions {
  readonly signIns: Pick<SignIns, 'begin' | 'end' | 'list' | 'refuse' | 'revoke'>;
  /** Undefined if there is no identity provider. */
  readonly oidc: OidcSignIn | undefined;
  /** Whether requests without credentials are refused. */
  readonly isNeeded: boolean;
  /** Called when a sign-in at the identity provider was not completed. */
  onFailure(error: unknown, requestId: string): void;
}

export interface OidcSignIn {
  readonly oidc: Pick<Oidc, 'start' | 'finish' | 'forget'>;
  /** Of the provider, for people. */
  readonly name: string;
  /** Address of the page, ending with a slash. */
  readonly pageUrl: string;
}

const TAGS = ['Access'];

const answers = { 400: responses.badQuery, ...common };

/** Who the caller is, and the sign-in of the page: by an API key, or at an identity provider. */
export function addSignInRoutes(app: FastifyInstance, options: SignInRoutesOptions): void {
  const { signIns, oidc, isNeeded } = options;

  app.get(
    '/api/v1/me',
    {
      config: { projects: 'permitted' },
      schema: {
        operationId: 'getCaller',
        tags: TAGS,
        summary: 'Who sends this request, and what they may do',
        querystring: NoQuery,
        response: { 200: responses.apiResponse('The caller.', Caller), ...answers },
      },
    },
    async (request) => callerDocument(request.identity),
  );

  app.get(
    '/api/v1/sign-in',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'getSignInWays',
        tags: TAGS,
        summary: 'How to sign in',
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The ways to sign in.', SignInWays),
          400: responses.badQuery,
          500: responses.failed,
          503: responses.unavailable,
        },
      },
    },
    async () => ({ needed: isNeeded, key: true, ...(oidc !== undefined && { provider: oidc.name }) }),
  );

  app.post(
    '/api/v1/sign-in',
    {
      config: { access: 'read', projects: 'permitted' },
      schema: {
        operationId: 'signIn',
        tags: TAGS,
        summary: 'Sign in with an API key',
        description:
          'Sets a cookie that does what the key of this request does, as far as reading and administering go, until the sign-in or the key ends. The key needs the scope `read` or `admin`.',
        querystring: NoQuery,
        response: { 200: responses.apiResponse('Signed in.', Caller), ...answers },
      },
    },
    async (request, reply) => {
      const { identity } = request;
      if (identity.keyId === undefined) {
        throw new ApiError('access.unauthenticated', 'Send the API key as Authorization: Bearer sjn_….');
      }
      reply.header('Set-Cookie', await signIns.begin({ keyId: identity.keyId }, isSecure(request.raw)));
      return callerDocument(identity);
    },
  );

  app.post(
    '/api/v1/sign-out',
    {
      config: { access: 'read', projects: 'permitted' },
      schema: {
        operationId: 'signOut',
        tags: TAGS,
        summary: 'End the sign-in of this request',
        querystring: NoQuery,
        response: { 204: responses.emptyResponse('Signed out.'), ...answers },
      },
    },
    async (request, reply) => {
      const { identity, raw } = request;
      const cookie = await signIns.end(raw.headers.cookie, identity.actor, isSecure(raw));
      return reply.header('Set-Cookie', cookie).code(204).send();
    },
  );

  app.get(
    '/api/v1/sign-ins',
    {
      config: { access: 'admin', projects: 'all' },
      schema: {
        operationId: 'listSignIns',
        tags: TAGS,
        summary: 'Who is signed in',
        description: 'Users whom a proxy names by a header are not in it: nothing is kept of them.',
        querystring: NoQuery,
        response: { 200: responses.apiResponse('The sign-ins.', SignInList), ...answers },
      },
    },
    async () => ({ items: (await signIns.list()).map(signInJson) }),
  );

  app.delete<{ Params: { signIn: string } }>(
    '/api/v1/sign-ins/:signIn',
    {
      config: { projects: 'all' },
      schema: {
        operationId: 'endSignIns',
        tags: TAGS,
        summary: 'End a sign-in, or all of someone',
        description: 'Revoking a key ends its sign-ins as well.',
        params: Type.Object({
          signIn: Type.String({
            description: 'The id of a sign-in; or who signed in, as in the audit log, for all of theirs.',
            examples: ['5f1d7a84da0c', 'user:alice'],
          }),
        }),
        querystring: NoQuery,
        response: {
          204: responses.emptyResponse('They are ended.'),
          404: responses.notFound('sign-in'),
          ...answers,
        },
      },
    },
    async (request, reply) => {
      const { signIn } = request.params;
      const count = await signIns.revoke(signIn, request.identity.actor);
      if (count === 0) {
        throw new ApiError('sign_in.not_found', 'There is no such sign-in, and nobody of this name.', {
          resource: { type: 'sign_in', id: signIn },
        });
      }
      return reply.code(204).send();
    },
  );

  if (oidc !== undefined) addOidcRoutes(app, options, oidc);
}

/** For browsers, which are sent on in any case: a failure is shown by the page. */
function addOidcRoutes(
  app: FastifyInstance,
  { signIns, onFailure }: SignInRoutesOptions,
  { oidc, pageUrl }: OidcSignIn,
): void {
  const hidden = { config: { access: 'public' as const }, schema: { hide: true } };

  app.get('/api/v1/sign-in/provider', hidden, async (request, reply) => {
    try {
      const { location, setCookie } = await oidc.start(pageOf(request, pageUrl));
      return reply.header('Set-Cookie', setCookie).redirect(location);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      onFailure(error, request.id);
      return reply.redirect(`${pageUrl}?sign-in=failed`);
    }
  });

  app.get(OIDC_CALLBACK, hidden, async (request, reply) => {
    reply.header('Set-Cookie', oidc.forget());
    try {
      const query = new URL(request.raw.url ?? '', pageUrl).search;
      const { user, goTo } = await oidc.finish(query, request.raw.headers.cookie);
      if (user.role === undefined) {
        onFailure(new OidcError(`${user.name} may not sign in`), request.id);
        await signIns.refuse(user.name);
        return reply.redirect(`${pageUrl}?sign-in=forbidden`);
      }
      const person = { user: user.name, scopes: SCOPES_OF_ROLE[user.role] };
      // A second value of the header, not another one.
      reply.header('Set-Cookie', await signIns.begin(person, pageUrl.startsWith('https:')));
      return reply.redirect(goTo);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      onFailure(error, request.id);
      return reply.redirect(`${pageUrl}?sign-in=failed`);
    }
  });
}

/** The page to go to after the sign-in: the parameter `to`, if it is one of this server. */
function pageOf({ raw }: FastifyRequest, pageUrl: string): string {
  const to = new URL(raw.url ?? '', pageUrl).searchParams.get('to') ?? '';
  if (!URL.canParse(to, pageUrl)) return pageUrl;
  const { href } = new URL(to, pageUrl);
  return href.startsWith(pageUrl) ? href : pageUrl;
}

/** Whether the browser reaches this server by TLS, perhaps that of a proxy. Browsers tell the origin of a POST. */
function isSecure({ socket, headers }: IncomingMessage): boolean {
  return socket instanceof TLSSocket || headers.origin?.startsWith('https:') === true;
}

function callerDocument({ actor, name, via, scopes, project }: Identity): object {
  return {
    actor,
    ...(name !== undefined && { name }),
    via,
    scopes,
    ...(project !== undefined && { project }),
  };
}
