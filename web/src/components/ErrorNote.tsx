import { describeError } from '../api/problem.js';

interface ErrorNoteProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, in the server's words, and a way to try again. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  return (
    <div className="error-note" role="alert">
      <p>{describeError(error)}</p>
      {onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
