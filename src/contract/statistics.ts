import type { Static } from '@sinclair/typebox';
import { DEVICE_TYPES } from '../normalize/facts.js';
import { DurationPercentiles } from './groups.js';
import { Type } from './schema-builder.js';
import { count, oneOf, ref, usageGaps } from './schema-parts.js';
import { sessionFilters } from './session-filters.js';
import { textFilter } from './text-filter.js';

export const StatisticsQuery = Type.Object(
  {
    percentiles: Type.Optional(
      Type.Boolean({
        description:
          'true: also `duration_percentiles_ms`. The sessions are then looked at one by one, also under a range of time alone.',
      }),
    ),
    ...sessionFilters,
    ...textFilter,
  },
  { additionalProperties: false },
);

const percentage = Type.Number({
  minimum: 0,
  maximum: 100,
  description: 'Of all sessions in the range, 0 to 100.',
});

export const DeviceStatistics = Type.Object(
  {
    device_type: oneOf(DEVICE_TYPES, 'Kind of device; `unknown` includes sessions that do not report one.'),
    count: count('Sessions.', 40),
    percentage,
  },
  { $id: 'SessionDeviceStats', description: 'Sessions of a kind of device.' },
);

export const CountryStatistics = Type.Object(
  {
    country_code: Type.String({ description: 'ISO 3166-1 alpha-2.', examples: ['AT'] }),
    country_name: Type.String({ description: 'Name of the country; its code where no name is known.' }),
    count: count('Sessions.', 12),
    percentage,
  },
  { $id: 'SessionCountryStats', description: 'Sessions of a country.' },
);

export const SessionStatistics = Type.Object(
  {
    active_sessions: count('Open sessions: `active` or `idle`.', 7),
    total_sessions: count('Sessions of the range.', 160),
    unique_users: count('Distinct `user.id`.', 58),
    avg_duration_ms: Type.Number({
      minimum: 0,
      description: 'Mean of `duration_ms`; 0 where there is no session.',
    }),
    duration_percentiles_ms: Type.Optional(ref(DurationPercentiles)),
    sessions_with_errors: count(
      'Sessions in which a span failed (status ERROR) or an exception was thrown.',
      9,
    ),
    sessions_with_genai: count('Sessions with `genai_usage`.', 31),
    ...usageGaps,
    bounce_rate: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Share of sessions with at most one span, 0 to 1; 0 where there is no session.',
    }),
    by_device_type: Type.Array(ref(DeviceStatistics), {
      description: 'Adds up to all sessions. Most sessions first, ties by name.',
    }),
    by_country: Type.Array(ref(CountryStatistics), {
      description: 'Sessions whose country is known. Most sessions first, ties by code.',
    }),
  },
  {
    $id: 'SessionStats',
    description: 'Statistics of the sessions of a range.',
    examples: [
      {
        active_sessions: 7,
        total_sessions: 160,
        unique_users: 58,
        avg_duration_ms: 92_150.25,
        sessions_with_errors: 9,
        sessions_with_genai: 31,
        bounce_rate: 0.125,
        unpriced_request_count: 2,
        unreported_request_count: 1,
        by_device_type: [
          { device_type: 'desktop', count: 120, percentage: 75 },
          { device_type: 'mobile', count: 40, percentage: 25 },
        ],
        by_country: [{ country_code: 'AT', country_name: 'Austria', count: 12, percentage: 7.5 }],
      },
    ],
  },
);

export type SessionStatistics = Static<typeof SessionStatistics>;

// Errors

export const STATISTICS_SCHEMAS = [DeviceStatistics, CountryStatistics, SessionStatistics];
