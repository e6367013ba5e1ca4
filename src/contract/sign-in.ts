import { Type } from './schema-builder.js';
import { oneOf } from './schema-parts.js';

/** Who a client is, and how people sign in. */

export const Caller = Type.Object(
  {
    actor: Type.String({
      description: 'Who it is, as in the audit log.',
      examples: ['key:V1StGXR8Z5jd', 'user:alice'],
    }),
    name: Type.Optional(Type.String({ description: 'A name for people, such as that of the key.' })),
    via: oneOf(
      ['open', 'key', 'session', 'proxy'],
      'How that is known: nothing was needed, by an API key, a sign-in, or the word of a proxy.',
    ),
    scopes: Type.Array(Type.String(), { description: 'What the caller may do.' }),
    project: Type.Optional(
      Type.String({ description: 'The only project that the caller sees; left out for all.' }),
    ),
  },
  {
    $id: 'Caller',
    description: 'Who sends the request.',
    examples: [{ actor: 'key:V1StGXR8Z5jd', name: 'dashboards', via: 'session', scopes: ['read'] }],
  },
);

export const SignInWays = Type.Object(
  {
    needed: Type.Boolean({ description: 'Whether requests without credentials are refused.' }),
    key: Type.Literal(true, { description: 'By an API key: always.' }),
    provider: Type.Optional(
      Type.String({ description: 'By the identity provider of this name; left out where there is none.' }),
    ),
  },
  {
    $id: 'SignInWays',
    description: 'How to sign in.',
    examples: [{ needed: true, key: true, provider: 'login.example' }],
  },
);

export const SIGN_IN_SCHEMAS = [Caller, SignInWays];
