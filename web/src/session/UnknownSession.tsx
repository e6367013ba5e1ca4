import { Link } from '@tanstack/react-router';
import { visibleText } from '../../../client/src/text/visible-text.js';

/** Shown for a session that the server does not have. */
export function UnknownSession({ sessionId }: { readonly sessionId: string }) {
  return (
    <div className="shell-note">
      <h1>No such session</h1>
      <p className="unknown-id mono">{visibleText(sessionId)}</p>
      <p>None of its telemetry has arrived yet, or its id is written differently.</p>
      <p>
        <Link to="/">All sessions</Link>
      </p>
    </div>
  );
}
