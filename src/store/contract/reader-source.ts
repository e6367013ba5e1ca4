import type { SessionReader } from './reader.js';

/** A module from which another thread opens readers, with options of a type of its own. */
interface ReaderModule<Options extends object> {
  /** The reader calls `checkpoint` in its long loops, and lets pass what that throws. */
  openReader(options: Options, checkpoint: () => void): Promise<SessionReader>;
}

/** Says how a reader is opened in whatever thread it is sent to. Cloneable. Made by `readerSource`, used by `openReader`. */
export interface ReaderSource {
  /** URL of a `ReaderModule`, which is loaded by the thread that opens the reader. */
  readonly module: string;
  /** What that module takes. */
  readonly options: object;
}

/** A source of readers that `module`, whose type is `Module`, opens with `options`, which must be cloneable. */
export function readerSource<Module extends ReaderModule<never>>(
  module: URL,
  options: Parameters<Module['openReader']>[0],
): ReaderSource {
  return { module: module.href, options };
}

/** Opens a reader in the calling thread, whose `close` is the caller's. Rejects where the data cannot be opened. */
export async function openReader(
  { module, options }: ReaderSource,
  checkpoint: () => void,
): Promise<SessionReader> {
  const loaded: ReaderModule<object> = await import(module);
  return loaded.openReader(options, checkpoint);
}
