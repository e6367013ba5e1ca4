import { exactDuration, formatDuration } from '../format/duration.js';

export function Duration({ ms }: { readonly ms: number }) {
  return <span title={exactDuration(ms)}>{formatDuration(ms)}</span>;
}
