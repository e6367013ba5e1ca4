import type { AttributeValue } from '../otlp/read.js';
import { MAX_DEPTH } from './json-value.js';

/**
 * The list in flattened attributes, such as `prefix.0.message.role` and `prefix.0.tool_calls.1.name`.
 * Undefined if there are none. The numbers only decide the order, not the length.
 */
export function readFlat(
  attributes: ReadonlyMap<string, AttributeValue>,
  prefix: string,
): unknown[] | undefined {
  const root = new Map<string, Branch>();
  for (const [key, value] of attributes) {
    if (!key.startsWith(prefix) || key[prefix.length] !== '.') continue;
    const path = key.slice(prefix.length + 1).split('.');
    if (path.length > MAX_DEPTH || !isIndex(path[0]!)) continue;
    put(root, path, value);
  }
  return root.size === 0 ? undefined : listOf(root);
}

type Branch = AttributeValue | Map<string, Branch>;

function put(root: Map<string, Branch>, path: readonly string[], value: AttributeValue): void {
  let at = root;
  for (const name of path.slice(0, -1)) {
    let next = at.get(name);
    if (!(next instanceof Map)) {
      next = new Map();
      at.set(name, next);
    }
    at = next;
  }
  const last = path.at(-1)!;
  if (!at.has(last)) at.set(last, value);
}

function plain(branch: Branch): unknown {
  if (!(branch instanceof Map)) return branch;
  if ([...branch.keys()].every(isIndex)) return listOf(branch);
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, value] of branch) fields[name] = plain(value);
  return fields;
}

function listOf(branch: Map<string, Branch>): unknown[] {
  return [...branch.entries()]
    .filter(([name]) => isIndex(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, value]) => plain(value));
}

function isIndex(name: string): boolean {
  return /^\d{1,6}$/.test(name);
}
