import type { Session } from '../../sessionize/session.js';
import { traitsOfText } from '../contract/session-item.js';
import { FacetKind } from '../engine/facets.js';

/** Values of the index of filters that a session has, from its row. */

/** What the row says. */
export interface ValueRow {
  readonly device: string | null;
  /** `code:name`. */
  readonly country: string | null;
  readonly traits: string | null;
}

/** What its stored sums say. */
export type DecodedValues = ReturnType<typeof Session.decodeValues>;

/** The values of a kind: services, models, providers, devices, countries, releases or tags. */
export function valuesOfRow(
  kind: number,
  { device, country, traits }: ValueRow,
  { services, tags, usage }: DecodedValues,
): readonly string[] {
  switch (kind) {
    case FacetKind.service:
      return services;
    case FacetKind.model:
      return usage.isEmpty ? [] : usage.models.names();
    case FacetKind.provider:
      return usage.isEmpty ? [] : usage.providers.names();
    case FacetKind.device:
      return [device ?? 'unknown'];
    case FacetKind.country:
      return country === null ? [] : [country.slice(0, 2)];
    case FacetKind.release: {
      const { release } = traits === null ? {} : traitsOfText(traits);
      return release === undefined ? [] : [release];
    }
    case FacetKind.tag:
      return tags;
    default:
      throw new Error(`rows do not have the values of kind ${kind}`);
  }
}
