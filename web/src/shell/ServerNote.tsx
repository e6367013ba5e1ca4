import { ErrorNote } from '../components/ErrorNote.js';
import { useReadiness } from './use-readiness.js';

/** Shows the server's own report of a problem that affects its answers. */
export function ServerNote() {
  const { reason } = useReadiness();
  if (reason === undefined) return null;
  return <ErrorNote error={`The server says: ${reason}.`} />;
}
