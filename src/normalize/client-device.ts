import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { BoundedMemo } from './bounded-memo.js';
import { boundedText } from './bounded-text.js';
import type { ByRank } from './dialects/by-rank.js';
import { DIALECTS, fromAll } from './dialects/registry.js';
import type { DeviceTerms } from './dialects/terms.js';
import type { DeviceType } from './facts.js';
import { boundedValue } from './no-value.js';
import { deviceTypeOfOs, isHeadless, osName, type ParsedUserAgent, parseUserAgent } from './user-agent.js';

/** The facts of one attribute set about the program that the user uses. */
export interface DeviceFields {
  readonly userAgent?: string;
  readonly deviceType?: DeviceType;
  /** User agent client hint: whether it runs on a mobile device. */
  readonly mobile?: boolean;
  readonly os?: string;
  readonly osVersion?: string;
  readonly model?: string;
  readonly browser?: string;
  readonly browserVersion?: string;
}

/** The program that the user uses, as far as known. */
export interface Device {
  readonly userAgent?: string;
  readonly deviceType?: DeviceType;
  readonly os?: string;
  readonly browser?: string;
  readonly browserVersion?: string;
  readonly deviceModel?: string;
  readonly osVersion?: string;
}

const MAX_USER_AGENT_LENGTH = 1024;
const MAX_FIELD_LENGTH = 256;
const MAX_BRANDS = 16;

const userAgents = new BoundedMemo<DeviceFields>(1024);

const identity = (name: string) => attributeKey(name, KeyGroup.identity);

const keysOf = (of: (device: DeviceTerms) => ByRank<string> | undefined) =>
  fromAll(({ identity }) => identity?.device && of(identity.device)).map(identity);

const USER_AGENT_KEYS = keysOf(({ userAgent }) => userAgent);
const USER_AGENT_HEADER = identity('http.request.header.user-agent');
/** Faro's web tracing stores the user agent here; elsewhere it is the version of a runtime. */
const RUNTIME_VERSION = identity('process.runtime.version');

const BROWSER_VERSION = identity('browser.version');
/** A browser's name with its version, best first. */
const BROWSER_KEYS: readonly { readonly name: AttributeKey; readonly version?: AttributeKey }[] = fromAll(
  ({ identity }) => identity?.device?.browser,
).map(({ name, version }) => ({
  name: identity(name),
  ...(version !== undefined && { version: identity(version) }),
}));
const BROWSER_BRANDS = identity('browser.brands');
const BROWSER_MOBILE = identity('browser.mobile');

const SYNTHETIC_TYPE = identity('user_agent.synthetic.type');
const DEVICE_TYPE_KEYS = keysOf(({ type }) => type);
const DEVICE_MODEL_KEYS = keysOf(({ model }) => model);
/** Keys of the device model, with names that people know first. */
const SHOWN_MODEL_KEYS = keysOf(({ shownModel }) => shownModel);
/** Placeholders for the model, written by parsers of user agents. */
const NO_MODEL = /^(?:spider|k|generic.*|mac|macintosh)$/i;
const DEVICE_ID = identity('device.id');
const DEVICE_MANUFACTURER = identity('device.manufacturer');

/** Keys of the client's operating system that never mean the host of a service. */
const CLIENT_OS_KEYS = keysOf(({ clientOs }) => clientOs);
const HOST_OS_KEYS = [identity('os.name'), identity('os.type')];
const HOST_OS_VERSION = identity('os.version');
const CLIENT_OS_VERSION_KEYS = keysOf(({ clientOsVersion }) => clientOsVersion);
const VERSION = /^\d[\w.+-]{0,63}$/;
/** Matches `Mac OS X 10.15.7` of Faro. */
const VERSION_AT_END = / (\d[\d.]{0,30})$/;
const SERVICE_NAME = identity('service.name');
/** Services that run on the user's own machine and are recognised only by their name. */
const USER_SIDE_SERVICES = new Set(DIALECTS.flatMap(({ identity }) => identity?.userSideServices ?? []));

