import { lazy, Suspense, useState } from 'react';
import { formatCompact } from '../../../../client/src/text/number.js';
import { visibleLines } from '../../../../client/src/text/visible-text.js';
import { pagePart } from '../../shell/page-part.js';

import './markdown.css';

const Markdown = lazy(() => pagePart(import('./Markdown.js')));

/** Malicious text can make parsing time grow faster than its length. */
const MAX_MARKDOWN = 20_000;

interface FoldedTextProps {
  readonly text: string;
  /** Number of characters shown before unfolding. */
  readonly length: number;
}

/** Characters added by each click. A browser needs seconds to lay out some hundred thousand at once. */
const STEP = 20_000;

/** The text of a turn as markdown. Of a long text only the beginning is shown at first, and more on request. */
export function FoldedText({ text, length }: FoldedTextProps) {
  const [extra, setExtra] = useState(0);
  const isLong = text.length > length * 1.3;
  const most = length + extra;
  const isWhole = !isLong || text.length <= most;
  const shown = isWhole ? text : beginning(text, most);
  const rest = text.length - most;
  const plain = <p className="plain">{visibleLines(shown)}</p>;
  return (
    <div className="said">
      {shown.length > MAX_MARKDOWN ? (
        plain
      ) : (
        <Suspense fallback={plain}>
          <Markdown text={shown} />
        </Suspense>
      )}
      {!isWhole && (
        <button type="button" className="text-button" onClick={() => setExtra(extra + STEP)}>
          {rest > STEP
            ? `Show ${formatCompact(STEP)} more of ${formatCompact(text.length)} characters`
            : `Show all ${formatCompact(text.length)} characters`}
        </button>
      )}
      {isLong && extra > 0 && (
        <button type="button" className="text-button" onClick={() => setExtra(0)}>
          Fold
        </button>
      )}
    </div>
  );
}

/** Ends at a line or word boundary if there is one near. */
function beginning(text: string, length: number): string {
  const start = text.slice(0, length);
  const end = Math.max(start.lastIndexOf('\n'), start.lastIndexOf(' '));
  return `${end > length / 2 ? start.slice(0, end) : start} …`;
}
