import { AUDIT_ACTIONS } from '../access/audit.js';
import { PROJECT_NAME_RULE } from '../access/project-name.js';
import { Type } from './schema-builder.js';
import { cursorParameter, oneOf, pageLinks, ref } from './schema-parts.js';

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

export const Project = Type.Object(
  { name: Type.String({ description: 'Its name.', examples: ['shop'] }) },
  { $id: 'Project', description: 'A project: telemetry that is apart from that of all others.' },
);

export const ProjectList = Type.Object(
  { items: Type.Array(ref(Project), { description: 'In the order of their names.' }) },
  {
    $id: 'ProjectList',
    description: 'The projects that the caller may see.',
    examples: [{ items: [{ name: 'default' }, { name: 'shop' }] }],
  },
);

export const DEFAULT_AUDIT_LIMIT = 100;

export const AuditQuery = Type.Object(
  {
    project: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Only entries that concern this project. Without: all that the caller may see.',
        examples: ['shop'],
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        default: DEFAULT_AUDIT_LIMIT,
        description: 'Maximum number of entries on a page.',
      }),
    ),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

export const AuditItem = Type.Object(
  {
    id: Type.String({ description: 'Grows with each entry.', examples: ['17'] }),
    time: Type.String({ format: 'date-time', examples: ['2026-11-30T12:00:00.000Z'] }),
    actor: Type.String({
      description:
        'Who did it: `key:` and the id of a key, `cli:` and a user of the machine, `server`, or `anyone` where no key was needed.',
      examples: ['key:Z5Xr5IrgX0ZH'],
    }),
    action: oneOf(AUDIT_ACTIONS, 'What was done.'),
    subject: Type.String({ description: 'What it was done to, such as the id of a key or a session.' }),
    project: Type.Optional(
      Type.String({ description: 'The project that it concerns. Left out where it concerns all.' }),
    ),
    detail: Type.Object({}, { description: 'Further facts, by action.' }),
  },
  { $id: 'AuditEntry', description: 'An entry of the audit log.' },
);

export const AuditPage = Type.Object(
  {
    items: Type.Array(ref(AuditItem), { description: 'Newest first.' }),
    has_more: pageLinks.has_more,
    next_cursor: pageLinks.next_cursor,
  },
  {
    $id: 'AuditPage',
    description: 'A page of the audit log.',
    examples: [
      {
        items: [
          {
            id: '17',
            time: '2026-11-30T12:00:00.000Z',
            actor: 'key:Z5Xr5IrgX0ZH',
            action: 'session.invalidated',
            subject: '0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f',
            project: 'shop',
            detail: {},
          },
        ],
        has_more: false,
      },
    ],
  },
);

export const ACCESS_SCHEMAS = [Project, ProjectList, AuditItem, AuditPage];
