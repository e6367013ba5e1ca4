import { formatNumber } from './locale.js';

/** A duration in its two largest units: `0.21 ms`, `840 ms`, `12.4 s`, `3m 07s`, `2h 05m`, `4d 3h`. */
export function formatDuration(ms: number): string {
  if (ms < 0.001) return '0 ms';
  if (ms < 10) return `${formatNumber(Number(ms.toPrecision(2)), { most: 6 })} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${formatNumber(Number(seconds.toFixed(1)), { most: 1 })} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** A duration with all its digits, for titles. */
export function exactDuration(ms: number): string {
  return `${formatNumber(ms, { most: 6 })} ms`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