/**
 * Reads the explicit attributes and the user agent of one attribute set; undefined if it has none.
 *
 * @param isOutbound the attributes are of an outbound call.
 */
export function readDeviceFields(view: AttributeView, isOutbound: boolean): DeviceFields | undefined {
  const userAgent = readUserAgent(view, isOutbound);
  const [browser, browserVersion] = readBrowser(view);
  const mobile = readMobile(view);
  const clientOs = firstText(view, CLIENT_OS_KEYS);
  const deviceType = readDeviceType(view);
  const ofClient =
    userAgent !== undefined ||
    browser !== undefined ||
    mobile !== undefined ||
    clientOs !== undefined ||
    deviceType !== undefined ||
    isDevice(view);
  const [os, osVersion] = readOs(view, clientOs, ofClient);
  const model = firstText(view, SHOWN_MODEL_KEYS);
  if (!ofClient && os === undefined && browserVersion === undefined) return undefined;
  if (
    userAgent !== undefined &&
    deviceType === undefined &&
    mobile === undefined &&
    os === undefined &&
    browser === undefined &&
    browserVersion === undefined &&
    model === undefined
  ) {
    // For most visitors only the user agent is known, and many share one.
    return userAgents.get(userAgent, (only) => ({ userAgent: only }));
  }
  return {
    ...(userAgent !== undefined && { userAgent }),
    ...(deviceType !== undefined && { deviceType }),
    ...(mobile !== undefined && { mobile }),
    ...(os !== undefined && { os }),
    ...(osVersion !== undefined && { osVersion }),
    ...(model !== undefined && !NO_MODEL.test(model) && { model }),
    ...(browser !== undefined && { browser }),
    ...(browserVersion !== undefined && { browserVersion }),
  };
}

/** The last results of `combineLevels`, by the nearest level. Most visitors share a user agent with others. */
const combined = new WeakMap<
  DeviceFields,
  { middle: DeviceFields | undefined; far: DeviceFields | undefined; device: Device | undefined }
>();

/**
 * Combines the levels of a record, its scope and its resource (`combineLevels`). Equal objects give the same
 * object while it is cached.
 */
export function combineDevice(
  near: DeviceFields | undefined,
  middle: DeviceFields | undefined,
  far: DeviceFields | undefined,
): Device | undefined {
  const nearest = near ?? middle ?? far;
  if (nearest === undefined) return undefined;
  const known = combined.get(nearest);
  const [second, third] =
    near !== undefined ? [middle, far] : middle !== undefined ? [undefined, far] : NEITHER;
  if (known !== undefined && known.middle === second && known.far === third) return known.device;
  const device = combineLevels([near, middle, far]);
  combined.set(nearest, { middle: second, far: third, device });
  return device;
}

const NEITHER = [undefined, undefined] as const;

/**
 * Combines a record, its scope and its resource, nearest first. Explicit attributes take precedence over the
 * user agent beside them. A user agent that names a system or a browser ends the search, because outer levels
 * may be about another program. A user agent without either (an HTTP library, such as an app's) does not.
 */
function combineLevels(levels: readonly (DeviceFields | undefined)[]): Device | undefined {
  let agent: ParsedUserAgent | undefined;
  let near: DeviceFields = {};
  let beyond: DeviceFields = {};
  for (const level of levels) {
    if (level === undefined) continue;
    if (agent !== undefined) {
      beyond = merged(beyond, level);
      continue;
    }
    near = merged(near, level);
    if (level.userAgent === undefined) continue;
    agent = parseUserAgent(level.userAgent);
    if (agent.os !== undefined || agent.browser !== undefined) break;
  }
  const said = systemOf(near.os, agent?.os) ?? beyond.os;
  const [browser, browserVersion] = combineBrowser(near, agent, beyond);
  const deviceType = combineDeviceType(near, agent, beyond, said, browser);
  const os = systemOnDevice(said, deviceType);
  const osVersion = combineOsVersion(near, agent, beyond, said);
  const deviceModel = near.model ?? beyond.model;
  if (near.userAgent === undefined && deviceType === undefined && os === undefined && browser === undefined) {
    return undefined;
  }
  return {
    ...(near.userAgent !== undefined && { userAgent: near.userAgent }),
    ...(deviceType !== undefined && { deviceType }),
    ...(os !== undefined && { os }),
    ...(browser !== undefined && { browser }),
    ...(browserVersion !== undefined && { browserVersion }),
    ...(deviceModel !== undefined && { deviceModel }),
    ...(osVersion !== undefined && { osVersion }),
  };
}

