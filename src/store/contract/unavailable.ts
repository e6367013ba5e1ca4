/** A read got no answer, since the store cannot be reached or refuses it for now. The same read may succeed later. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
