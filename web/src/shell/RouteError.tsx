import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ErrorNote } from '../components/ErrorNote.js';
import { doesServerAnswer, PartMissing } from './page-part.js';

/** Stands in for a page that failed. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <div className="shell-note">
      {error instanceof PartMissing ? <MissingPart /> : <ErrorNote error={error} onRetry={reset} />}
    </div>
  );
}

const SILENT = 'The server does not answer.';
const CHANGED =
  'A part of the page could not be loaded. The server may be another version since the page was opened.';

function MissingPart() {
  const [message, setMessage] = useState('');
  useEffect(() => {
    void doesServerAnswer().then((does) => setMessage(does ? CHANGED : SILENT));
  }, []);
  // Browsers remember that an import failed, and the files may have other names by now: only a new page has them. While nothing answers,
  // the browser would show its own error in the place of this one.
  const retry = async (): Promise<void> => {
    if (await doesServerAnswer()) window.location.reload();
    else setMessage(SILENT);
  };
  if (message === '') return null;
  return <ErrorNote error={message} onRetry={() => void retry()} />;
}
