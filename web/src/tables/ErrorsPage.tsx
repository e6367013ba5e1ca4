import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { components } from '../../../client/src/schema.js';
import { formatCount, formatCounted } from '../../../client/src/text/number.js';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { TimeAgo } from '../components/TimeAgo.js';
import type { Filters } from '../sessions/filters.js';
import type { RangeSearch } from '../sessions/range.js';
import { type SortedColumn, SortedTable } from './SortedTable.js';
import { TableFrame } from './TableFrame.js';
import { ERROR_SORTS, type ErrorSort, useErrors, useTablePage } from './use-table-page.js';

type ErrorShape = components['schemas']['ErrorStatistic'];

const route = getRouteApi('/errors');

/** The errors across sessions, by type and shape of the message. Each row leads to its sessions. */
export function ErrorsPage() {
  const raw = route.useSearch();
  const page = useTablePage({ path: '/errors', raw: { ...raw }, sorts: ERROR_SORTS });
  const { sessions, counted, sort, limit } = page;
  const { data, error, refetch } = useErrors(counted, sort, limit);
  const columns = useMemo(() => columnsFor(sessions), [sessions]);
  return (
    <TableFrame
      title="Errors"
      thing="error"
      note="Errors in the sessions that match, by type and message; # stands for longer numbers, ids, quoted texts, paths and addresses. An error leads to its sessions."
      nothing="These sessions have no errors."
      {...{ sessions, counted, error }}
      onChange={page.onChange}
      rows={data && { shown: data.items.length, all: data.shape_count }}
      gap={
        data === undefined || data.incomplete_sessions === 0
          ? undefined
          : `${formatCounted(data.incomplete_sessions, 'session')} had more than 100 different errors; of these, only the first 100 by their text count.`
      }
      onRetry={() => void refetch()}
      onAll={page.setAllWanted}
    >
      <SortedTable
        label="Errors across sessions"
        columns={columns}
        items={data?.items}
        keyOf={(item) => item.error}
        sort={sort}
        onSort={page.onSort}
      />
    </TableFrame>
  );
}

function columnsFor(sessions: Filters & RangeSearch): readonly SortedColumn<ErrorShape, ErrorSort>[] {
  return [
    {
      name: 'Error',
      cell: ({ error }) => (
        <Link
          to="/"
          search={{ ...sessions, error: [error] }}
          className="sorted-link sorted-long"
          title={visibleText(error)}
        >
          {visibleText(error)}
        </Link>
      ),
    },
    { name: 'Sessions', sort: 'sessions', cell: ({ session_count }) => formatCount(session_count) },
    { name: 'Errors', sort: 'count', cell: ({ error_count }) => formatCount(error_count) },
    { name: 'First seen', sort: 'first_seen', cell: ({ first_seen }) => <TimeAgo time={first_seen} /> },
    { name: 'Last seen', sort: 'last_seen', cell: ({ last_seen }) => <TimeAgo time={last_seen} /> },
  ];
}
