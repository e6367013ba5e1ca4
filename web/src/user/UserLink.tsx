import { Link } from '@tanstack/react-router';
import { visibleText } from '../../../client/src/text/visible-text.js';

/** The user of a session, with a link to everything of this user. */
export function UserLink({ id }: { readonly id: string | undefined }) {
  if (id === undefined) return <span className="muted">–</span>;
  return (
    <Link to="/users/$userId" params={{ userId: id }} className="user-link" title={visibleText(id)}>
      {visibleText(id)}
    </Link>
  );
}
