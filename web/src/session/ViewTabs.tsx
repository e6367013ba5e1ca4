import type { Session } from '../api/client.js';
import { SessionLink } from './SessionLink.js';
import type { SessionSearch } from './search.js';
import { nameOfView, viewIn, viewsOf } from './views.js';

interface ViewTabsProps {
  readonly session: Session;
  readonly search: SessionSearch;
}

/** Links to the views that the session has. The chosen trace and span stay chosen. */
export function ViewTabs({ session, search }: ViewTabsProps) {
  const { trace, span } = search;
  const view = viewIn(search, session);
  const place = { ...(trace !== undefined && { trace }), ...(span !== undefined && { span }) };
  const views = viewsOf(session).map((each) => each.view);
  // A view named in the address is shown even if it is empty.
  const shown = views.includes(view) ? views : [...views, view];
  return (
    <nav className="view-tabs" aria-label="Parts of the session">
      {shown.map((each) => (
        <SessionLink
          key={each}
          search={{ ...(viewIn(place, session) !== each && { view: each }), ...place }}
          isCurrent={each === view}
        >
          {nameOfView(each)}
        </SessionLink>
      ))}
    </nav>
  );
}
