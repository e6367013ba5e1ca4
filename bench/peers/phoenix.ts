import { installPython, pythonProgram } from './install.js';
import { LIST_LENGTH, type Peer } from './peer.js';

const NAME = 'phoenix';

export const PHOENIX: Peer = {
  name: NAME,
  title: 'Arize Phoenix, SQLite',
  isDurable: false,
  acknowledgement: 'in a queue in memory; written to SQLite later',
  lists: 'traces',
  install: (cache) => installPython(cache, NAME, 'arize-phoenix'),
  launch: async ({ cache, directory, freePort }) => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    return {
      command: pythonProgram(cache.folder(NAME), 'phoenix'),
      args: ['serve'],
      env: {
        PHOENIX_HOST: '127.0.0.1',
        PHOENIX_PORT: new URL(origin).port,
        PHOENIX_GRPC_PORT: String(await freePort()),
        PHOENIX_WORKING_DIR: directory,
        PHOENIX_TELEMETRY_ENABLED: 'false',
      },
      origin,
      ready: `${origin}/readyz`,
      newest: () => ({ url: `${origin}/v1/projects/default/traces?limit=${LIST_LENGTH}`, rows: 'data' }),
    };
  },
};
