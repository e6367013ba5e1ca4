import type { Dialect } from './dialect.js';

/** Elastic: the Elastic Common Schema, which its processors write, and its agent for Swift. */
export const elastic: Dialect = {
  name: 'elastic',
  identity: {
    place: {
      countryCode: ['client.geo.country_iso_code'],
      countryName: ['client.geo.country_name'],
      region: { 50: ['client.geo.region_name'], 70: ['client.geo.region_iso_code'] },
      city: ['client.geo.city_name'],
      postalCode: ['client.geo.postal_code'],
      timezone: ['client.geo.timezone'],
    },
    // The result of its parser of user agents: the model, or `Spider`.
    device: {
      type: { 70: ['user_agent.device.name'] },
      model: { 70: ['user_agent.device.name'] },
      shownModel: { 70: ['user_agent.device.name'] },
    },
  },
  visits: {
    pages: [{ source: 'elastic.view', pattern: /^(.*) - view appearing$/s, kind: 'screen' }],
  },
};