/** The version beside the name of the system that is shown. */
function combineOsVersion(
  near: DeviceFields,
  agent: ParsedUserAgent | undefined,
  beyond: DeviceFields,
  os: string | undefined,
): string | undefined {
  if (near.os !== undefined) return near.osVersion;
  return agent?.os === undefined || beyond.os === os ? beyond.osVersion : undefined;
}

/** Systems on which others are based: `os.type` of an iPhone is `darwin`, of an Android phone `linux`. */
const MADE_OF: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['macOS', new Set(['iOS', 'iPadOS', 'watchOS', 'tvOS', 'visionOS'])],
  ['Linux', new Set(['Android', 'HarmonyOS', 'Chrome OS', 'Tizen', 'webOS', 'KaiOS', 'Wear OS', 'Ubuntu'])],
]);
/** Systems of phones and tablets that report the name of a desktop system. */
const ON_A_PHONE: ReadonlyMap<string, string> = new Map([
  ['macOS', 'iOS'],
  ['Linux', 'Android'],
]);

/**
 * The system in the attributes, or the one in the user agent beside them if that is a more specific name of
 * the same.
 */
function systemOf(explicit: string | undefined, parsed: string | undefined): string | undefined {
  if (explicit === undefined || parsed === undefined) return explicit ?? parsed;
  return MADE_OF.get(explicit)?.has(parsed) === true ? parsed : explicit;
}

function systemOnDevice(os: string | undefined, type: DeviceType | undefined): string | undefined {
  return os !== undefined && (type === 'mobile' || type === 'tablet') ? (ON_A_PHONE.get(os) ?? os) : os;
}

function merged(near: DeviceFields, far: DeviceFields): DeviceFields {
  let merged = { ...far, ...near };
  // A version belongs to the browser, or the system, of the same level.
  if (near.browser !== undefined && near.browserVersion === undefined && far.browser !== near.browser) {
    const { browserVersion: _, ...rest } = merged;
    merged = rest;
  }
  if (near.os !== undefined && near.osVersion === undefined && far.os !== near.os) {
    const { osVersion: _, ...rest } = merged;
    merged = rest;
  }
  return merged;
}

function combineBrowser(
  near: DeviceFields,
  agent: ParsedUserAgent | undefined,
  beyond: DeviceFields,
): [name: string | undefined, version: string | undefined] {
  if (near.browser !== undefined) {
    const parsed = agent?.browser === near.browser ? agent.browserVersion : undefined;
    return [near.browser, near.browserVersion ?? parsed];
  }
  if (agent?.browser !== undefined) return [agent.browser, near.browserVersion ?? agent.browserVersion];
  return beyond.browser === undefined ? [undefined, undefined] : [beyond.browser, beyond.browserVersion];
}

function combineDeviceType(
  near: DeviceFields,
  agent: ParsedUserAgent | undefined,
  beyond: DeviceFields,
  os: string | undefined,
  browser: string | undefined,
): DeviceType | undefined {
  if (agent?.deviceType === 'bot') {
    return beyond.deviceType ?? (beyond.mobile ? 'mobile' : deviceTypeOfOs(beyond.os)) ?? 'bot';
  }
  const explicit = near.deviceType ?? beyond.deviceType;
  if (explicit !== undefined) return explicit;
  if (browser !== undefined && isHeadless(browser)) return 'bot';
  const parsed = agent === undefined || agent.deviceType === 'unknown' ? undefined : agent.deviceType;
  const mobile = near.mobile ?? beyond.mobile;
  // Tablets report the mobile hint too, so the hint only corrects a supposed desktop.
  if (mobile === true && (parsed === undefined || parsed === 'desktop')) return 'mobile';
  if (parsed !== undefined) return parsed;
  if (mobile === false && os === 'Android') return 'tablet';
  const known = os !== undefined || browser !== undefined || mobile === false;
  return deviceTypeOfOs(os) ?? (known ? 'desktop' : agent?.deviceType);
}

