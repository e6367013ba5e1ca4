import { placesOfAggregates } from '../../sessionize/stored-form.js';
import { utf8 } from './statement.js';

/**
 * The places of a session as the text of a `bytea[]`, of encoded aggregates; null without a visit. It is a
 * text because an array of arrays has rows of equal length.
 */
export function placesText(sums: string): string | null {
  const places = placesOfAggregates(sums);
  return places === undefined
    ? null
    : `{${places.map((place) => `"\\\\x${utf8(place).toString('hex')}"`).join(',')}}`;
}
