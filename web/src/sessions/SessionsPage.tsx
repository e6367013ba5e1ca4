import './sessions.css';
import './table/table.css';
import './overview/overview.css';
import './first-run/first-run.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { pagePart } from '../shell/page-part.js';
import { useShortcuts } from '../shell/shortcuts.js';
import { AlertLink } from './AlertLink.js';
import { ExportList } from './ExportList.js';
import { FilterBar } from './filter-bar/FilterBar.js';
import { withoutFilters } from './filters.js';
import { FirstRun } from './first-run/FirstRun.js';
import { LiveStatus } from './LiveStatus.js';
import { forgetOldLoads, useListLoad } from './list-load.js';
import { OverviewFrame } from './overview/OverviewFrame.js';
import { readSessionsSearch, type SearchChange, type SessionsSearch } from './search.js';
import { SessionTable } from './table/SessionTable.js';
import { useIsServerEmpty } from './use-is-server-empty.js';
import { useLiveList } from './use-live-list.js';
import { pageQuery } from './use-session-pages.js';
import { useToolbarHeight } from './use-toolbar-height.js';
import { ViewMenu } from './ViewMenu.js';

const route = getRouteApi('/');
let onTableShown!: () => void;
const tableShown = new Promise<void>((resolve) => {
  onTableShown = resolve;
});
// The charts are half of the page's work, so they load after the first rows.
const Overview = lazy(async () => {
  await tableShown;
  return { default: (await pagePart(import('./overview/Overview.js'))).Overview };
});

/**
 * The list of sessions: filters, overview and table. The address contains everything that decides what is
 * shown.
 */
export function SessionsPage() {
  // The router also passes unknown and invalid parameters.
  const raw = route.useSearch();
  const search = useMemo(() => readSessionsSearch({ ...raw }), [raw]);
  const navigate = useNavigate({ from: '/' });
  const [load, reload] = useListLoad(search);
  const { error } = useQuery(pageQuery(useQueryClient(), load, 0));
  const live = useLiveList(load);
  const [isListEmpty, setListEmpty] = useState(false);
  const isServerEmpty = useIsServerEmpty(isListEmpty);

  useEffect(() => () => forgetOldLoads(Date.now()), []);
  const onChange = useCallback(
    (change: SearchChange) => {
      void navigate({
        search: (before) => ({ ...readSessionsSearch(before), ...change }) as SessionsSearch,
        // From within the list, whose rows change, scroll to the top. Above it, keep the position.
        resetScroll: window.scrollY > window.innerHeight / 2,
      });
    },
    [navigate],
  );
  const showNew = (): void => {
    reload();
    window.scrollTo({ top: 0 });
  };
  useShortcuts({ n: showNew });
  const toolbar = useToolbarHeight();

  if (isServerEmpty) return <FirstRun />;
  return (
    <>
      <h1 className="visually-hidden">Sessions</h1>
      <div className="toolbar" ref={toolbar}>
        <FilterBar search={search} counted={load.filters} error={error} onChange={onChange} />
        <ExportList filters={load.filters} />
        {/* Alerts do not take the text of a search. */}
        {load.filters.q === undefined && <AlertLink filters={load.filters} />}
        <ViewMenu search={search} />
        <LiveStatus live={live} onShowNew={showNew} />
      </div>
      <Suspense fallback={<OverviewFrame />}>
        <Overview counted={load.filters} search={search} onChange={onChange} />
      </Suspense>
      <SessionTable
        key={load.id}
        load={load}
        onEmpty={setListEmpty}
        onShown={onTableShown}
        onClearFilters={() => onChange(withoutFilters(search))}
        onAllTime={() => onChange({ range: 'all', startTime: undefined, endTime: undefined })}
        onSort={({ sort, order }) => onChange({ sort, order })}
      />
    </>
  );
}
