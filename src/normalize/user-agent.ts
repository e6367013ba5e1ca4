import { createHash } from 'node:crypto';
import { isbot } from 'isbot';
import UAParser from 'ua-parser-js';
import { BoundedMemo } from './bounded-memo.js';
import type { DeviceType } from './facts.js';

/** The facts in a user agent string about the program that sent it. */
export interface ParsedUserAgent {
  readonly deviceType: DeviceType;
  readonly os?: string;
  readonly browser?: string;
  readonly browserVersion?: string;
}

/** Number of parsed characters of a user agent; more is padding or an attack. */
const MAX_PARSED_LENGTH = 2048;
const MAX_FIELD_LENGTH = 256;
const MEMO_CAPACITY = 2048;
const REMEMBERED = 100_000;

/** Device types of ua-parser-js. */
const DEVICE_TYPE_OF: ReadonlyMap<string, DeviceType> = new Map([
  ['mobile', 'mobile'],
  ['tablet', 'tablet'],
  ['smarttv', 'tv'],
  ['console', 'console'],
  ['wearable', 'wearable'],
  ['embedded', 'iot'],
]);

/** Generated API clients name themselves `Anthropic/Python 0.28.0` or `AsyncOpenAI/JS 4.1.0`. */
const API_CLIENT = /^\w{1,40}\/(?:Python|JS|Java|Kotlin|Go|Ruby|C#) v?\d/;

/** HTTP libraries of apps: there is a person, though the library does not identify the device. */
const APP_LIBRARY =
  /^(?:okhttp|ktor|alamofire|afnetworking|dart|flutter|react ?native|expo|cronet|volley|retrofit|unityplayer|android-async-http|apollo-(?:ios|kotlin)|grpc-(?:java-okhttp|objc|swift))\b|\b(?:alamofire|cfnetwork|okhttp|ktor-client)\//i;
/** Programs with these words are not apps, whatever library they use. */
const CRAWLER = /bot\b|crawl|spider|monitor/i;
/** The system in the comment that some of these libraries write: `(com.example.shop; build:3; iOS 17.4.0)`. */
const NAMED_SYSTEM = /\b(Android|iOS|iPadOS|macOS|tvOS|visionOS|watchOS) \d/;
/**
 * Apple's library on a Mac with an Intel processor. Otherwise it does not name the device, which is usually a
 * phone.
 */
const ON_INTEL_MAC = /\bDarwin\/[\d.]+ \(x86_64\)/;
const HEADLESS_BROWSER = /headless|phantomjs/i;

const memo = new BoundedMemo<ParsedUserAgent>(MEMO_CAPACITY);
// Parsing takes 10 to 30 µs, malicious texts 400, a digest two. The capacity is the maximum number of records
// of a request, so that a request that is sent again, or a trace that is read back, pays only once. Some 100
// bytes each, only for as many as exist.
const byDigest = new BoundedMemo<ParsedUserAgent>(REMEMBERED);

/**
 * Reads device, operating system and browser from a user agent string. Programs without a person (crawlers,
 * monitors, HTTP libraries) are `bot`. A known system or browser without a device is a `desktop`; the rest is
 * `unknown`. Equal strings give the same frozen object. Never throws.
 */
export function parseUserAgent(userAgent: string): ParsedUserAgent {
  return memo.get(userAgent.slice(0, MAX_PARSED_LENGTH), parseOnce);
}

function parseOnce(userAgent: string): ParsedUserAgent {
  const digest = createHash('sha256').update(userAgent, 'utf16le').digest().toString('latin1', 0, 16);
  return byDigest.get(digest, () => parse(userAgent));
}

/** A copy, because a part of a text keeps all of it in memory. */
function own(text: string | undefined): string | undefined {
  return text && Buffer.from(text.slice(0, MAX_FIELD_LENGTH), 'utf16le').toString('utf16le');
}

function parse(userAgent: string): ParsedUserAgent {
  // Only the needed results: engines and processors take a quarter of the time.
  const parser = new UAParser(userAgent);
  const os = own(systemOf(userAgent, parser.getOS().name));
  const found = parser.getBrowser();
  const browser = own(found.name);
  const browserVersion = own(found.version);
  return Object.freeze({
    deviceType: deviceType(userAgent, parser.getDevice().type, os, browser),
    ...(os && { os }),
    ...(browser && { browser }),
    ...(browser && browserVersion && { browserVersion }),
  });
}

function systemOf(userAgent: string, parsed: string | undefined): string | undefined {
  if (ON_INTEL_MAC.test(userAgent)) return 'macOS';
  const os = parsed === undefined ? undefined : osName(parsed);
  // HarmonyOS before 5 reports Linux as well.
  if (os === 'Linux' && userAgent.includes('HarmonyOS')) return 'HarmonyOS';
  return os ?? (APP_LIBRARY.test(userAgent) ? NAMED_SYSTEM.exec(userAgent)?.[1] : undefined);
}

/** Whether a browser of this name runs without a person. */
export function isHeadless(browser: string): boolean {
  return HEADLESS_BROWSER.test(browser);
}

function deviceType(
  userAgent: string,
  parsedType: string | undefined,
  os: string | undefined,
  browser: string | undefined,
): DeviceType {
  // Logs write "-" and similar texts for a missing user agent.
  if (!/[a-z]/i.test(userAgent)) return 'unknown';
  if (API_CLIENT.test(userAgent) || (isbot(userAgent) && !isApp(userAgent))) return 'bot';
  return (
    DEVICE_TYPE_OF.get(parsedType ?? '') ?? deviceTypeOfOs(os) ?? (os || browser ? 'desktop' : 'unknown')
  );
}

function isApp(userAgent: string): boolean {
  return APP_LIBRARY.test(userAgent) && !CRAWLER.test(userAgent);
}

/** The kind of device of an operating system that runs (almost) only on one kind. */
export function deviceTypeOfOs(os: string | undefined): DeviceType | undefined {
  switch (os) {
    case 'Android':
    case 'iOS':
    case 'HarmonyOS':
    case 'Windows Phone':
    case 'KaiOS':
      return 'mobile';
    case 'iPadOS':
      return 'tablet';
    case 'watchOS':
    case 'Wear OS':
    case 'visionOS':
      return 'wearable';
    case 'tvOS':
      return 'tv';
    default:
      return undefined;
  }
}

/** One name for the spellings of `os.type`, user agent client hints, `navigator.platform` and ua-parser-js. */
const OS_NAMES: ReadonlyMap<string, string> = new Map([
  ['windows', 'Windows'],
  ['win32', 'Windows'],
  ['win64', 'Windows'],
  ['windows nt', 'Windows'],
  ['windows_nt', 'Windows'],
  ['mac os', 'macOS'],
  ['mac os x', 'macOS'],
  ['macos', 'macOS'],
  ['macosx', 'macOS'],
  ['darwin', 'macOS'],
  ['macintel', 'macOS'],
  ['macintosh', 'macOS'],
  ['linux', 'Linux'],
  ['chromium os', 'Chrome OS'],
  ['chromeos', 'Chrome OS'],
  ['chrome os', 'Chrome OS'],
  ['android', 'Android'],
  ['ios', 'iOS'],
  ['iphone', 'iOS'],
  ['iphone os', 'iOS'],
  ['ipod', 'iOS'],
  ['ipad', 'iPadOS'],
  ['ipados', 'iPadOS'],
  ['watchos', 'watchOS'],
  ['tvos', 'tvOS'],
  ['visionos', 'visionOS'],
  ['wear os', 'Wear OS'],
  ['harmonyos', 'HarmonyOS'],
  ['openharmony', 'HarmonyOS'],
  ['harmony', 'HarmonyOS'],
]);

/**
 * In `navigator.platform` the processor follows the name of the system. Some phones spell `armv8l` as
 * `armv81`.
 */
const PROCESSOR = / (?:x86_64|x86|i[3-6]86|amd64|aarch64|arm\w*|mips\w*|ppc\w*|riscv\w*|s390x?)$/i;
/** Faro's suffix for an unknown version. */
const UNKNOWN_VERSION = / unknown$/i;

/**
 * An operating system's usual name, without version and processor: `Mac OS 10.15.7` is `macOS`. Unknown names
 * stay as they are.
 */
export function osName(text: string): string {
  const name = text
    .slice(0, MAX_FIELD_LENGTH)
    .trim()
    .replace(PROCESSOR, '')
    .replace(UNKNOWN_VERSION, '')
    .trim();
  const known = OS_NAMES.get(name.toLowerCase());
  if (known !== undefined) return known;
  const version = /[ /][\d._]+$/.exec(name);
  if (version === null) return name;
  const bare = name.slice(0, version.index);
  return OS_NAMES.get(bare.toLowerCase()) ?? bare;
}
