import type { TypedCommand } from './invocation.js';

/** What the start of a server is announced with. */
export interface Announced {
  readonly version: string;
  /** As they listen, such as `http://0.0.0.0:4318`. */
  readonly httpUrl: string;
  readonly grpcUrl: string;
  /** As in `Config`. */
  readonly basePath: string;
  /** Where the data is, without a password. */
  readonly data: string;
  readonly isKeyNeeded: boolean;
  /** The address of this machine in its network; undefined if it has none. */
  readonly networkAddress: string | undefined;
  readonly typed: TypedCommand;
}

const DEFAULT_URL = 'http://127.0.0.1:4318';

/** Hosts that stand for all addresses of a machine: nobody can send to them. */
const ALL_ADDRESSES = /\/\/(?:0\.0\.0\.0|\[::\])(?=:)/;

/** What people read when the server has started. */
export function banner(announced: Announced): string {
  const { version, basePath, data, isKeyNeeded, networkAddress, typed } = announced;
  const isEverywhere = ALL_ADDRESSES.test(announced.httpUrl);
  const [http, grpc] = [announced.httpUrl, announced.grpcUrl].map((url) => withHost(url, '127.0.0.1')) as [
    string,
    string,
  ];
  const page = basePath === '' ? http : `${http}${basePath}/`;
  const elsewhere =
    isEverywhere && networkAddress !== undefined
      ? `  Elsewhere  ${withHost(announced.httpUrl, bracketed(networkAddress))}\n`
      : '';
  const key = isKeyNeeded
    ? `Keys are needed: ${typed('keys', 'create --name NAME --scope ingest --project default')} makes one to send with; --scope read, one to look with.\n`
    : '';
  const headers = isKeyNeeded ? ' OTEL_EXPORTER_OTLP_HEADERS=x-api-key=KEY' : '';
  const demo = typed(
    'demo',
    [http !== DEFAULT_URL && `--endpoint ${http}`, isKeyNeeded && '--key KEY'].filter(Boolean).join(' '),
  );
  return `
Sojourn ${version} is running.

  OTLP/HTTP  ${http}
  OTLP/gRPC  ${grpc}
  Web page   ${page}
  API        ${http}/api/v1/sessions
${elsewhere}  Data       ${data}

Send to it from anything with an OpenTelemetry SDK:
  OTEL_EXPORTER_OTLP_ENDPOINT=${http} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf${headers}
${key}No telemetry at hand? ${demo}
Ctrl+C stops it; a second one at once.

`;
}

/** The address with a host in place of one that stands for all addresses. */
function withHost(url: string, host: string): string {
  return url.replace(ALL_ADDRESSES, `//${host}`);
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
