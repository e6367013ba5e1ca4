import { formatDuration } from '../../../../client/src/text/duration.js';
import { STATE_NAMES } from '../../components/State.js';
import type { FilterName, FilterValue } from '../filters.js';
import { countryName, deviceName } from '../names.js';

const TEXTS: { readonly [Name in FilterName]?: (value: FilterValue<Name>) => string } = {
  state: (state) => STATE_NAMES[state],
  isActive: (isActive) => (isActive ? 'yes' : 'no'),
  hasErrors: (hasErrors) => (hasErrors ? 'at least one' : 'none'),
  hasCrash: (hasCrash) => (hasCrash ? 'at least one' : 'none'),
  deviceType: deviceName,
  country: countryName,
  url: (prefix) => `${prefix}…`,
  minDurationMs: (ms) => `≥ ${formatDuration(ms)}`,
  minCostUsd: (usd) => `≥ $${usd}`,
  implicit: (implicit) => (implicit ? 'yes' : 'no'),
  minSpans: (spans) => `≥ ${spans}`,
  minTraceSpans: (spans) => `≥ ${spans}`,
  bots: (bots) => (bots ? 'only' : 'none'),
};

/** Describes a value of a filter. */
export function filterText<Name extends FilterName>(name: Name, value: FilterValue<Name>): string {
  const text = TEXTS[name] as ((value: FilterValue<Name>) => string) | undefined;
  return text === undefined ? String(value) : text(value);
}
