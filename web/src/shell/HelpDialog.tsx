import { useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Icon } from '../components/Icon.js';

type Keys = readonly (readonly [keys: readonly string[], does: string])[];

const LIST_KEYS: Keys = [
  [['j'], 'Next row'],
  [['k'], 'Previous row'],
  [['Enter'], 'Open it'],
  [['Esc'], 'Back, or close'],
  [['End'], 'The end of the list'],
  [['/'], 'Search'],
  [['f'], 'Add a filter'],
  [['n'], 'Show new sessions'],
  [['?'], 'These keys'],
];
const SESSION_KEYS: Keys = [
  [['e'], 'Next error by time, from the first one'],
  [['[', ']'], 'Previous, next trace or page'],
  [['j', 'k'], 'Down, up the spans or events'],
  [['End'], 'The end, also of what is not loaded'],
  [['/'], 'Search the spans'],
  [['n', 'p'], 'Next, previous span found'],
  [['←', '→'], 'Fold, unfold spans and groups; in the journey earlier, later'],
  [['c'], 'Critical path'],
  [['l'], 'Logs below their spans'],
  [['v'], 'Flame graph, or tree'],
  [['+', '-'], 'Zoom in, out'],
  [['<', '>'], 'To the left, right'],
  [['0'], 'The whole trace, the whole journey'],
  [['↑', '↓'], 'In the journey: its cause, its effect'],
  [['Enter'], 'Open the span or event'],
  [['Esc'], 'Close it, or go back'],
  [['?'], 'These keys'],
];

interface HelpDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The keyboard shortcuts of the current page. */
export function HelpDialog({ isOpen, onClose }: HelpDialogProps) {
  const isSession = useParams({ strict: false }).sessionId !== undefined;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="keys-title" onClose={onClose}>
      <header className="dialog-head">
        <h2 id="keys-title">Keys</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <dl className="keys">
        {(isSession ? SESSION_KEYS : LIST_KEYS).map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
