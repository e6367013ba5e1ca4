import { type AttributeView, attributeKey, KeyGroup } from './attributes.js';

const outbound = (name: string) => attributeKey(name, KeyGroup.outbound);

const OUTBOUND_KEYS = [
  outbound('url.full'),
  outbound('peer.service'),
  outbound('service.peer.name'),
  outbound('net.peer.name'),
  outbound('db.system.name'),
  outbound('db.system'),
  outbound('messaging.system'),
  outbound('rpc.system'),
  outbound('gen_ai.provider.name'),
  outbound('gen_ai.system'),
];
/** Before semconv 1.21 both sides of HTTP could have this key, and only servers the ones below. */
const HTTP_URL = outbound('http.url');
const OLD_HTTP_SERVER_KEYS = [
  outbound('http.route'),
  outbound('http.server_name'),
  outbound('net.host.name'),
  outbound('net.host.ip'),
];

/**
 * Whether attributes are those of an outbound call, whose peer and user agent are not the user's. For records
 * whose span kind does not show the side: it looks for attributes that only callers write.
 */
export function isOutboundCall(view: AttributeView): boolean {
  if (OUTBOUND_KEYS.some((key) => view.has(key))) return true;
  return view.has(HTTP_URL) && !OLD_HTTP_SERVER_KEYS.some((key) => view.has(key));
}
