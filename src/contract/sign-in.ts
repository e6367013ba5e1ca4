import { Type } from './schema-builder.js';
import { oneOf, ref } from './schema-parts.js';

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

export const SignInItem = Type.Object(
  {
    id: Type.String({ description: 'Names it. Not its cookie.', examples: ['5f1d7a84da0c'] }),
    actor: Type.String({ description: 'Who signed in, as in the audit log.', examples: ['user:alice'] }),
    name: Type.Optional(Type.String({ description: 'A name for people, such as that of the key.' })),
    scopes: Type.Array(Type.String(), { description: 'What it may do.' }),
    project: Type.Optional(Type.String({ description: 'The only project that it sees; left out for all.' })),
    created: Type.String({ format: 'date-time', description: 'When it began.' }),
    expires: Type.String({ format: 'date-time', description: 'When it ends by itself.' }),
  },
  { $id: 'SignIn', description: 'A sign-in of the web page.' },
);

export const SignInList = Type.Object(
  { items: Type.Array(ref(SignInItem), { description: 'The latest first.' }) },
  {
    $id: 'SignInList',
    description: 'The sign-ins that hold.',
    examples: [
      {
        items: [
          {
            id: '5f1d7a84da0c',
            actor: 'user:alice',
            name: 'alice',
            scopes: ['read'],
            created: '2026-11-30T12:00:00.000Z',
            expires: '2026-12-01T12:00:00.000Z',
          },
        ],
      },
    ],
  },
);

export const SIGN_IN_SCHEMAS = [Caller, SignInWays, SignInItem, SignInList];
