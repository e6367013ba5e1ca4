import { type KeyboardEvent, useRef, useState } from 'react';
import { CopyButton } from '../components/CopyButton.js';
import { SNIPPETS } from './snippets.js';
import './send.css';

/** Ways to send telemetry to a server, each with code to copy. `address` is its OTLP/HTTP address. */
export function Snippets({ address }: { readonly address: string }) {
  const [chosen, setChosen] = useState(SNIPPETS[0]!.id);
  const tabs = useRef<HTMLDivElement>(null);
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
    <>
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
    </>
  );
}

/** The addresses that the demo sends to by default. */
const DEMO_ADDRESSES = ['http://localhost:4318', 'http://127.0.0.1:4318'];

function demoCommand(address: string): string {
  return DEMO_ADDRESSES.includes(address) ? 'npm run demo' : `npm run demo -- --endpoint ${address}`;
}
