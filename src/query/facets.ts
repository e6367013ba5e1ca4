import type { FacetList, Facets } from '../contract/facets.js';
import type { FacetName, StoredFacets } from '../store/contract/statistics.js';

const LISTS = {
  services: 'services',
  models: 'models',
  providers: 'providers',
  countryCodes: 'countries',
  deviceTypes: 'device_types',
  releases: 'releases',
  operations: 'operations',
  tools: 'tools',
  errorTypes: 'error_types',
  routes: 'routes',
  statuses: 'statuses',
  attributeKeys: 'attribute_keys',
  attributeValues: 'attribute_values',
} as const satisfies { readonly [Name in FacetName]: FacetList };

/** What no session can be filtered by. */
export const NO_FACETS: StoredFacets = {
  services: [],
  models: [],
  providers: [],
  countryCodes: [],
  deviceTypes: [],
  releases: [],
  operations: [],
  tools: [],
  errorTypes: [],
  routes: [],
  statuses: [],
  attributeKeys: [],
  attributeValues: [],
  cut: [],
};

/** @param hasAttribute whether values of an attribute were asked for. */
export function facetsItem(found: StoredFacets, hasAttribute: boolean): Facets {
  return {
    services: [...found.services],
    models: [...found.models],
    providers: [...found.providers],
    countries: [...found.countryCodes],
    device_types: [...found.deviceTypes],
    releases: [...found.releases],
    operations: [...found.operations],
    tools: [...found.tools],
    error_types: [...found.errorTypes],
    routes: [...found.routes],
    statuses: [...found.statuses],
    attribute_keys: [...found.attributeKeys],
    ...(hasAttribute && { attribute_values: [...found.attributeValues] }),
    ...(found.cut.length > 0 && { truncated: found.cut.map((name) => LISTS[name]) }),
  };
}
