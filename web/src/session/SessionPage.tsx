import { useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { Session } from '../api/client.js';
import { ApiProblem } from '../api/problem.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Skeleton } from '../components/Skeleton.js';
import { failureCount } from '../format/failures.js';
import { shortenMiddle, visibleText } from '../format/text.js';
import { pagePart } from '../shell/page-part.js';
import { useShortcuts } from '../shell/shortcuts.js';
import { SessionHeader } from './header/SessionHeader.js';
import { DEFAULT_VIEW, type View } from './search.js';
import { TimelineView } from './timeline/TimelineView.js';
import { Trouble } from './trouble/Trouble.js';
import { UnknownSession } from './UnknownSession.js';
import { useLiveSession } from './use-live-session.js';
import { useSessionRoute } from './use-session-route.js';
import { ViewTabs } from './ViewTabs.js';
import './session.css';

const ConversationView = lazy(async () => ({
  default: (await pagePart(import('./conversation/ConversationView.js'))).ConversationView,
}));
const UsageView = lazy(async () => ({ default: (await pagePart(import('./usage/UsageView.js'))).UsageView }));
const JsonView = lazy(async () => ({ default: (await pagePart(import('./json/JsonView.js'))).JsonView }));

const TITLE_LENGTH = 20;

/** One session: its traces, its spans, what was said and what it cost. */
export function SessionPage() {
  const { sessionId, search } = useSessionRoute();
  const { data: session, error, refetch } = useLiveSession(sessionId);
  const { history, navigate } = useRouter();
  const { view = DEFAULT_VIEW } = search;

  useEffect(() => {
    const before = document.title;
    document.title = `${visibleText(shortenMiddle(sessionId, TITLE_LENGTH))} · Sojourn`;
    return () => {
      document.title = before;
    };
  }, [sessionId]);
  // To where this page was come to from, however many of its places were seen since.
  const [entered] = useState(history.location.state.__TSR_index);
  const leave = (): void => {
    const steps = history.location.state.__TSR_index - entered + 1;
    if (entered > 0) history.go(-steps);
    else void navigate({ to: '/' });
  };
  // With a span open the key closes that first (timeline/TimelineView.tsx).
  const isSpanOpen = view === 'timeline' && search.span !== undefined;
  useShortcuts(isSpanOpen ? {} : { Escape: leave });

  if (session === undefined) {
    if (error === null) return <Pending />;
    if (error instanceof ApiProblem && error.status === 404) return <UnknownSession sessionId={sessionId} />;
    return <ErrorNote error={error} onRetry={() => void refetch()} />;
  }
  return (
    <div className="session">
      <SessionHeader session={session} />
      {failureCount(session) > 0 && <Trouble session={session} />}
      <ViewTabs session={session} search={search} />
      <Suspense fallback={<Skeleton height="320px" />}>
        <ViewOf view={view} session={session} />
      </Suspense>
    </div>
  );
}

function ViewOf({ view, session }: { readonly view: View; readonly session: Session }) {
  switch (view) {
    case 'timeline':
      return <TimelineView session={session} />;
    case 'conversation':
      return <ConversationView session={session} />;
    case 'usage':
      return <UsageView session={session} />;
    case 'json':
      return <JsonView session={session} />;
  }
}

function Pending() {
  return (
    <div className="session" role="status" aria-label="Loading the session">
      <div className="session-pending">
        <Skeleton width="22rem" height="28px" />
        <Skeleton height="56px" />
        <Skeleton height="44px" />
      </div>
      <Skeleton height="420px" />
    </div>
  );
}
