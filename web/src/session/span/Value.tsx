import { useMemo, useState } from 'react';
import { formatCompact, formatCount } from '../../../../client/src/text/number.js';
import { visibleLines } from '../../../../client/src/text/visible-text.js';
import { valueText } from './value-text.js';

const FOLDED_LENGTH = 240;
const FOLDED_LINES = 6;
/** Characters added by each click. A browser needs seconds to lay out a megabyte in one line. */
const STEP = 20_000;

/** The value of an attribute as text. Long ones are folded. */
export function Value({ value }: { readonly value: unknown }) {
  const { text, isJson } = useMemo(() => valueText(value), [value]);
  return <LongText text={text} className={isJson ? 'value value-json' : 'value'} />;
}

interface LongTextProps {
  readonly text: string;
  readonly className?: string;
}

/** A text with its own line breaks. The beginning is shown at first, and more on request. */
export function LongText({ text, className = 'value' }: LongTextProps) {
  const [shown, setShown] = useState(0);
  const folded = foldedLength(text);
  const length = Math.max(shown, folded);
  const rest = text.length - length;
  return (
    <div className={className}>
      <pre>
        {visibleLines(text.slice(0, length))}
        {rest > 0 && '…'}
      </pre>
      {rest > 0 && (
        <button type="button" className="text-button" onClick={() => setShown(length + STEP)}>
          Show{' '}
          {rest > STEP
            ? `${formatCompact(STEP)} more of ${formatCompact(rest)}`
            : `${formatCount(rest)} more`}{' '}
          characters
        </button>
      )}
      {shown > 0 && (
        <button type="button" className="text-button" onClick={() => setShown(0)}>
          Fold
        </button>
      )}
    </div>
  );
}

/** The number of characters shown at first. */
function foldedLength(text: string): number {
  let length = Math.min(text.length, FOLDED_LENGTH);
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < length; at = text.indexOf('\n', at + 1)) {
    if (++lines === FOLDED_LINES) length = at;
  }
  // Folding only a few characters would save less room than the button takes.
  return text.length - length < 40 && lines < FOLDED_LINES ? text.length : length;
}
