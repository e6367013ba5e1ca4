import { Link } from '@tanstack/react-router';
import { visibleText } from '../../../client/src/text/visible-text.js';

/** Shown for a user of whom the server has no session. */
export function UnknownUser({ userId }: { readonly userId: string }) {
  return (
    <div className="shell-note">
      <h1>No such user</h1>
      <p className="unknown-id mono">{visibleText(userId)}</p>
      <p>
        No session is of a user with this id: none has arrived, it was deleted, or the id is written
        differently. Ids that look like e-mail addresses or phone numbers may be kept as pseudonyms.
      </p>
      <p>
        <Link to="/" search={{ userIdPrefix: userId, range: 'all' }}>
          Users whose id begins so
        </Link>{' '}
        · <Link to="/">All sessions</Link>
      </p>
    </div>
  );
}
