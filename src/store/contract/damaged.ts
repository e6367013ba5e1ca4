/** A block of the log is damaged or missing. The message names it and says where it is. */
export class DamagedBlockError extends Error {
  override readonly name = 'DamagedBlockError';
}
