import type { JsonPath } from './json-path.js';
import { RuleFailure, type TextRule } from './text.js';

/**
 * Texts that are JSON: what a rule finds in them is redacted such that they stay JSON, since conversations are
 * read from them.
 */

/** Longest text that is read as JSON, UTF-16 units: reading cannot be interrupted. */
export const MAX_JSON_TEXT = 4 * 1024 * 1024;
/** JSON in texts within JSON. */
const MAX_LEVELS = 4;

/** Applies a rule to a text, which may be JSON. */
export function applyToText(rule: TextRule, text: string, asId: boolean, level = 0): string {
  const found = rule.apply(text, asId);
  if (!mayBeJson(text)) return found;
  const hasEscapes = text.includes('\\u00');
  const isWhole = (): boolean => !text.includes('\\"') && parsed(found) !== undefined;
  if (!hasEscapes && (found === text || isWhole())) return found;
  const value = parsed(text);
  if (value === undefined || level >= MAX_LEVELS) return found;
  // A number as such, characters that are written as escapes, or JSON within.
  const redacted = mapped(value.value, (leaf) => {
    if (typeof leaf === 'string') return applyToText(rule, leaf, asId, level + 1);
    const written = JSON.stringify(leaf);
    const replaced = rule.apply(written, asId);
    return replaced === written ? leaf : replaced;
  });
  // Numbers lose digits by being read, so they are looked at again as they are written.
  return redacted === value.value ? found : rule.apply(JSON.stringify(redacted), asId);
}

/** A change of a value at the end of a path; `undefined` removes it. */
export type ChangeLeaf = (value: unknown) => unknown;

/**
 * Changes what is at the end of a path in a text of JSON. Returns the text itself if that is nothing, or if it
 * is no JSON.
 *
 * @throws RuleFailure for a text that is too long, or that begins like JSON and is none.
 */
export function applyAtPath(path: JsonPath, text: string, change: ChangeLeaf): string {
  if (!mayBeJson(text)) return text;
  if (text.length > MAX_JSON_TEXT) throw new RuleFailure(`JSON of ${text.length} characters`);
  const value = parsed(text);
  if (value === undefined) throw new RuleFailure('a text that is no JSON');
  const follow = (at: unknown, positions: number): unknown => {
    if (path.isEnd(positions)) return change(at);
    if (positions === 0 || typeof at !== 'object' || at === null) return at;
    return mappedChildren(at, (child, name) => follow(child, path.step(positions, name)));
  };
  const changed = follow(value.value, path.start);
  return changed === value.value ? text : JSON.stringify(changed === undefined ? null : changed);
}

function mayBeJson(text: string): boolean {
  return /^\s{0,64}[[{"]/.test(text);
}

function parsed(text: string): { readonly value: unknown } | undefined {
  if (text.length > MAX_JSON_TEXT) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A value with other leaves and names of members; the value itself if none differs. */
function mapped(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return change(value);
  const children = mappedChildren(value, (child) => mapped(child, change));
  if (Array.isArray(children)) return children;
  const entries = Object.entries(children as object);
  const named = entries.map(([name, child]) => [String(change(name)), child] as const);
  return named.every(([name], i) => name === entries[i]![0]) ? children : fromEntries(named);
}

/** A container with other children; itself if none differs. Children that become undefined are left out. */
function mappedChildren(
  container: object,
  change: (child: unknown, at: string | number) => unknown,
): unknown {
  let isChanged = false;
  const children = Object.entries(container).map(([name, child]) => {
    const changed = change(child, Array.isArray(container) ? Number(name) : name);
    if (changed !== child) isChanged = true;
    return [name, changed] as const;
  });
  if (!isChanged) return container;
  const kept = children.filter(([, child]) => child !== undefined);
  return Array.isArray(container) ? kept.map(([, child]) => child) : fromEntries(kept);
}

/** Also members such as `__proto__`. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}
