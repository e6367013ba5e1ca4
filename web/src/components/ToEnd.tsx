import { useEffect, useRef, useState } from 'react';
import { formatCount } from '../../../client/src/text/number.js';
import { useShortcuts } from '../shell/shortcuts.js';
import { Spinner } from './Spinner.js';

interface Loading {
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
  /** Loads the next page. */
  load(): void;
  /** Shows the end, once everything is loaded. */
  show(): void;
}

export interface Way {
  readonly isUnderWay: boolean;
  start(): void;
  stop(): void;
}

/** Goes to the end of a list that loads page by page: loads all that is missing, and then shows the end. */
export function useWayToEnd({ hasMore, isLoading, hasFailed, load, show }: Loading): Way {
  const [isUnderWay, setUnderWay] = useState(false);
  const actions = useRef({ load, show });
  actions.current = { load, show };
  useEffect(() => {
    if (!isUnderWay || isLoading) return;
    if (hasMore && !hasFailed) {
      actions.current.load();
      return;
    }
    setUnderWay(false);
    if (!hasMore) actions.current.show();
  }, [isUnderWay, hasMore, isLoading, hasFailed]);
  return {
    isUnderWay,
    start: () => setUnderWay(true),
    stop: () => setUnderWay(false),
  };
}

/** Scrolls the page to its end. */
export function scrollToEnd(): void {
  window.scrollTo({ top: document.documentElement.scrollHeight });
}

interface ToEndNoteProps {
  readonly way: Way;
  /** Number of things loaded so far, and their name in the plural. */
  readonly count: number;
  readonly of: string;
}

/** Says that the rest of a list is being loaded; Esc stops it. */
export function ToEndNote({ way, count, of }: ToEndNoteProps) {
  if (!way.isUnderWay) return null;
  return <Note way={way} count={count} of={of} />;
}

function Note({ way, count, of }: ToEndNoteProps) {
  useShortcuts({ Escape: way.stop });
  return (
    <div className="to-end" role="status">
      <Spinner label="Loading" />
      <span>
        Loading to the end: {formatCount(count)} {of}
      </span>
      <button type="button" className="button button-small" onClick={way.stop}>
        Stop <kbd>Esc</kbd>
      </button>
    </div>
  );
}
