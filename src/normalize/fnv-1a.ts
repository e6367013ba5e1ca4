/**
 * FNV-1a (Fowler, Noll, Vo) over the UTF-16 units of a text: 32 bits, signed. `from` continues the hash of a text
 * before it.
 */
export function fnv1a(text: string, from = 0x811c9dc5): number {
  let hash = from;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
