import { ErrorNote } from '../components/ErrorNote.js';
import { useReadiness } from './use-readiness.js';

/** What the server says of itself where its answers are not what they should be. */
export function ServerNote() {
  const { reason } = useReadiness();
  if (reason === undefined) return null;
  return <ErrorNote error={`The server says: ${reason}.`} />;
}
