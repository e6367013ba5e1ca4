// Finds the Chromium for the tests of the web page, and installs Debian's if there is none and it is allowed
// to.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of a Chromium; undefined if there is none. SOJOURN_CHROMIUM overrides the system's. */
export function findChromium() {
  return [process.env.SOJOURN_CHROMIUM ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));
}

/** Installs Chromium from Debian's packages if none is found. Requires root on a system with apt. */
export function installChromium() {
  if (findChromium() !== undefined || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.error('Installing Chromium for the tests of the web page (apt-get install chromium)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update'],
    ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
  ]) {
    const { status } = spawnSync('/usr/bin/apt-get', ['-q', ...args], {
      env,
      stdio: ['ignore', 'ignore', 2],
    });
    if (status !== 0) return;
  }
}
