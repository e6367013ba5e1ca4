import { type AttributeKey, attributeKey, KeyGroup } from '../attributes.js';

const key = (name: string): AttributeKey => attributeKey(name, KeyGroup.call);

/**
 * The address of a call's API, in every dialect: OpenTelemetry's general attribute, a host or (Microsoft's
 * Agent Framework, OpenLLMetry) a URL; the client's base URL; names from before 1.21.
 */
export const CALL_ADDRESSES: readonly AttributeKey[] = [
  key('server.address'),
  key('gen_ai.openai.api_base'),
  key('gen_ai.request.api_base'),
  key('net.peer.name'),
  key('url.full'),
  key('http.url'),
];

/** The error of a failed call, in every dialect. */
export const CALL_ERRORS: readonly AttributeKey[] = [key('error.type'), key('exception.type')];

/** The port, if the address has none. */
export const CALL_PORTS: readonly AttributeKey[] = [key('server.port'), key('net.peer.port')];

/** The tier that a call was served in, then the requested one, in every dialect. */
export const SERVICE_TIERS: readonly AttributeKey[] = [
  key('openai.response.service_tier'),
  key('gen_ai.openai.response.service_tier'),
  key('gen_ai.response.service_tier'),
  key('gen_ai.usage.service_tier'),
  key('openai.request.service_tier'),
  key('gen_ai.openai.request.service_tier'),
  key('gen_ai.request.service_tier'),
];