/**
 * The user's user agent. The HTTP library of an outbound call is the sender's own, and does not describe its
 * device.
 */
function readUserAgent(view: AttributeView, isOutbound: boolean): string | undefined {
  const userAgent = writtenUserAgent(view);
  if (userAgent === undefined || userAgent.startsWith('Mozilla/') || !isOutbound) return userAgent;
  const { deviceType, os } = parseUserAgent(userAgent);
  return deviceType === 'bot' || (deviceType === 'unknown' && os === undefined) ? undefined : userAgent;
}

function writtenUserAgent(view: AttributeView): string | undefined {
  for (const key of USER_AGENT_KEYS) {
    const text = view.has(key) ? boundedValue(view.text(key), MAX_USER_AGENT_LENGTH) : undefined;
    if (text !== undefined) return text;
  }
  if (view.has(USER_AGENT_HEADER)) {
    const header = view.text(USER_AGENT_HEADER) ?? view.strings(USER_AGENT_HEADER)?.[0];
    const text = boundedValue(header, MAX_USER_AGENT_LENGTH);
    if (text !== undefined) return text;
  }
  const version = view.has(RUNTIME_VERSION) ? view.text(RUNTIME_VERSION) : undefined;
  return version?.startsWith('Mozilla/') ? boundedText(version, MAX_USER_AGENT_LENGTH) : undefined;
}

function readBrowser(view: AttributeView): readonly [name: string | undefined, version: string | undefined] {
  for (const { name: nameKey, version } of BROWSER_KEYS) {
    const name = textOf(view, nameKey);
    if (name !== undefined) return [name, version === undefined ? undefined : textOf(view, version)];
  }
  if (view.has(BROWSER_BRANDS)) {
    const brand = bestBrand(
      view.strings(BROWSER_BRANDS) ?? view.text(BROWSER_BRANDS)?.split(/[,;]/, MAX_BRANDS),
    );
    if (brand !== undefined) return brand;
  }
  return [undefined, textOf(view, BROWSER_VERSION)];
}

/** Names in user agent client hints that differ from the browser's usual name. */
const BRAND_NAMES: ReadonlyMap<string, string> = new Map([
  ['Google Chrome', 'Chrome'],
  ['Microsoft Edge', 'Edge'],
  ['HeadlessChrome', 'Chrome Headless'],
]);

/**
 * The most specific of brands such as `Not/A)Brand 8`, `Chromium 126`, `Google Chrome 126`. Fake brands,
 * which browsers send so that nobody relies on the list, do not count, and the engine only if there is no
 * other.
 */
function bestBrand(brands: readonly string[] | undefined): readonly [string, string | undefined] | undefined {
  let best: readonly [string, string | undefined] | undefined;
  for (const entry of brands?.slice(0, MAX_BRANDS) ?? []) {
    const match = /^(.*?)(?:\s+v?(\d[\w.]*))?$/s.exec(boundedText(entry, MAX_FIELD_LENGTH) ?? '');
    const name = match?.[1] ?? '';
    const letters = name.replace(/[^a-z]/gi, '').toLowerCase();
    if (letters === '' || letters === 'notabrand') continue;
    const brand = [BRAND_NAMES.get(name) ?? name, match?.[2]] as const;
    if (name !== 'Chromium') return brand;
    best ??= brand;
  }
  return best;
}

function readMobile(view: AttributeView): boolean | undefined {
  if (!view.has(BROWSER_MOBILE)) return undefined;
  const text = view.text(BROWSER_MOBILE)?.toLowerCase();
  return view.boolean(BROWSER_MOBILE) ?? (text === 'true' ? true : text === 'false' ? false : undefined);
}

