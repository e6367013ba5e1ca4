import { join } from 'node:path';
import { installPython, pythonProgram } from './install.js';
import { LIST_LENGTH, type Peer } from './peer.js';

const NAME = 'mlflow';
/** The default experiment. */
const EXPERIMENT = '0';

export const MLFLOW: Peer = {
  name: NAME,
  title: 'MLflow, SQLite',
  isDurable: true,
  acknowledgement: 'committed to SQLite',
  lists: 'traces',
  install: (cache) => installPython(cache, NAME, 'mlflow'),
  launch: async ({ cache, directory, freePort }) => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    return {
      command: pythonProgram(cache.folder(NAME), 'mlflow'),
      args: [
        'server',
        ...['--host', '127.0.0.1', '--port', new URL(origin).port],
        ...['--backend-store-uri', `sqlite:///${join(directory, 'mlflow.db')}`],
        ...['--artifacts-destination', join(directory, 'artifacts')],
      ],
      env: { MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
      origin,
      headers: { 'x-mlflow-experiment-id': EXPERIMENT },
      ready: `${origin}/health`,
      newest: () => ({
        url: `${origin}/api/3.0/mlflow/traces/search`,
        body: {
          locations: [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: EXPERIMENT } }],
          max_results: LIST_LENGTH,
          order_by: ['timestamp_ms DESC'],
        },
        rows: 'traces',
      }),
    };
  },
};
