import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SessionSearch } from './search.js';

const route = getRouteApi('/sessions/$sessionId');

export interface SessionRoute {
  readonly sessionId: string;
  readonly search: SessionSearch;
  /** Goes elsewhere in the page. With `replace` the back button does not come by here again. */
  go(search: SessionSearch, options?: { readonly replace?: boolean }): void;
}

/** What the address of the page says, and how to change it. */
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
