import { formatNumber } from './locale.js';

const UNITS = ['', 'k', 'M', 'B', 'T'];

/** A whole number with all its digits, in groups of three. */
export function formatCount(value: number): string {
  return formatNumber(value, { most: 0 });
}

/** A number in at most four characters and a unit: `950`, `1.2k`, `48k`, `3.4M`. */
export function formatCompact(value: number): string {
  let scaled = value;
  for (const unit of UNITS) {
    const digits = unit === '' || scaled >= 99.95 ? 0 : 1;
    const rounded = Number(scaled.toFixed(digits));
    if (rounded < 1000 || unit === UNITS.at(-1)) {
      return `${formatNumber(rounded, { most: digits, isGrouped: false })}${unit}`;
    }
    scaled /= 1000;
  }
  return String(value);
}

/** A size as a file manager shows it: `950 bytes`, `48.2 kB`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return formatCounted(bytes, 'byte');
  return `${formatCompact(bytes).replace(/[kMBT]$/, (unit) => ` ${unit === 'B' ? 'G' : unit}B`)}`;
}

/** A share of one as a percentage: `0 %`, `0.4 %`, `12 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  const digits = percent > 0 && percent < 9.95 ? 1 : 0;
  return `${formatNumber(Number(percent.toFixed(digits)), { most: digits })} %`;
}

/** A count with its noun: `1 span`, `2 spans`. */
export function formatCounted(value: number, thing: string): string {
  return `${formatCount(value)} ${thing}${value === 1 ? '' : 's'}`;
}
