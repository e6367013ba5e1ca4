import type { SessionSearch } from '../search.js';
import type { Thing } from './things.js';

/**
 * The index of the thing that an address names. Several things may have the same place, such as the turns of
 * one call: of these the one with the key `latest`, else the first. Undefined if there is none.
 */
export function chosenThing(
  things: readonly Thing[],
  search: SessionSearch,
  latest: string | undefined,
): number | undefined {
  if (search.page === undefined && search.span === undefined && search.event === undefined) return undefined;
  let first: number | undefined;
  for (const [index, { key, place }] of things.entries()) {
    if (!isSamePlace(place, search)) continue;
    if (key === latest) return index;
    first ??= index;
  }
  return first;
}

function isSamePlace(place: SessionSearch, search: SessionSearch): boolean {
  return (
    place.page === search.page &&
    place.span === search.span &&
    place.event === search.event &&
    (search.trace === undefined || place.trace === search.trace)
  );
}
