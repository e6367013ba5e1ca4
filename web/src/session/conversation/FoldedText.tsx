import { lazy, Suspense, useState } from 'react';
import { formatCompact } from '../../../../client/src/text/number.js';
import { visibleLines } from '../../../../client/src/text/visible-text.js';
import { pagePart } from '../../shell/page-part.js';

const Markdown = lazy(() => pagePart(import('./Markdown.js')));

/** Malicious text can make parsing time grow faster than its length. */
const MAX_MARKDOWN = 20_000;

interface FoldedTextProps {
  readonly text: string;
  /** Number of characters shown before unfolding. */
  readonly length: number;
}

/** The text of a turn as markdown. Of a long text only the beginning is shown at first. */
export function FoldedText({ text, length }: FoldedTextProps) {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > length * 1.3;
  const shown = isLong && !isWhole ? beginning(text, length) : text;
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
      {isLong && (
        <button
          type="button"
          className="text-button"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? 'Fold' : `Show all ${formatCompact(text.length)} characters`}
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
