import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SessionSearch } from './search.js';

const route = getRouteApi('/sessions/$sessionId');

export interface SessionRoute {
  readonly sessionId: string;
  readonly search: SessionSearch;
  /** Navigates within the page. With `replace` there is no new history entry. */
  go(search: SessionSearch, options?: { readonly replace?: boolean }): void;
}

/** The search parameters of the page, and how to change them. */
export function useSessionRoute(): SessionRoute {
  const { sessionId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = useCallback<SessionRoute['go']>(
    (to, { replace = false } = {}) => {
      void navigate({ search: to, replace, resetScroll: false });
    },
    [navigate],
  );
  return { sessionId, search, go };
}
