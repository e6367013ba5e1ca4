import { type ApiError, queryError } from '../contract/errors.js';
import { Type } from '../contract/schema-builder.js';
import { type SessionFilters, sessionFilters } from '../contract/session-filters.js';
import { compileQueryValidator } from './query-validation.js';

/** The filters of an alert have no range of time: its window is one. */
const { startTime: _, endTime: _1, activeFrom: _2, activeTo: _3, ...alertFilters } = sessionFilters;

const validate = compileQueryValidator(Type.Object(alertFilters));

/** The filters of a query string, or what is wrong with them. */
export function parseAlertFilters(text: string): { filters: SessionFilters } | { error: ApiError } {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const known = query[name];
    query[name] = known === undefined ? value : [known, value].flat();
  }
  const unsafe = Object.keys(query).find((name) => name === '__proto__');
  if (unsafe !== undefined) {
    return {
      error: queryError([
        { field: unsafe, message: 'There is no such filter.', code: 'query.unknown_parameter' },
      ]),
    };
  }
  const outcome = validate(query);
  return 'error' in outcome ? outcome : { filters: outcome.value as SessionFilters };
}
