import { useMemo, useState } from 'react';
import { formatCompact, formatCount } from '../../format/number.js';
import { visibleLines } from '../../format/text.js';
import { valueText } from './value-text.js';

const FOLDED_LENGTH = 240;
const FOLDED_LINES = 6;
/** So much more with each step: a browser lays out a megabyte in one line for seconds. */
const STEP = 20_000;

/** The value of an attribute as text, whatever is in it; long ones folded. */
export function Value({ value }: { readonly value: unknown }) {
  const { text, isJson } = useMemo(() => valueText(value), [value]);
  return <LongText text={text} className={isJson ? 'value value-json' : 'value'} />;
}

interface LongTextProps {
  readonly text: string;
  readonly className?: string;
}

/** A text with its own line breaks, of which the start is shown, and more where it is asked for. */
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

/** How much of a text is shown before it is asked for more. */
function foldedLength(text: string): number {
  let length = Math.min(text.length, FOLDED_LENGTH);
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < length; at = text.indexOf('\n', at + 1)) {
    if (++lines === FOLDED_LINES) length = at;
  }
  // A button for a few characters would be longer than they are.
  return text.length - length < 40 && lines < FOLDED_LINES ? text.length : length;
}
