import { describeError, mayPass } from '../api/problem.js';

interface ErrorNoteProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Shows an error in the server's words, with a button that tries again where that may help. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  return (
    <div className="error-note" role="alert">
      <p>{describeError(error)}</p>
      {onRetry !== undefined && mayPass(error) && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
