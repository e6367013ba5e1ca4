import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SessionSearch } from './search.js';

interface SessionLinkProps {
  readonly search: SessionSearch;
  readonly className?: string;
  readonly title?: string;
  readonly isCurrent?: boolean;
  readonly children: ReactNode;
}

/** Links to another part of the same session's page, which keeps its scroll position. */
export function SessionLink({ search, isCurrent = false, children, ...rest }: SessionLinkProps) {
  return (
    <Link
      from="/sessions/$sessionId"
      to="."
      search={search}
      resetScroll={false}
      // The router must not mark the current link: most links lead to the page that they are on.
      activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
      activeProps={{ 'aria-current': undefined }}
      aria-current={isCurrent ? 'page' : undefined}
      {...rest}
    >
      {children}
    </Link>
  );
}
