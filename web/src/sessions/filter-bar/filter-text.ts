import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { STATE_NAMES } from '../../components/State.js';
import type { AnyFilter, FilterName, FilterValue } from '../filters.js';
import { countryName, deviceName } from '../names.js';

const TEXTS: { readonly [Name in FilterName]?: (value: FilterValue<Name>) => string } = {
  state: (state) => STATE_NAMES[state],
  isActive: (isActive) => (isActive ? 'yes' : 'no'),
  hasErrors: (hasErrors) => (hasErrors ? 'at least one' : 'none'),
  hasCrash: (hasCrash) => (hasCrash ? 'at least one' : 'none'),
  deviceType: deviceName,
  country: countryName,
  sessionIdPrefix: (prefix) => `${prefix}…`,
  userIdPrefix: (prefix) => `${prefix}…`,
  url: (prefix) => `${prefix}…`,
  minDurationMs: (ms) => `≥ ${formatDuration(ms)}`,
  maxDurationMs: (ms) => `≤ ${formatDuration(ms)}`,
  minCostUsd: (usd) => `≥ $${usd}`,
  maxCostUsd: (usd) => `≤ $${usd}`,
  minTokens: atLeast,
  maxTokens: atMost,
  minErrors: atLeast,
  maxErrors: atMost,
  minTraces: atLeast,
  maxTraces: atMost,
  implicit: (implicit) => (implicit ? 'yes' : 'no'),
  minSpans: atLeast,
  maxSpans: atMost,
  minTraceSpans: atLeast,
  bots: (bots) => (bots ? 'only' : 'none'),
  'not.state': (state) => STATE_NAMES[state],
  'not.deviceType': deviceName,
  'not.country': countryName,
  'not.url': (prefix) => `${prefix}…`,
};

function atLeast(count: number): string {
  return `≥ ${formatCount(count)}`;
}

function atMost(count: number): string {
  return `≤ ${formatCount(count)}`;
}

/** Describes a value of a filter. */
export function filterText<Name extends AnyFilter>(name: Name, value: FilterValue<Name>): string {
  const text = (TEXTS as { readonly [name: string]: unknown })[name] as
    | ((value: FilterValue<Name>) => string)
    | undefined;
  return text === undefined ? String(value) : text(value);
}
