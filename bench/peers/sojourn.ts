import { LIST_LENGTH, type Peer } from './peer.js';

/** Sojourn as a peer among peers. `entry`: the entry file of the server under test. */
export function sojourn(entry: string, version: string): Peer {
  return {
    name: 'sojourn',
    title: 'Sojourn',
    isDurable: true,
    acknowledgement: 'on disk, with fsync; in sessions a moment later',
    lists: 'sessions',
    install: async () => version,
    launch: async ({ directory, freePort }) => {
      const origin = `http://127.0.0.1:${await freePort()}`;
      const ports = ['--port', new URL(origin).port, '--grpc-port', String(await freePort())];
      return {
        command: process.execPath,
        args: [entry, 'serve', ...ports, '--data', directory],
        origin,
        ready: `${origin}/readyz`,
        newest: () => ({ url: `${origin}/api/v1/sessions?limit=${LIST_LENGTH}`, rows: 'items' }),
      };
    },
  };
}
