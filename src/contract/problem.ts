import { Type } from './schema-builder.js';
import { ref } from './schema-parts.js';

/** Errors as a client sees them (RFC 9457); `errors.ts` has the table of their codes. */

export const ProblemPath = Type.Object({
  code: Type.String({ description: 'An error code.', examples: ['cursor.invalid'] }),
});

// Sessions

const problemFields = {
  type: Type.String({
    format: 'uri-reference',
    description: '`/problems/` and the error code.',
    examples: ['/problems/query.unavailable'],
  }),
  title: Type.String({ description: 'The same for every error of this type.' }),
  status: Type.Integer({ description: 'The HTTP status.' }),
  detail: Type.String({ description: 'What went wrong this time.' }),
  instance: Type.String({ format: 'uri-reference', description: 'Path of the request.' }),
};

export const Problem = Type.Object(problemFields, { $id: 'Problem', description: 'An error (RFC 9457).' });

export const FieldProblem = Type.Object(
  {
    field: Type.String({ description: 'Name of the parameter.' }),
    message: Type.String({ description: 'What to do about it.' }),
    code: Type.String({ description: 'Error code.', examples: ['limit.out_of_range'] }),
    rejected_value: Type.Optional(
      Type.Unknown({
        description:
          'The value as it was given; a list where the parameter was given several times. Left out where it was not given.',
      }),
    ),
  },
  { $id: 'FieldProblem', description: 'A refused query parameter.' },
);

export const QueryProblem = Type.Object(
  {
    ...problemFields,
    errors: Type.Array(ref(FieldProblem), { description: 'Every refused parameter of the request.' }),
  },
  {
    $id: 'QueryProblem',
    description:
      'The query was refused. `type` is the code of the errors where all have the same, else `/problems/query.invalid`.',
    examples: [
      {
        type: '/problems/limit.out_of_range',
        title: 'Limit out of range',
        status: 400,
        detail: 'Use a number from 1 to 1000.',
        instance: '/api/v1/sessions',
        errors: [
          {
            field: 'limit',
            message: 'Use a number from 1 to 1000.',
            code: 'limit.out_of_range',
            rejected_value: '5000',
          },
        ],
      },
    ],
  },
);

export const NotFoundProblem = Type.Object(
  {
    ...problemFields,
    resource_type: Type.String({
      description: 'Kind of the thing that was asked for.',
      examples: ['session'],
    }),
    resource_id: Type.String({ description: 'Its id.' }),
  },
  {
    $id: 'NotFoundProblem',
    description: 'The thing that was asked for does not exist.',
    examples: [
      {
        type: '/problems/session.not_found',
        title: 'Session not found',
        status: 404,
        detail: 'There is no session with this id.',
        instance: '/api/v1/sessions/no-such-session',
        resource_type: 'session',
        resource_id: 'no-such-session',
      },
    ],
  },
);

export const ProblemDefinition = Type.Object(
  {
    code: Type.String({ description: 'Error code.' }),
    status: Type.Integer({ description: 'HTTP status.' }),
    title: Type.String(),
    retryable: Type.Boolean({
      description: 'Whether the same request may succeed later without being changed.',
    }),
    description: Type.String(),
  },
  {
    $id: 'ProblemDefinition',
    description: 'What an error code means.',
    examples: [
      {
        code: 'limit.out_of_range',
        status: 400,
        title: 'Limit out of range',
        retryable: false,
        description: 'The number of items asked for is below 1 or above the most the route gives at once.',
      },
    ],
  },
);

// The server itself

export const PROBLEM_SCHEMAS = [Problem, FieldProblem, QueryProblem, NotFoundProblem, ProblemDefinition];
