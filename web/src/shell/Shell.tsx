import { Link, Outlet, useLocation, useMatches, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSignedOut } from '../api/signed-out.js';
import { Icon } from '../components/Icon.js';
import { zoneName } from '../format/time.js';
import { readSessionsOf } from '../tables/search.js';
import { Account } from './Account.js';
import { Footer } from './Footer.js';
import { HelpDialog } from './HelpDialog.js';
import { ServerNote } from './ServerNote.js';
import { SignIn } from './SignIn.js';
import { useShortcuts } from './shortcuts.js';
import { ThemeSwitch } from './ThemeSwitch.js';
import { useCaller } from './use-caller.js';

/** A link to a fragment alone would lead to the page at `<base>`. */
function SkipLink() {
  const { href } = useLocation();
  return (
    <a
      className="skip-link"
      href={`${href.replace(/#.*/, '')}#main`}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}
    >
      Skip to content
    </a>
  );
}

const SESSIONS_LINK = { exact: true, includeSearch: false };
const TABLE_LINK = { includeSearch: false };
/** The routes of the list and of what counts its sessions. */
const FILTERED_ROUTES: readonly (string | undefined)[] = ['/', '/tools', '/errors'];

/** The frame around every page. */
export function Shell() {
  const isSignedOut = useSignedOut();
  const isAdmin = useCaller()?.scopes.includes('admin') === true;
  const [isHelpOpen, setHelpOpen] = useState(false);
  const route = useMatches({ select: (matches) => matches.at(-1)?.routeId });
  const search = useSearch({ strict: false });
  // From one of these pages to another the filters stay.
  const carried = FILTERED_ROUTES.includes(route) ? readSessionsOf({ ...search }) : {};
  useShortcuts({ '?': () => setHelpOpen(true) });
  return (
    <>
      <SkipLink />
      <header className="shell-header">
        <Link to="/" className="shell-brand">
          <span className="shell-mark" aria-hidden="true" />
          Sojourn
        </Link>
        <nav className="shell-nav" aria-label="Main">
          <Link to="/" search={route === '/' ? {} : carried} activeOptions={SESSIONS_LINK}>
            Sessions
          </Link>
          <Link to="/tools" search={carried} activeOptions={TABLE_LINK}>
            Tools
          </Link>
          <Link to="/errors" search={carried} activeOptions={TABLE_LINK}>
            Errors
          </Link>
          {isAdmin && <Link to="/alerts">Alerts</Link>}
          <Link to="/send">Send</Link>
          <Link to="/reference">API</Link>
        </nav>
        <div className="shell-tools">
          <span className="shell-zone" title="All times on this page are in this time zone">
            {zoneName()}
          </span>
          <button
            type="button"
            className="icon-button"
            aria-label="Keys"
            title="Keys (?)"
            onClick={() => setHelpOpen(true)}
          >
            <Icon name="help" />
          </button>
          <ThemeSwitch />
          {!isSignedOut && <Account />}
        </div>
      </header>
      <main id="main" className="shell-main" tabIndex={-1}>
        <ServerNote />
        {isSignedOut ? <SignIn /> : <Outlet />}
      </main>
      <Footer />
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </>
  );
}
