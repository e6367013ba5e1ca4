import { Access } from '../src/access/access.js';
import { KeyRing } from '../src/access/key-ring.js';
import { openAccessStore } from '../src/access/open-access-store.js';
import { systemClock } from '../src/clock.js';

const REQUESTS = 20_000;
const WARM_UP = 5_000;
/** Keys that exist beside the one that is used. */
const OTHERS = 100;

/**
 * CPU time that the server needs to admit one request by its API key, µs: reading the key from its store, comparing its
 * hash, and noting its use.
 *
 * @param directory a data directory
 */
export async function admitMicros(directory: string): Promise<number> {
  const store = await openAccessStore({ directory });
  const access = new Access({
    store,
    isKeyNeeded: true,
    defaultProject: 'default',
    signInLifetimeMs: 1,
    pagePath: '/',
    proxyHeader: undefined,
    clock: systemClock,
    nowMs: Date.now,
    onFailure: (error) => {
      throw error;
    },
  });
  const ring = new KeyRing(store, 'bench', Date.now);
  const request = { name: 'bench', scopes: ['ingest'], project: 'default' } as const;
  const unlimited = { expiresInMs: undefined, origins: [], requestsPerMinute: undefined };
  const { text } = await ring.create({ ...request, ...unlimited });
  for (let i = 0; i < OTHERS; i++) await ring.create({ ...request, ...unlimited });
  const header = (name: string): string | undefined => (name === 'x-api-key' ? text : undefined);
  const admit = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      await access.telemetry.admit({ header, address: '127.0.0.1', peer: '127.0.0.1' });
    }
  };
  try {
    await admit(WARM_UP);
    const { user, system } = process.cpuUsage();
    await admit(REQUESTS);
    const used = process.cpuUsage({ user, system });
    return (used.user + used.system) / REQUESTS;
  } finally {
    await access.close();
  }
}
