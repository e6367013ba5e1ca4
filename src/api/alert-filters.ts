import type { ApiError } from '../contract/errors.js';
import { Type } from '../contract/schema-builder.js';
import { type SessionFilters, sessionFilters } from '../contract/session-filters.js';
import { compileQueryValidator, type ValidationOptions } from './query-validation.js';

/** The filters of an alert have no range of time: its window is one. */
const { startTime: _, endTime: _1, activeFrom: _2, activeTo: _3, ...alertFilters } = sessionFilters;

const schema = Type.Object(alertFilters);

/** The filters of a query string, or what is wrong with them. */
export type ParseAlertFilters = (text: string) => { filters: SessionFilters } | { error: ApiError };

/** Creates a parser of the filters of alerts. */
export function alertFilterParser(options: ValidationOptions): ParseAlertFilters {
  const validate = compileQueryValidator(schema, options);
  return (text) => {
    const query = new Map<string, string | string[]>();
    for (const [name, value] of new URLSearchParams(text)) {
      const known = query.get(name);
      query.set(name, known === undefined ? value : [known, value].flat());
    }
    const outcome = validate(Object.fromEntries(query));
    return 'error' in outcome ? outcome : { filters: outcome.value as SessionFilters };
  };
}
