import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { api, dataOf } from '../../api/client.js';
import { listenToSessions } from '../../api/session-stream.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Spinner } from '../../components/Spinner.js';
import { forgetLoads } from '../list-load.js';
import { ANY_SESSION_KEY } from '../use-is-server-empty.js';
import { SNIPPETS } from './snippets.js';

/** How often to poll: the stream is faster, but a proxy may buffer it. */
const LOOK_MS = 3_000;

/** Shown while the server has no session: how to send one. Opens the first session that arrives. */
export function FirstRun() {
  useFirstSession();
  const [chosen, setChosen] = useState(SNIPPETS[0]!.id);
  const tabs = useRef<HTMLDivElement>(null);
  const address = document.baseURI.replace(/\/$/, '');
  const { how, code } = SNIPPETS.find(({ id }) => id === chosen)!;
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = SNIPPETS.findIndex(({ id }) => id === chosen);
    const next = SNIPPETS[(at + step + SNIPPETS.length) % SNIPPETS.length]!;
    setChosen(next.id);
    tabs.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
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
      <div className="tabs" role="tablist" aria-label="Ways to send" ref={tabs}>
        {SNIPPETS.map(({ id, title }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            className="tab"
            aria-selected={id === chosen}
            aria-controls="snippet"
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => setChosen(id)}
            onKeyDown={onKey}
          >
            {title}
          </button>
        ))}
      </div>
      <div className="card snippet" id="snippet" role="tabpanel" aria-labelledby={`tab-${chosen}`}>
        <div className="snippet-head">
          <p>{how}</p>
          <CopyButton text={code(address)} label="Copy the code" />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: lets the keyboard scroll it */}
        <pre tabIndex={0}>{code(address)}</pre>
      </div>
      <p className="muted">
        No telemetry at hand? <code>{demoCommand(address)}</code> sends three days of made-up traffic.
      </p>
    </section>
  );
}

/** The addresses that the demo sends to by default. */
const DEMO_ADDRESSES = ['http://localhost:4318', 'http://127.0.0.1:4318'];

function demoCommand(address: string): string {
  return DEMO_ADDRESSES.includes(address) ? 'npm run demo' : `npm run demo -- --endpoint ${address}`;
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
