import type { Causes, Reach } from './causes.js';
import { BAR, type Plot } from './plot.js';

/** A line from a cause to its effect, in pixels. */
export interface Line {
  readonly key: string;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

/**
 * The links to draw, as pairs of cause and effect: those of everything that led to the chosen thing or
 * followed from it; all links if no thing is chosen.
 */
export function linksOf(
  { causes }: Causes,
  chosen: number | undefined,
  reach: Reach | undefined,
): readonly (readonly [cause: number, effect: number])[] {
  const isShown = (cause: number, effect: number): boolean => {
    if (chosen === undefined || reach === undefined) return true;
    const leads = reach.causes.has(cause) && (effect === chosen || reach.causes.has(effect));
    const follows = reach.effects.has(effect) && (cause === chosen || reach.effects.has(cause));
    return leads || follows;
  };
  return causes.flatMap((of, effect) =>
    of.filter((cause) => isShown(cause, effect)).map((cause) => [cause, effect] as const),
  );
}

/** The lines of links that are in sight, one for all links between two blocks; at most `most`. */
export function linesOf(
  links: readonly (readonly [cause: number, effect: number])[],
  { blockOf, topOf }: Plot,
  sight: { readonly from: number; readonly to: number },
  most: number,
): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const [cause, effect] of links) {
    const [a, b] = [blockOf[cause]!, blockOf[effect]!];
    if (a === b || Math.max(a.from, b.from) < sight.from || Math.min(a.from, b.from) > sight.to) continue;
    const key = `${a.members[0]}-${b.members[0]}`;
    if (lines.has(key)) continue;
    const [above, below] = [topOf[cause]!, topOf[effect]!];
    const x = Math.max(a.from, Math.min(a.to, b.from));
    const isDown = below > above;
    lines.set(key, {
      key,
      from: [x, isDown ? above + BAR : above + (below === above ? BAR : 0)],
      to: [b.from + 1, isDown ? below : below + BAR],
    });
    if (lines.size >= most) break;
  }
  return [...lines.values()];
}
