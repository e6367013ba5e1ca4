import type { PageView } from '../normalize/facts.js';
import { originOf } from '../normalize/visit/page-url.js';

/**
 * Places: the texts by which a page finds its session. For an address it is the path, a space and the origin,
 * so that a prefix of a path and one of a whole address can both be looked up in order: `/cart
 * https://shop.example`. The same for a route; for a screen its name.
 */

/** Maximum length of a path, route or name of a place, UTF-16 units. */
export const MAX_PLACE = 256;

/** The places of a page: none, one, or the address and a route of another form. */
export function placesOf({ kind, url, name }: PageView): readonly string[] {
  const [origin, rest] = url === undefined ? ['', undefined] : split(url);
  const path = rest === '' ? '/' : rest;
  const places = path === undefined ? [] : [joined(path, origin)];
  if (name !== undefined && (kind === 'screen' || name.startsWith('/')) && name !== path)
    places.push(kind === 'screen' && !name.startsWith('/') ? cut(name) : joined(name, origin));
  return places;
}

/**
 * The start of a place, as far as it shows the kind of page: the first step of a path, with the origin; the
 * name of a screen. There are few different ones, so that an index of them is small.
 */
export function sectionOf(place: string): string {
  if (!place.startsWith('/')) return place;
  const space = place.indexOf(' ');
  const end = space < 0 ? place.length : space;
  const step = place.indexOf('/', 1);
  return step < 0 || step > end ? place : place.slice(0, step) + place.slice(end);
}

/** The query for the sections of all places that match a query. */
export function sectionQuery(query: PlaceQuery): PlaceQuery {
  const step = query.start.startsWith('/') ? query.start.indexOf('/', 1) : -1;
  return step < 0 ? query : { ...query, start: query.start.slice(0, step) };
}

/** A prefix query for places. */
export interface PlaceQuery {
  /** Prefix of the place itself. */
  readonly start: string;
  /** Its origin, or a prefix of it. */
  readonly origin?: string;
  readonly originStart?: string;
}

/** The query for a prefix of an address, a path, a route or a screen's name. */
export function placeQuery(prefix: string): PlaceQuery {
  const [origin, path] = split(prefix);
  if (origin === '') return { start: path.startsWith('/') ? pathOf(path) : cut(path) };
  return path === '' ? { start: '/', originStart: origin } : { start: pathOf(path), origin };
}

export function isInPlace(place: string, { start, origin, originStart }: PlaceQuery): boolean {
  if (!place.startsWith(start)) return false;
  if (origin === undefined && originStart === undefined) return true;
  const space = place.indexOf(' ');
  const own = space < 0 ? '' : place.slice(space + 1);
  return origin === undefined ? own.startsWith(originStart!) : own === origin;
}

function split(url: string): [origin: string, path: string] {
  const origin = originOf(url);
  return [origin.toLowerCase(), url.slice(origin.length)];
}

function joined(path: string, origin: string): string {
  return origin === '' ? pathOf(path) : `${pathOf(path)} ${cut(origin)}`;
}

/** A path has no space, so the origin begins after the first one. */
function pathOf(path: string): string {
  return cut(path).replaceAll(' ', '%20');
}

function cut(text: string): string {
  return text.length > MAX_PLACE ? text.slice(0, MAX_PLACE) : text;
}
