import { readFile } from 'node:fs/promises';
import { type OwnPrice, PriceFileError, parsePrices } from './normalize/own-prices.js';

/**
 * Reads the operator's own prices from the file of `--prices`.
 * @throws PriceFileError if it cannot be read or is invalid.
 */
export async function readPrices(file: string): Promise<OwnPrice[]> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'there is no such file' : (error as Error).message;
    throw new PriceFileError(`--prices: cannot read ${file}: ${reason}`);
  }
  return parsePrices(content, `--prices: ${file}`);
}
