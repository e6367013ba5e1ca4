import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, ref } from './schema-parts.js';

/** The shapes of `GET /api/v1/sessions/facets`. */

/** Maximum number of listed values of a filter. */
export const MOST_FACETS = 200;

export const FacetValue = Type.Object(
  {
    value: Type.String({ description: 'The value, as its filter takes it.', examples: ['checkout'] }),
    count: count('Sessions that have it.', 40),
  },
  { $id: 'SessionFacetValue', description: 'A value of a filter and how many sessions have it.' },
);

const values = (filter: string) =>
  Type.Array(ref(FacetValue), {
    description: `Values for the filter \`${filter}\`: most sessions first, ties by value, at most ${MOST_FACETS}.`,
  });

export const Facets = Type.Object(
  {
    services: values('service'),
    models: values('model'),
    providers: values('provider'),
    countries: values('country'),
    device_types: values('deviceType'),
    releases: values('release'),
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
      },
    ],
  },
);
export type Facets = Static<typeof Facets>;

export const FACETS_SCHEMAS = [FacetValue, Facets];
