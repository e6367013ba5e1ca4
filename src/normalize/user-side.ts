import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { CONNECTION_ADDRESS } from './normalizer.js';
import { deviceTypeOfOs, osName } from './user-agent.js';

const who = (name: string) => attributeKey(name, KeyGroup.who);

/**
 * By what the resource or scope of a browser or an app is known: what runs in front of a person, and whose calls are the person's own.
 * Everything else is a backend. Attributes of records do not count, because baggage carries them from an app into the spans of backends.
 */
const KEYS: readonly AttributeKey[] = [
  // OpenTelemetry's browser and device detectors; Faro, Honeycomb, Dash0 and Logfire have some of the same.
  who('browser.brands'),
  who('browser.language'),
  who('browser.mobile'),
  who('browser.name'),
  who('browser.platform'),
  who('browser.user_agent'),
  who('browser.version'),
  who('device.id'),
  who('device.manufacturer'),
  who('device.model.identifier'),
  who('device.model.name'),
  // Splunk's and Sentry's in apps.
  who('device.model'),
  who('app.installation.id'),
  who('android.os.api_level'),
  // Faro and others put the browser's user agent on the resource; that of a request stands on its span.
  who('user_agent.original'),
  who('splunk.rumVersion'),
  who('rum.sessionId'),
  who('emb.app.environment'),
  who('emb.app.framework'),
  who(CONNECTION_ADDRESS),
];

interface Rule {
  readonly key: AttributeKey;
  /** Matched against the value. */
  readonly value: RegExp;
}

const RULES: readonly Rule[] = [
  { key: who('telemetry.sdk.language'), value: /^(?:webjs|dart|kotlin)$/ },
  { key: who('telemetry.sdk.name'), value: /^(?:@splunk\/otel-web|@hyperdx\/|embrace|faro)/i },
  {
    key: who('telemetry.distro.name'),
    value: /^(?:faro-web-sdk|@honeycombio\/opentelemetry-web|@?embrace|splunk-otel-(?:web|android|ios))/i,
  },
  { key: who('process.runtime.name'), value: /^browser$/ },
  { key: who('process.runtime.version'), value: /^Mozilla\// },
];

const OS_KEYS = [who('os.name'), who('os.type')];

/** Whether the attributes of a resource or scope are those of a browser or an app. */
export function isUserSide(view: AttributeView): boolean {
  if (KEYS.some((key) => view.has(key))) return true;
  if (RULES.some(({ key, value }) => view.has(key) && value.test(view.text(key) ?? ''))) return true;
  return OS_KEYS.some((key) => {
    const os = view.has(key) ? view.text(key) : undefined;
    return os !== undefined && deviceTypeOfOs(osName(os)) !== undefined;
  });
}
