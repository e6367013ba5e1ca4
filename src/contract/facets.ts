import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, INDEXED_ATTRIBUTE_FORMAT, oneOf, ref } from './schema-parts.js';
import { sessionFilters } from './session-filters.js';
import { textFilter } from './text-filter.js';

/** The shapes of `GET /api/v1/sessions/facets`. */

/** Maximum number of listed values of a filter. */
export const MOST_FACETS = 200;

export const FacetValue = Type.Object(
  {
    value: Type.String({ description: 'The value, as its filter takes it.', examples: ['checkout'] }),
    count: count('Sessions that have it, of those that match all filters but those for its list.', 40),
  },
  { $id: 'SessionFacetValue', description: 'A value of a filter and how many sessions have it.' },
);

const values = (filter: string) =>
  Type.Array(ref(FacetValue), {
    description: `Values for the filter \`${filter}\`: most sessions first, ties by the bytes of the value, at most ${MOST_FACETS}.`,
  });

export const FacetQuery = Type.Object(
  {
    prefix: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: 'Only values that begin so, in the same letters: for suggestions as one types.',
      }),
    ),
    attribute: Type.Optional(
      Type.String({
        minLength: 1,
        format: INDEXED_ATTRIBUTE_FORMAT,
        description: 'An attribute of --index-attributes, whose values are listed as `attribute_values`.',
      }),
    ),
    ...sessionFilters,
    ...textFilter,
  },
  { additionalProperties: false },
);

/** The lists of values. */
const FACET_LISTS = [
  'services',
  'models',
  'providers',
  'countries',
  'device_types',
  'releases',
  'operations',
  'tools',
  'error_types',
  'routes',
  'statuses',
  'attribute_keys',
  'attribute_values',
] as const;
export type FacetList = (typeof FACET_LISTS)[number];

export const Facets = Type.Object(
  {
    services: values('service'),
    models: values('model'),
    providers: values('provider'),
    countries: values('country'),
    device_types: values('deviceType'),
    releases: values('release'),
    operations: values('operation'),
    tools: values('tool'),
    error_types: values('errorType'),
    routes: values('route'),
    statuses: values('status'),
    attribute_keys: values('attrExists'),
    attribute_values: Type.Optional(values('attr.KEY')),
    truncated: Type.Optional(
      Type.Array(oneOf(FACET_LISTS, 'A list.'), {
        description: 'The lists that have more values than are listed. Left out if there are none.',
      }),
    ),
  },
  {
    $id: 'SessionFacets',
    description: 'What sessions can be filtered by.',
    examples: [
      {
        services: [{ value: 'checkout', count: 40 }],
        models: [{ value: 'gpt-5', count: 12 }],
        providers: [{ value: 'openai', count: 12 }],
        countries: [{ value: 'AT', count: 30 }],
        device_types: [
          { value: 'desktop', count: 30 },
          { value: 'unknown', count: 10 },
        ],
        releases: [{ value: '4.2.0', count: 25 }],
        operations: [{ value: 'chat', count: 12 }],
        tools: [{ value: 'search', count: 7 }],
        error_types: [{ value: 'TimeoutError', count: 2 }],
        routes: [{ value: '/orders/{id}', count: 20 }],
        statuses: [{ value: '503', count: 2 }],
        attribute_keys: [{ value: 'deployment.environment.name', count: 40 }],
      },
    ],
  },
);
export type Facets = Static<typeof Facets>;

export const FACETS_SCHEMAS = [FacetValue, Facets];
