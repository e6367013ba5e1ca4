import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goProgram } from './install.js';
import type { InstallCache, Peer } from './peer.js';

const NAME = 'collector';
const VERSION = 'v0.165.0';
/** Version of the stable modules of the same release. */
const STABLE_VERSION = 'v1.71.0';
const CORE = 'go.opentelemetry.io/collector';
const CONTRIB = 'github.com/open-telemetry/opentelemetry-collector-contrib';

const MANIFEST = `dist:
  name: program
  output_path: .
receivers:
  - gomod: ${CORE}/receiver/otlpreceiver ${VERSION}
exporters:
  - gomod: ${CORE}/exporter/otlphttpexporter ${VERSION}
extensions:
  - gomod: ${CONTRIB}/extension/storage/filestorage ${VERSION}
providers:
  - gomod: ${CORE}/confmap/provider/envprovider ${STABLE_VERSION}
  - gomod: ${CORE}/confmap/provider/fileprovider ${STABLE_VERSION}
`;

/** Capacity of the queue: more requests than a run sends, so that it never refuses one. */
const QUEUE_REQUESTS = 1_000_000;

function configuration(port: number, sink: string, queue: string): string {
  return `receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } }
extensions:
  file_storage: { directory: "${queue}", fsync: true }
exporters:
  otlp_http:
    endpoint: "${sink}"
    sending_queue: { enabled: true, storage: file_storage, queue_size: ${QUEUE_REQUESTS} }
service:
  extensions: [file_storage]
  telemetry: { metrics: { level: none }, logs: { level: error } }
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_http] }
`;
}

async function install(cache: InstallCache): Promise<string> {
  const folder = cache.folder(NAME);
  const built = join(folder, `built-${VERSION}`);
  if (existsSync(built) && existsSync(goProgram(folder))) return VERSION;
  cache.progress(`peers: building the Collector ${VERSION} with go; this takes minutes`);
  writeFileSync(join(folder, 'builder.yaml'), MANIFEST);
  await cache.run('go', ['run', `${CORE}/cmd/builder@${VERSION}`, '--config', 'builder.yaml'], folder);
  writeFileSync(built, '');
  return VERSION;
}

/** It forwards and stores nothing: the lower limit for any durable program. */
export const COLLECTOR: Peer = {
  name: NAME,
  title: 'OpenTelemetry Collector, durable queue',
  isDurable: true,
  acknowledgement: 'in its queue on disk, with fsync; a sink takes what it sends on',
  lists: undefined,
  install,
  launch: async ({ cache, directory, sink, freePort }) => {
    const port = await freePort();
    const queue = join(directory, 'queue');
    mkdirSync(queue);
    const file = join(directory, 'collector.yaml');
    writeFileSync(file, configuration(port, sink, queue));
    return {
      command: goProgram(cache.folder(NAME)),
      args: ['--config', `file:${file}`],
      origin: `http://127.0.0.1:${port}`,
      // Any answer but a refused connection: it has no page of its own.
      ready: `http://127.0.0.1:${port}/v1/traces`,
    };
  },
};
