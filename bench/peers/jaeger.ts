import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goProgram, installGo } from './install.js';
import { LIST_LENGTH, type Peer, ROOT_SERVICE } from './peer.js';

const NAME = 'jaeger';
const VERSION = 'v1.76.0';
const DAY_US = 86_400_000_000;

function configuration(ports: Readonly<Record<'otlp' | 'query' | 'grpc', number>>, data: string): string {
  return `service:
  extensions: [jaeger_storage, jaeger_query]
  telemetry: { metrics: { level: none }, logs: { level: error } }
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
extensions:
  jaeger_storage:
    backends:
      main:
        badger: { directories: { keys: "${data}/keys", values: "${data}/values" }, ephemeral: false, consistency: true }
  jaeger_query:
    storage: { traces: main }
    http: { endpoint: "127.0.0.1:${ports.query}" }
    grpc: { endpoint: "127.0.0.1:${ports.grpc}" }
receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${ports.otlp}" } } }
exporters:
  jaeger_storage_exporter: { trace_storage: main }
`;
}

/** Jaeger's second generation, which is part of modules with versions of the first one. */
export const JAEGER: Peer = {
  name: NAME,
  title: 'Jaeger, Badger',
  isDurable: true,
  acknowledgement: 'written to Badger with its writes synced; no batching in front',
  lists: 'traces of a service',
  install: (cache) => installGo(cache, NAME, 'github.com/jaegertracing/jaeger/cmd/jaeger', VERSION),
  launch: async ({ cache, directory, freePort }) => {
    const ports = { otlp: await freePort(), query: await freePort(), grpc: await freePort() };
    const file = join(directory, 'jaeger.yaml');
    writeFileSync(file, configuration(ports, directory));
    const pages = `http://127.0.0.1:${ports.query}`;
    return {
      command: goProgram(cache.folder(NAME)),
      args: ['--config', `file:${file}`],
      origin: `http://127.0.0.1:${ports.otlp}`,
      ready: `${pages}/api/services`,
      newest: (kind) => {
        const nowUs = Date.now() * 1000;
        const range = `start=${nowUs - DAY_US}&end=${nowUs + DAY_US}`;
        return {
          url: `${pages}/api/traces?service=${ROOT_SERVICE[kind]}&limit=${LIST_LENGTH}&${range}`,
          rows: 'data',
        };
      },
    };
  },
};
