/**
 * The outcome of a session for people: `order … is out of stock`. The API has `#` in the place of each number and id, so
 * that equal errors read the same. A `#` after a letter, as in `C#`, stands for itself.
 */
export function outcomeText(outcome: string): string {
  return outcome.replace(/(?<![\p{L}\d_.])#+/gu, '…');
}
