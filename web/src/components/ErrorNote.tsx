import { describeError } from '../api/problem.js';

interface ErrorNoteProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Shows an error in the server's words, with a retry button. */
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
