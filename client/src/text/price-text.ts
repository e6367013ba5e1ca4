import type { components } from '../schema.js';
import { formatNumber } from './locale.js';

type Price = components['schemas']['UsagePrice'];

/** Describes a price: `$2.5 in`, `$1.25 from cache`, `$10 out`. */
export function priceParts(price: Price): string[] {
  const parts: [dollars: number | undefined, of: string][] = [
    [price.input_per_million, 'in'],
    [price.cache_read_per_million, 'from cache'],
    [price.cache_write_per_million, 'to cache'],
    [price.cache_write_1h_per_million, 'to cache for an hour'],
    [price.input_audio_per_million, 'audio in'],
    [price.cache_audio_read_per_million, 'audio from cache'],
    [price.output_per_million, 'out'],
    [price.reasoning_per_million, 'reasoning'],
    [price.output_audio_per_million, 'audio out'],
    [price.per_thousand_requests, 'a thousand calls'],
  ];
  return parts.flatMap(([dollars, of]) =>
    dollars === undefined ? [] : [`$${formatNumber(dollars, { most: 9 })} ${of}`],
  );
}
