import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The Chromium of this machine, for tests of the web page in a real browser. */

// Like scripts/chromium.mjs, with which `npm test` installs it.
const EXECUTABLE = [
  process.env.SOJOURN_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== '' && existsSync(path));

/** Why there can be no browser here, or false. */
export const NO_BROWSER: string | false =
  EXECUTABLE === undefined && 'there is no Chromium here; apt-get install chromium brings one';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts it headless. Only if NO_BROWSER is false. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE!, args: ARGUMENTS, timeout: 60_000 });
}
