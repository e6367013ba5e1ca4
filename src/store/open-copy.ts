import { type CopyEdges, type CopyResult, copyStore } from './copy/copy-store.js';
import type { CopySource, CopyTarget } from './copy/sides.js';

/** Where a store is. */
export type StorePlace = { readonly directory: string } | { readonly url: string };

export interface CopyStoresEdges extends CopyEdges {
  /** Receives messages for the operator. */
  message(text: string): void;
}

/**
 * Copies one store into another (copy-store.ts), both of any kind.
 * @throws with a message for the operator
 */
export async function copyStores(
  from: StorePlace,
  to: StorePlace,
  edges: CopyStoresEdges,
): Promise<CopyResult> {
  const source = await openSource(from);
  try {
    const target = await openTarget(to, edges);
    try {
      return await copyStore(source, target, edges);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function openSource(place: StorePlace): Promise<CopySource> {
  if ('url' in place) return (await import('./postgres/database-copy.js')).DatabaseSource.open(place.url);
  return (await import('./sqlite/directory-copy.js')).DirectorySource.open(place.directory);
}

async function openTarget(place: StorePlace, { message }: CopyStoresEdges): Promise<CopyTarget> {
  if ('url' in place) return (await import('./postgres/database-copy.js')).DatabaseTarget.open(place.url);
  const { DirectoryTarget } = await import('./sqlite/directory-copy.js');
  return DirectoryTarget.open(place.directory, { progress: message, warn: message });
}
