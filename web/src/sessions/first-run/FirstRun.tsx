import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { api, dataOf } from '../../api/client.js';
import { listenToSessions } from '../../api/session-stream.js';
import { Spinner } from '../../components/Spinner.js';
import { Snippets } from '../../send/Snippets.js';
import { serverAddress } from '../../send/server-address.js';
import { Projects, SHOWN_PROJECT, useProjects } from '../../shell/Projects.js';
import { forgetLoads } from '../list-load.js';
import { ANY_SESSION_KEY } from '../use-is-server-empty.js';

/** How often to poll: the stream is faster, but a proxy may buffer it. */
const LOOK_MS = 3_000;

/** Shown while the server has no session: how to send one. Opens the first session that arrives. */
export function FirstRun() {
  useFirstSession();
  const address = serverAddress();
  const projects = useProjects();
  const hasOthers = projects.some((name) => name !== SHOWN_PROJECT);
  return (
    <section className="first-run" aria-labelledby="first-run-title">
      <h1 id="first-run-title">Waiting for the first session</h1>
      <p className="first-run-lead">
        Nothing has arrived yet. Send something with any OpenTelemetry SDK: this page shows it the moment it
        lands.
      </p>
      <p className="first-run-waiting">
        <Spinner label="Waiting" />
        <span>
          Listening on <code>{address}</code>
        </span>
      </p>
      {hasOthers && (
        <div className="first-run-projects">
          <p>
            Nothing has arrived in the project <strong>{visibleText(SHOWN_PROJECT)}</strong>. There are
            others:
          </p>
          <Projects names={projects} />
        </div>
      )}
      <Snippets address={address} />
    </section>
  );
}

/** Opens the first session as soon as there is one. */
function useFirstSession(): void {
  const navigate = useNavigate();
  const client = useQueryClient();
  useEffect(() => {
    let isDone = false;
    const show = (sessionId: string): void => {
      if (isDone) return;
      isDone = true;
      // Going back from it shows the list with this session.
      client.setQueryData(ANY_SESSION_KEY, true);
      forgetLoads();
      void navigate({ to: '/sessions/$sessionId', params: { sessionId } });
    };
    const stop = listenToSessions(
      {},
      { session: (session) => show(session['session.id']), missed: () => {}, connected: () => {} },
    );
    const timer = window.setInterval(async () => {
      const page = await dataOf(api.GET('/api/v1/sessions', { params: { query: { limit: 1 } } })).catch(
        () => undefined,
      );
      const first = page?.items[0];
      if (first !== undefined) show(first['session.id']);
    }, LOOK_MS);
    return () => {
      isDone = true;
      stop();
      window.clearInterval(timer);
    };
  }, [navigate, client]);
}
