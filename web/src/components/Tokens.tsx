import { formatCompact, formatCount } from '../format/number.js';

interface TokensProps {
  readonly input: number;
  readonly output: number;
}

/** Input and output tokens together; apart in the title. */
export function Tokens({ input, output }: TokensProps) {
  return (
    <span title={`${formatCount(input)} in, ${formatCount(output)} out`}>
      {formatCompact(input + output)}
    </span>
  );
}
