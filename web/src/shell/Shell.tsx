import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useSignedOut } from '../api/signed-out.js';
import { Icon } from '../components/Icon.js';
import { zoneName } from '../format/time.js';
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

/** The frame around every page. */
export function Shell() {
  const isSignedOut = useSignedOut();
  const isAdmin = useCaller()?.scopes.includes('admin') === true;
  const [isHelpOpen, setHelpOpen] = useState(false);
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
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
            Sessions
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
