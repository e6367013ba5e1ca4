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

/** Leads to another place in the page of the same session, which stays where it is scrolled to. */
export function SessionLink({ search, isCurrent = false, children, ...rest }: SessionLinkProps) {
  return (
    <Link
      from="/sessions/$sessionId"
      to="."
      search={search}
      resetScroll={false}
      // What is current is not for the router to say: most links lead to the page that they are on.
      activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
      activeProps={{ 'aria-current': undefined }}
      aria-current={isCurrent ? 'page' : undefined}
      {...rest}
    >
      {children}
    </Link>
  );
}
