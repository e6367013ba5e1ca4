import { Snippets } from './Snippets.js';
import { serverAddress } from './server-address.js';

/** How to send telemetry, also once some has arrived. */
export function SendPage() {
  const address = serverAddress();
  return (
    <section className="send-page" aria-labelledby="send-title">
      <h1 id="send-title">Send telemetry</h1>
      <p className="send-lead">
        Any OpenTelemetry SDK, Collector or agent can send here. OTLP over HTTP is at <code>{address}</code>,
        and gRPC at port 4317 unless the server was told another one. If the server needs keys, senders need
        one with the scope <code>ingest</code>.
      </p>
      <Snippets address={address} />
    </section>
  );
}
