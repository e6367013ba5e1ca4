import { useLinkProps } from '@tanstack/react-router';
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
  const link = useLinkProps({
    from: '/sessions/$sessionId',
    to: '.',
    search,
    resetScroll: false,
    ...rest,
  });
  // The router must not mark the current link: most links lead to the page that they are on.
  return (
    <a {...link} aria-current={isCurrent ? 'page' : undefined}>
      {children}
    </a>
  );
}
