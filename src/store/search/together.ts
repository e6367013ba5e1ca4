/**
 * Waits for reads of one snapshot that are under way at once, which over a network take about as long as one of them.
 * Throws the first failure, after all have ended: none goes on in a snapshot that its caller has given up.
 */
export async function together<T extends readonly unknown[]>(
  reads: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  const results = await Promise.allSettled(reads);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }) as unknown as T;
}
