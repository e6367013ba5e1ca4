import type { Dialect } from './dialect.js';

/**
 * Names that many applications choose and that no convention defines. They are read after those of
 * conventions and vendors.
 */
export const common: Dialect = {
  name: 'common',
  isConvention: true,
  identity: {
    release: { 25: ['app.version_name'], 30: ['application.version'] },
    device: { shownModel: { 40: ['device.model_name', 'device.model_identifier'] } },
    address: { 30: ['client.ip'] },
  },
  visits: {
    urls: { 80: ['page_location', 'page_url'] },
    screens: { 30: ['screen_name'] },
    referrers: { 80: ['page_referrer', 'referrer'] },
    titles: { 80: ['page_title', 'title'] },
  },
};
