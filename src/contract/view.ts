import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { dateTime, ref } from './schema-parts.js';

/** Saved views: lists of sessions under a name. */

const MAX_NAME = 100;
const MAX_QUERY = 4_000;

/** Most views of a project. */
export const MOST_VIEWS = 200;

const query = Type.String({
  maxLength: MAX_QUERY,
  description:
    'The query string of the list on the page: filters, `range` (such as `24h`) or `startTime` and `endTime`, `sort` and `order`.',
  examples: ['service=checkout&hasErrors=true&range=24h&sort=cost'],
});

export const ViewInput = Type.Object({ query }, { additionalProperties: false });
export type ViewInput = Static<typeof ViewInput>;

const EXAMPLE = {
  name: 'Failing checkouts',
  query: 'service=checkout&hasErrors=true&range=24h&sort=cost',
  saved_at: '2026-11-30T11:00:00.000000000Z',
};

export const View = Type.Object(
  {
    name: Type.String({ examples: [EXAMPLE.name] }),
    query,
    saved_at: dateTime('When it was last saved.', EXAMPLE.saved_at),
  },
  { $id: 'View', description: 'A saved view. `/views/{name}` on the page leads to it.', examples: [EXAMPLE] },
);
export type View = Static<typeof View>;

export const ViewList = Type.Object(
  { items: Type.Array(ref(View), { description: 'By name.' }) },
  { $id: 'ViewList', description: 'The saved views of a project.', examples: [{ items: [EXAMPLE] }] },
);

export const ViewPath = Type.Object({
  viewName: Type.String({
    minLength: 1,
    maxLength: MAX_NAME,
    description: 'The name of the view, percent-encoded. Surrounding white space is ignored.',
    examples: [EXAMPLE.name],
  }),
});

export const VIEW_SCHEMAS = [View, ViewList];
