import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from '../attributes.js';
import type { PlaceName } from '../dialects/terms.js';

/** A record's content: its attributes and, for events of older conventions, the fields of its body. */
export interface Reported {
  /** Name of the span or event. */
  readonly name: string;
  readonly attributes: AttributeView;
  readonly body: AttributeView | undefined;
}

/** Where a value is: under a key, or in a map under a key. */
export type Place = AttributeKey | { readonly map: AttributeKey; readonly entry: string };

/** A key that is read from records that are of a visit by their name. */
export const valueKey = (name: string): AttributeKey => attributeKey(name, KeyGroup.page);

/** A key that shows by itself that a record is of a visit. */
export const markKey = (name: string): AttributeKey => attributeKey(name, KeyGroup.visit);

/** The place of a value that a dialect names. */
export function placeOf(name: PlaceName): Place {
  return typeof name === 'string' ? valueKey(name) : { map: valueKey(name.map), entry: name.entry };
}

/** The first text, attributes before body at each place. */
export function firstText({ attributes, body }: Reported, places: readonly Place[]): string | undefined {
  for (const place of places) {
    const text = textOf(attributes, place) ?? (body && textOf(body, place));
    if (text !== undefined) return text;
  }
  return undefined;
}

function textOf(view: AttributeView, place: Place): string | undefined {
  if (typeof place === 'number') return view.has(place) ? view.text(place) : undefined;
  return view.has(place.map) ? view.entryText(place.map, place.entry) : undefined;
}

/** The first number, attributes before body at each place. */
export function firstNumber(
  { attributes, body }: Reported,
  keys: readonly AttributeKey[],
): number | undefined {
  for (const key of keys) {
    const number = attributes.has(key)
      ? attributes.number(key)
      : body?.has(key)
        ? body.number(key)
        : undefined;
    if (number !== undefined) return number;
  }
  return undefined;
}
