import { lazy, Suspense, useState } from 'react';
import { formatCompact } from '../../format/number.js';
import { visibleLines } from '../../format/text.js';
import { pagePart } from '../../shell/page-part.js';

const Markdown = lazy(() => pagePart(import('./Markdown.js')));

/** The time that parsing takes grows faster than the text, if somebody means harm. */
const MAX_MARKDOWN = 20_000;

interface FoldedTextProps {
  readonly text: string;
  /** Characters shown before it is asked for more. */
  readonly length: number;
}

/** What was said, as markdown; a long text shows its beginning first. */
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

/** Ends at a line or a word, where there is one near. */
function beginning(text: string, length: number): string {
  const start = text.slice(0, length);
  const end = Math.max(start.lastIndexOf('\n'), start.lastIndexOf(' '));
  return `${end > length / 2 ? start.slice(0, end) : start} …`;
}
