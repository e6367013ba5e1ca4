import type { SessionReader } from './reader.js';

/** A module that opens readers in any thread. Each module has its own type of options. */
interface ReaderModule<Options extends object> {
  /** The reader calls `checkpoint` in its long loops, and does not catch what it throws. */
  openReader(options: Options, checkpoint: () => void): Promise<SessionReader>;
}

/**
 * How to open a reader in the thread that receives this. Cloneable. Created by `readerSource`, used by
 * `openReader`.
 */
export interface ReaderSource {
  /** URL of a `ReaderModule`. The thread that opens the reader loads it. */
  readonly module: string;
  /** The options of that module. */
  readonly options: object;
}

/** A source of readers that `module`, of type `Module`, opens with `options`, which must be cloneable. */
export function readerSource<Module extends ReaderModule<never>>(
  module: URL,
  options: Parameters<Module['openReader']>[0],
): ReaderSource {
  return { module: module.href, options };
}

/** Opens a reader in the calling thread. The caller must close it. Rejects if the data cannot be opened. */
export async function openReader(
  { module, options }: ReaderSource,
  checkpoint: () => void,
): Promise<SessionReader> {
  const loaded: ReaderModule<object> = await import(module);
  return loaded.openReader(options, checkpoint);
}
