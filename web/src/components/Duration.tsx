import { exactDuration, formatDuration } from '../../../client/src/text/duration.js';

export function Duration({ ms }: { readonly ms: number }) {
  return <span title={exactDuration(ms)}>{formatDuration(ms)}</span>;
}