const DEVICE_TYPE_NAMES: ReadonlyMap<string, DeviceType> = new Map([
  ['desktop', 'desktop'],
  ['laptop', 'desktop'],
  ['pc', 'desktop'],
  ['mobile', 'mobile'],
  ['phone', 'mobile'],
  ['smartphone', 'mobile'],
  ['tablet', 'tablet'],
  ['tv', 'tv'],
  ['smarttv', 'tv'],
  ['smart_tv', 'tv'],
  ['console', 'console'],
  ['wearable', 'wearable'],
  ['watch', 'wearable'],
  ['iot', 'iot'],
  ['embedded', 'iot'],
  ['bot', 'bot'],
  ['robot', 'bot'],
  ['crawler', 'bot'],
  ['spider', 'bot'],
]);

/** The first word of Apple's model identifiers (`iPhone15,2`) and names shows the kind of device. */
const DEVICE_MODELS: readonly (readonly [prefix: string, type: DeviceType])[] = [
  ['iPhone', 'mobile'],
  ['iPod', 'mobile'],
  ['iPad', 'tablet'],
  ['Watch', 'wearable'],
  ['Apple Watch', 'wearable'],
  ['AppleTV', 'tv'],
  ['Apple TV', 'tv'],
  ['Mac', 'desktop'],
];

function readDeviceType(view: AttributeView): DeviceType | undefined {
  // `bot` and `test` both mean that there is no person.
  if (view.has(SYNTHETIC_TYPE) && view.text(SYNTHETIC_TYPE) !== undefined) return 'bot';
  for (const key of DEVICE_TYPE_KEYS) {
    const type = DEVICE_TYPE_NAMES.get(textOf(view, key)?.toLowerCase() ?? '');
    if (type !== undefined) return type;
  }
  for (const key of DEVICE_MODEL_KEYS) {
    const model = textOf(view, key);
    const type = model && DEVICE_MODELS.find(([prefix]) => model.startsWith(prefix))?.[1];
    if (type) return type;
  }
  return undefined;
}

function isDevice(view: AttributeView): boolean {
  return (
    view.has(DEVICE_ID) || view.has(DEVICE_MANUFACTURER) || DEVICE_MODEL_KEYS.some((key) => view.has(key))
  );
}

/**
 * The client's operating system. `os.*` is often that of the host of a service. It counts only if the same
 * attributes are about a client, or if the system runs only on clients.
 */
function readOs(
  view: AttributeView,
  clientOs: string | undefined,
  ofClient: boolean,
): readonly [name: string | undefined, version: string | undefined] {
  const host = firstText(view, HOST_OS_KEYS);
  const hostOs = host === undefined ? undefined : osName(host);
  if (
    hostOs !== undefined &&
    (ofClient ||
      deviceTypeOfOs(hostOs) !== undefined ||
      USER_SIDE_SERVICES.has(textOf(view, SERVICE_NAME) ?? ''))
  ) {
    return [hostOs, versionOf(textOf(view, HOST_OS_VERSION))];
  }
  if (clientOs === undefined) return [undefined, undefined];
  const version = firstText(view, CLIENT_OS_VERSION_KEYS) ?? VERSION_AT_END.exec(clientOs)?.[1];
  return [osName(clientOs), versionOf(version)];
}

function versionOf(text: string | undefined): string | undefined {
  return text !== undefined && VERSION.test(text) ? text : undefined;
}

/** Placeholders that Faro and Datadog write for unknown values. */
const NOT_SAID = /^(?:unknown|other)(?: unknown)?$/i;

function textOf(view: AttributeView, key: AttributeKey): string | undefined {
  const text = view.has(key) ? boundedValue(view.text(key), MAX_FIELD_LENGTH) : undefined;
  return text === undefined || NOT_SAID.test(text) ? undefined : text;
}

function firstText(view: AttributeView, keys: readonly AttributeKey[]): string | undefined {
  for (const key of keys) {
    const text = textOf(view, key);
    if (text !== undefined) return text;
  }
  return undefined;
}
