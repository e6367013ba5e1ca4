import '../sessions/sessions.css';
import '../sessions/table/table.css';
import '../sessions/overview/overview.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { CopyButton } from '../components/CopyButton.js';
import { ExportList } from '../sessions/ExportList.js';
import { FilterBar } from '../sessions/filter-bar/FilterBar.js';
import { withoutFilters } from '../sessions/filters.js';
import { useListLoad } from '../sessions/list-load.js';
import { Overview } from '../sessions/overview/Overview.js';
import { readSessionsSearch, type SearchChange, type SessionsSearch } from '../sessions/search.js';
import { SessionTable } from '../sessions/table/SessionTable.js';
import { pageQuery } from '../sessions/use-session-pages.js';
import { useToolbarHeight } from '../sessions/use-toolbar-height.js';
import { UnknownUser } from './UnknownUser.js';
import { useIsUnknown } from './use-is-unknown.js';

const route = getRouteApi('/users/$userId');
const nothing = (): void => {};

/** Everything of one user: sessions, errors and cost over time, devices and places, and the sessions themselves. */
export function UserPage() {
  const { userId } = route.useParams();
  const raw = route.useSearch();
  const search = useMemo(() => searchOf({ ...raw }, userId), [raw, userId]);
  const navigate = useNavigate({ from: '/users/$userId' });
  const [load] = useListLoad(search);
  const { error } = useQuery(pageQuery(useQueryClient(), load, 0));
  const toolbar = useToolbarHeight();
  const onChange = useCallback(
    (change: SearchChange) => {
      const { userId: _, ...rest } = { ...search, ...change };
      void navigate({ search: rest as SessionsSearch, resetScroll: false });
    },
    [navigate, search],
  );
  const { userId: _, ...others } = search;
  const [isListEmpty, setListEmpty] = useState(false);
  if (useIsUnknown(userId, isListEmpty)) return <UnknownUser userId={userId} />;
  return (
    <>
      <header className="user-head">
        <h1 className="mono" title={visibleText(userId)}>
          {visibleText(userId)}
        </h1>
        <CopyButton text={userId} label="Copy the user id" />
        <Link to="/" search={{ ...others, userId }} className="button">
          Show in the list
        </Link>
      </header>
      <div className="toolbar" ref={toolbar}>
        <FilterBar search={others} counted={load.filters} error={error} fixed="userId" onChange={onChange} />
        <ExportList filters={load.filters} />
      </div>
      <Overview counted={load.filters} search={search} onChange={onChange} />
      <SessionTable
        key={load.id}
        load={load}
        onEmpty={setListEmpty}
        onShown={nothing}
        onClearFilters={() => onChange(withoutFilters(others))}
        onAllTime={() => onChange({ range: 'all', startTime: undefined, endTime: undefined })}
        onSort={({ sort, order }) => onChange({ sort, order })}
      />
    </>
  );
}

/** The whole time, unless the address names another range. */
function searchOf(raw: Record<string, unknown>, userId: string): SessionsSearch {
  const search = { ...readSessionsSearch(raw), userId };
  const isBounded = search.startTime !== undefined || search.endTime !== undefined;
  return search.range === undefined && !isBounded ? { ...search, range: 'all' } : search;
}
