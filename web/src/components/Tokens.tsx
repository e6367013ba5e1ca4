import { formatTokens, type Gaps, missingInTokens } from '../../../client/src/text/gaps.js';
import { formatCount } from '../../../client/src/text/number.js';

interface TokensProps {
  readonly input: number;
  readonly output: number;
  /** The calls that the counts lack. */
  readonly gaps?: Gaps;
}

/** The sum of input and output tokens; the title has both. */
export function Tokens({ input, output, gaps = {} }: TokensProps) {
  const missing = missingInTokens(gaps);
  const parts = `${formatCount(input)} in, ${formatCount(output)} out`;
  return (
    <span title={missing === undefined ? parts : `${parts}; ${missing}`}>
      {formatTokens(input + output, gaps)}
    </span>
  );
}
