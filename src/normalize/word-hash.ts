/** One step of a hash over 32-bit words. Every bit of a word reaches the low bits, which tables look at. */
export function mixWord(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}
