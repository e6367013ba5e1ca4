import { PROJECT_NAME_RULE } from '../access/project-name.js';
import { Type } from './schema-builder.js';

/** Projects and the audit log, as a client sees them. */

/** The query parameter of every route about one project. */
export const projectParameter = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    description: `The project, for callers that may see all: ${PROJECT_NAME_RULE}. Also the header \`x-sojourn-project\`. Without: the project of the key, or \`default\`.`,
    examples: ['shop'],
  }),
);
