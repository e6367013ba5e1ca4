import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useSilentSince } from '../api/reachability.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Icon } from '../components/Icon.js';
import { formatClock } from '../format/time.js';
import { useReadiness } from './use-readiness.js';

/** Says when the server does not answer, and shows its own report of a problem that affects its answers. */
export function ServerNote() {
  const { reason } = useReadiness();
  const silentSince = useSilentSince();
  useRefreshOnReturn(silentSince !== undefined);
  if (silentSince !== undefined) return <SilentNote since={silentSince} />;
  if (reason === undefined) return null;
  return <ErrorNote error={`The server says: ${reason}.`} />;
}

/** Stays in view wherever the reader has scrolled to. */
function SilentNote({ since }: { readonly since: number }) {
  return (
    <div className="silent-note" role="alert">
      <Icon name="warning" />
      <p>
        <strong>The server does not answer</strong> since {formatClock(since, Date.now())}. What you see is
        from before, and may have changed. Trying again…
      </p>
    </div>
  );
}

/** Reads everything on the page again once the server is back. */
function useRefreshOnReturn(isSilent: boolean): void {
  const client = useQueryClient();
  const wasSilent = useRef(false);
  useEffect(() => {
    if (wasSilent.current && !isSilent) void client.invalidateQueries();
    wasSilent.current = isSilent;
  }, [client, isSilent]);
}
