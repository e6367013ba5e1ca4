import type { PageView } from '../normalize/facts.js';
import { originOf } from '../normalize/visit/page-url.js';

/**
 * Places: by what a session is found for a page of it. Of an address the path and behind a space the origin, so that a prefix of a path and one of a
 * whole address can both be looked up in order: `/cart https://shop.example`. Of a route the same; of a screen its name.
 */

/** Longest path, route or name of a place, UTF-16 units. */
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
 * What a place begins with, as far as it says of what kind the page is: of a path the first step, with the origin; of a screen its name. Few of them are
 * different, so that an index of them costs little.
 */
export function sectionOf(place: string): string {
  if (!place.startsWith('/')) return place;
  const space = place.indexOf(' ');
  const end = space < 0 ? place.length : space;
  const step = place.indexOf('/', 1);
  return step < 0 || step > end ? place : place.slice(0, step) + place.slice(end);
}

/** The places that the sections of all that begins as asked for begin as. */
export function sectionQuery(query: PlaceQuery): PlaceQuery {
  const step = query.start.startsWith('/') ? query.start.indexOf('/', 1) : -1;
  return step < 0 ? query : { ...query, start: query.start.slice(0, step) };
}

/** Which places begin as a prefix says. */
export interface PlaceQuery {
  /** What the place itself begins with. */
  readonly start: string;
  /** Its origin, or what that begins with. */
  readonly origin?: string;
  readonly originStart?: string;
}

/** A prefix of an address, of a path, of a route or of the name of a screen. */
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

/** No path has a space, so that the first one is where the origin begins. */
function pathOf(path: string): string {
  return cut(path).replaceAll(' ', '%20');
}

function cut(text: string): string {
  return text.length > MAX_PLACE ? text.slice(0, MAX_PLACE) : text;
}
