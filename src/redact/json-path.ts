/**
 * Paths into JSON: `$`, members (`.name`, `['name']`), elements (`[0]`), all of them (`.*`, `[*]`), and
 * members at any depth (`..name`): RFC 9535 without filters and slices, which need no evaluation.
 *
 * A path is followed from the top of a value down: `step` says which positions of the path are reached in a
 * member or element. Positions are bits.
 */
export interface JsonPath {
  /** At the top of a value. */
  readonly start: number;
  /** The positions after a member (by name) or an element (by index); 0 if none. */
  step(positions: number, at: string | number): number;
  isEnd(positions: number): boolean;
}

export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

interface Segment {
  /** A name or index; undefined for all. */
  readonly at: string | number | undefined;
  readonly isDeep: boolean;
}

const SEGMENT =
  /(\.\.?)(?:([\p{L}_][\p{L}\p{N}_-]*)|(\*))|(\.\.)?\[(?:(\d{1,9})|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/uy;
const MAX_SEGMENTS = 30;

/** @throws JsonPathError */
export function jsonPath(text: string): JsonPath {
  if (!text.startsWith('$')) throw new JsonPathError('a path starts with $, such as "$.user.name"');
  const segments: Segment[] = [];
  let at = 1;
  while (at < text.length) {
    SEGMENT.lastIndex = at;
    const found = SEGMENT.exec(text);
    if (found === null) {
      throw new JsonPathError(
        `cannot read ${JSON.stringify(text)} from character ${at + 1} on; known are .name, ['name'], [0], [*], .* and ..name`,
      );
    }
    const [whole, dots, name, , deep, index, , single, double] = found;
    const quoted = (single ?? double)?.replace(/\\(.)/g, '$1');
    segments.push({
      at: index === undefined ? (name ?? quoted) : Number(index),
      isDeep: dots === '..' || deep !== undefined,
    });
    at += whole.length;
  }
  if (segments.length > MAX_SEGMENTS) throw new JsonPathError(`more than ${MAX_SEGMENTS} steps`);
  const end = 1 << segments.length;
  return {
    start: 1,
    step(positions, where) {
      let next = 0;
      for (const [i, segment] of segments.entries()) {
        if ((positions & (1 << i)) === 0) continue;
        if (segment.isDeep) next |= 1 << i;
        if (segment.at === undefined || segment.at === where) next |= 1 << (i + 1);
      }
      return next;
    },
    isEnd: (positions) => (positions & end) !== 0,
  };
}
