import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ErrorNote } from '../components/ErrorNote.js';
import { doesServerAnswer, PartMissing } from './page-part.js';

/** Shown instead of a page that failed. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <div className="shell-note">
      {error instanceof PartMissing ? <MissingPart /> : <ErrorNote error={error} onRetry={reset} />}
    </div>
  );
}

const SILENT = 'The server does not answer.';
const CHANGED =
  'A part of the page could not be loaded. The server may have been updated since the page was opened.';

function MissingPart() {
  const [message, setMessage] = useState('');
  useEffect(() => {
    void doesServerAnswer().then((does) => setMessage(does ? CHANGED : SILENT));
  }, []);
  // Browsers remember a failed import, and the files may have new names: only a reload finds them. While the
  // server does not answer, a reload would show the browser's own error page.
  const retry = async (): Promise<void> => {
    if (await doesServerAnswer()) window.location.reload();
    else setMessage(SILENT);
  };
  if (message === '') return null;
  return <ErrorNote error={message} onRetry={() => void retry()} />;
}
