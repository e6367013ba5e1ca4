import { useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { failureCount } from '../../../client/src/text/failures.js';
import { shortenMiddle, visibleText } from '../../../client/src/text/visible-text.js';
import type { Session } from '../api/client.js';
import { ApiProblem } from '../api/problem.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Skeleton } from '../components/Skeleton.js';
import { pagePart } from '../shell/page-part.js';
import { useShortcuts } from '../shell/shortcuts.js';
import { SessionHeader } from './header/SessionHeader.js';
import { SessionBar } from './SessionBar.js';
import type { View } from './search.js';
import { TimelineView } from './timeline/TimelineView.js';
import { Trouble } from './trouble/Trouble.js';
import { UnknownSession } from './UnknownSession.js';
import { useDearest } from './use-dearest.js';
import { useLiveSession } from './use-live-session.js';
import { useSessionRoute } from './use-session-route.js';
import { viewIn } from './views.js';
import './session.css';

const ConversationView = lazy(async () => ({
  default: (await pagePart(import('./conversation/ConversationView.js'))).ConversationView,
}));
const JourneyView = lazy(async () => ({
  default: (await pagePart(import('./journey/JourneyView.js'))).JourneyView,
}));
const VisitView = lazy(async () => ({ default: (await pagePart(import('./visit/VisitView.js'))).VisitView }));
const EventsView = lazy(async () => ({
  default: (await pagePart(import('./events/EventsView.js'))).EventsView,
}));
const UsageView = lazy(async () => ({ default: (await pagePart(import('./usage/UsageView.js'))).UsageView }));
const JsonView = lazy(async () => ({ default: (await pagePart(import('./json/JsonView.js'))).JsonView }));

const TITLE_LENGTH = 20;

/** The page of one session: traces, spans, events, conversation and cost. */
export function SessionPage() {
  const { sessionId, search } = useSessionRoute();
  const { data: session, error, refetch } = useLiveSession(sessionId);
  const { history, navigate } = useRouter();
  const view = session && viewIn(search, session);
  const isLooking = useDearest();
  const head = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const before = document.title;
    document.title = `${visibleText(shortenMiddle(sessionId, TITLE_LENGTH))} · Sojourn`;
    return () => {
      document.title = before;
    };
  }, [sessionId]);
  // The history entry of this page's first visit, so that Esc leaves the page however many of its parts were
  // shown since.
  const [entered] = useState(history.location.state.__TSR_index);
  const leave = (): void => {
    const steps = history.location.state.__TSR_index - entered + 1;
    if (entered > 0) history.go(-steps);
    else void navigate({ to: '/' });
  };
  // With an open span or event, the key closes that first (timeline/TimelineView.tsx, events/EventsView.tsx,
  // journey/JourneyView.tsx).
  const { span, event, page } = search;
  const isPartOpen =
    (view === 'timeline' && span !== undefined) ||
    (view === 'events' && event !== undefined) ||
    (view === 'journey' && (span ?? event ?? page) !== undefined);
  useShortcuts(isPartOpen ? {} : { Escape: leave });

  if (session === undefined || view === undefined) {
    if (error === null) return <Pending />;
    if (error instanceof ApiProblem && error.status === 404) return <UnknownSession sessionId={sessionId} />;
    return <ErrorNote error={error} onRetry={() => void refetch()} />;
  }
  return (
    <div className="session">
      <div ref={head} className="session-head">
        <SessionHeader session={session} />
        {failureCount(session) > 0 && <Trouble session={session} />}
      </div>
      <SessionBar session={session} search={search} head={head} />
      {isLooking ? (
        <div role="status" aria-label="Looking for the dearest turn">
          <Skeleton height="320px" />
        </div>
      ) : (
        <Suspense fallback={<Skeleton height="320px" />}>
          <ViewOf view={view} session={session} />
        </Suspense>
      )}
    </div>
  );
}

function ViewOf({ view, session }: { readonly view: View; readonly session: Session }) {
  switch (view) {
    case 'timeline':
      return <TimelineView session={session} />;
    case 'journey':
      return <JourneyView session={session} />;
    case 'visit':
      return <VisitView session={session} />;
    case 'conversation':
      return <ConversationView session={session} />;
    case 'events':
      return <EventsView session={session} />;
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
