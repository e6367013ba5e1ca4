import { formatTokens, type Gaps, missingInTokens } from '../format/gaps.js';
import { formatCount } from '../format/number.js';

interface TokensProps {
  readonly input: number;
  readonly output: number;
  /** What they do not have in them. */
  readonly gaps?: Gaps;
}

/** Input and output tokens together; apart in the title. */
export function Tokens({ input, output, gaps = {} }: TokensProps) {
  const missing = missingInTokens(gaps);
  const parts = `${formatCount(input)} in, ${formatCount(output)} out`;
  return (
    <span title={missing === undefined ? parts : `${parts}; ${missing}`}>
      {formatTokens(input + output, gaps)}
    </span>
  );
}
