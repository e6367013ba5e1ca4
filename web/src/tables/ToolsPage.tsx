import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { components } from '../../../client/src/schema.js';
import { formatDuration } from '../../../client/src/text/duration.js';
import { formatCount, formatCounted, formatShare } from '../../../client/src/text/number.js';
import { visibleText } from '../../../client/src/text/visible-text.js';
import type { Filters } from '../sessions/filters.js';
import type { RangeSearch } from '../sessions/range.js';
import { type SortedColumn, SortedTable } from './SortedTable.js';
import { TableFrame } from './TableFrame.js';
import { TOOL_SORTS, type ToolSort, useTablePage, useTools } from './use-table-page.js';

type Tool = components['schemas']['ToolStatistic'];
type Durations = NonNullable<Tool['duration_ms']>;

const route = getRouteApi('/tools');

/** The tools that agents called, across sessions. Each row leads to its sessions. */
export function ToolsPage() {
  const raw = route.useSearch();
  const page = useTablePage({ path: '/tools', raw: { ...raw }, sorts: TOOL_SORTS });
  const { sessions, counted, sort, limit } = page;
  const { data, error, refetch } = useTools(counted, sort, limit);
  const columns = useMemo(() => columnsFor(sessions), [sessions]);
  return (
    <TableFrame
      title="Tools"
      thing="tool"
      note="Calls of tools in the sessions that match. A tool leads to the sessions that called it."
      nothing="No tool was called in these sessions."
      {...{ sessions, counted, error }}
      onChange={page.onChange}
      rows={data && { shown: data.items.length, all: data.tool_count }}
      gap={
        data === undefined || data.incomplete_sessions === 0
          ? undefined
          : `${formatCounted(data.incomplete_sessions, 'session')} called more than 200 tools; of these, only the first 200 by name count.`
      }
      onRetry={() => void refetch()}
      onAll={page.setAllWanted}
    >
      <SortedTable
        label="Tools across sessions"
        columns={columns}
        items={data?.items}
        keyOf={({ tool }) => tool}
        sort={sort}
        onSort={page.onSort}
      />
    </TableFrame>
  );
}

function columnsFor(sessions: Filters & RangeSearch): readonly SortedColumn<Tool, ToolSort>[] {
  return [
    {
      name: 'Tool',
      cell: ({ tool }) => (
        <Link to="/" search={{ ...sessions, tool: [tool] }} className="sorted-link" title={visibleText(tool)}>
          {visibleText(tool)}
        </Link>
      ),
    },
    { name: 'Calls', sort: 'calls', cell: ({ call_count }) => formatCount(call_count) },
    { name: 'Failures', sort: 'failures', cell: (tool) => <Failures tool={tool} sessions={sessions} /> },
    {
      name: 'Retries',
      hint: 'Calls that are the first of their tool after one that failed',
      sort: 'retries',
      cell: ({ retry_count }) => formatCount(retry_count),
    },
    { name: 'Sessions', sort: 'sessions', cell: ({ session_count }) => formatCount(session_count) },
    { name: 'p50', hint: 'Half of the calls took so long or less', cell: durationOf('p50') },
    { name: 'p95', hint: '19 of 20 calls took so long or less', sort: 'p95', cell: durationOf('p95') },
    { name: 'Longest', cell: durationOf('max') },
  ];
}

/** A percentile of a tool; nothing if no duration is known. */
function durationOf(name: keyof Durations) {
  return ({ duration_ms }: Tool) => (duration_ms === undefined ? '–' : formatDuration(duration_ms[name]));
}

/** How many calls failed, with a way to the sessions in which they did. */
function Failures({ tool, sessions }: { readonly tool: Tool; readonly sessions: Filters & RangeSearch }) {
  const { tool: name, failure_count, call_count, sessions_with_failures } = tool;
  if (failure_count === 0) return '0';
  return (
    <Link
      to="/"
      search={{ ...sessions, failedTool: [name] }}
      className="sorted-other error-text"
      title={`${formatCounted(sessions_with_failures, 'session')} in which it failed`}
    >
      {formatCount(failure_count)} ({formatShare(failure_count / call_count)})
    </Link>
  );
}
