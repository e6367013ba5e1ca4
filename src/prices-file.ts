import { type OwnPrice, PriceFileError, parsePrices } from './normalize/own-prices.js';
import { readSettingsFile } from './settings-file.js';

/**
 * Reads the operator's own prices from the file of `--prices`.
 * @throws PriceFileError if it cannot be read or is invalid.
 */
export async function readPrices(file: string): Promise<OwnPrice[]> {
  const content = await readSettingsFile('prices', file, (message) => new PriceFileError(message));
  return parsePrices(content, `--prices: ${file}`);
}
