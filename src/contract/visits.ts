import type { Static, TSchema } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, ref } from './schema-parts.js';
import { sessionFilters } from './session-filters.js';
import { textFilter } from './text-filter.js';

/** The shapes of `GET /api/v1/sessions/visits`. */

/** Maximum number of listed releases and pages. */
export const MOST_VISIT_VALUES = 50;

export const VisitsQuery = Type.Object({ ...sessionFilters, ...textFilter }, { additionalProperties: false });

export const VisitsRelease = Type.Object(
  {
    release: Type.String({ description: 'The `release` of the sessions.', examples: ['4.2.0'] }),
    sessions: count('Its visits, and its sessions that crashed without a page.', 40),
    sessions_with_errors: count('Those of them in which something failed (`hasErrors`).', 6),
    sessions_with_crashes: count('Those of them with a crash, or an app that froze (`hasCrash`).', 2),
  },
  {
    $id: 'VisitsRelease',
    description: 'A release, the number of its sessions, and of those with errors and crashes.',
  },
);

export const VisitsPage = Type.Object(
  {
    page: Type.String({
      description: 'Address of the page, or the name of the screen if it has no address.',
      examples: ['https://shop.example/cart'],
    }),
    sessions: count('Sessions.', 12),
  },
  { $id: 'VisitsPage', description: 'A page and how many sessions began or ended there.' },
);

export const VisitsVital = Type.Object(
  {
    sessions: count('Sessions that report it.', 30),
    p50: percentile(50, 1200),
    p75: percentile(75, 2600),
    p95: percentile(95, 5100),
  },
  {
    $id: 'VisitsVital',
    description:
      'A web vital over sessions, each with its worst value: percentiles by nearest rank, in the unit of the session’s own `vitals`.',
  },
);

function percentile(percent: number, example: number) {
  return Type.Number({
    description: `Of ${percent} % of these sessions the worst value is this or less.`,
    examples: [example],
  });
}

const most = `most sessions first, ties by value, at most ${MOST_VISIT_VALUES}`;
const list = <Item extends TSchema>(item: Item, description: string) =>
  Type.Array(ref(item), { description: `${description}: ${most}.` });

export const Visits = Type.Object(
  {
    visits: count('Sessions with a page or a screen.', 40),
    page_views: count('Pages and screens that were entered in all of them.', 212),
    releases: list(
      VisitsRelease,
      'Releases of visits, and of sessions with a crash, also before the first page',
    ),
    entries: list(VisitsPage, 'Pages that visits began with'),
    exits: list(VisitsPage, 'Pages that visits ended on, as far as they are stored'),
    vitals: Type.Object(
      {
        lcp: Type.Optional(ref(VisitsVital)),
        inp: Type.Optional(ref(VisitsVital)),
        cls: Type.Optional(ref(VisitsVital)),
        ttfb: Type.Optional(ref(VisitsVital)),
      },
      {
        description:
          'Web vitals, each over the sessions that report it; left out if none does. Largest contentful paint (`lcp`), interaction to next paint (`inp`) and time to the first byte (`ttfb`) in ms, cumulative layout shift (`cls`) as a score.',
      },
    ),
  },
  {
    $id: 'Visits',
    description: 'Sums over visits.',
    examples: [
      {
        visits: 40,
        page_views: 212,
        releases: [{ release: '4.2.0', sessions: 40, sessions_with_errors: 6, sessions_with_crashes: 2 }],
        entries: [{ page: 'https://shop.example/', sessions: 33 }],
        exits: [{ page: 'https://shop.example/cart', sessions: 12 }],
        vitals: { lcp: { sessions: 30, p50: 1200, p75: 2600, p95: 5100 } },
      },
    ],
  },
);
export type Visits = Static<typeof Visits>;

export const VISITS_SCHEMAS = [VisitsRelease, VisitsPage, VisitsVital, Visits];
