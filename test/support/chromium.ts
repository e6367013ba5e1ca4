import { existsSync } from 'node:fs';

/** The browser of the tests and benchmarks of the web page, where there is one. */

// As scripts/chromium.mjs, which `npm test` has installed one by.
export const CHROMIUM: string | undefined = [
  process.env.SOJOURN_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== '' && existsSync(path));

/** For `skip` of tests: why they cannot run here, or false. */
export const NO_BROWSER: string | false =
  CHROMIUM === undefined && 'there is no Chromium here; apt-get install chromium brings one';

export const CHROMIUM_ARGUMENTS: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
