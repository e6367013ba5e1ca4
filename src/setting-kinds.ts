import { isIP } from 'node:net';
import { PROJECT_NAME } from './access/project-name.js';
import { DEFAULTS_WORD, routePattern } from './normalize/quiet-routes.js';

/**
 * A kind of setting value: how it is read from a flag, a variable or JSON, and how it is described. `parse`
 * returns undefined for an invalid value; it never throws.
 */
export interface SettingKind<T> {
  /** The placeholder of the value in usage lines, such as `SIZE`; empty if the flag needs no value. */
  readonly placeholder: string;
  /** Completes "must be …". */
  readonly allowed: string;
  /** What of a value is secret: all of it, or the password that it may have. That is not repeated in errors. */
  readonly secret?: 'all' | 'password';
  /** Reads text, or the value of a JSON member. */
  parse(raw: unknown): T | undefined;
  /** The value in a user's form, without what is secret in it. */
  format(value: T): string;
}

const UNITS_OF_SIZE: readonly (readonly [string, number])[] = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
  ['B', 1],
];

const UNITS_OF_TIME: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

/** A number with an optional unit; without one it counts the smallest unit. */
function quantity(
  placeholder: string,
  noun: string,
  units: readonly (readonly [string, number])[],
  min: number,
  max: number,
): SettingKind<number> {
  const factors = new Map(units.map(([name, factor]) => [name.toLowerCase(), factor]));
  const format = (value: number): string => {
    const [name, factor] = units.find(([, each]) => value > 0 && value % each === 0) ?? units.at(-1)!;
    return `${value / factor}${name}`;
  };
  return {
    placeholder,
    allowed: `${noun} from ${format(min)} to ${format(max)}`,
    parse(raw) {
      const match = /^(\d{1,16}(?:\.\d{1,9})?)\s?([a-z]*)$/i.exec(decimalText(raw).trim());
      if (match === null) return undefined;
      const factor = match[2] === '' ? 1 : factors.get(match[2]!.toLowerCase());
      if (factor === undefined) return undefined;
      return inRange(Math.round(Number(match[1]) * factor), min, max);
    },
    format,
  };
}

/** Bytes: `64MiB`, `64mb` or a plain number of bytes. */
export function size(min: number, max: number): SettingKind<number> {
  return quantity('SIZE', 'a size such as 64MiB, 500kB or 1048576,', UNITS_OF_SIZE, min, max);
}

/** Milliseconds: `5m`, `300s`, `250ms` or a plain number of milliseconds. */
export function duration(min: number, max: number): SettingKind<number> {
  return quantity('TIME', 'a time such as 5m, 300s or 250ms,', UNITS_OF_TIME, min, max);
}

/** A time for all projects, and for some of them by name. */
export interface Ages {
  /** Ms; undefined if there is none for the other projects. */
  readonly ms: number | undefined;
  readonly msOf: ReadonlyMap<string, number>;
}

/** Ages in milliseconds: `90d`, and `shop=30d` for the project `shop`. */
export function ages(min: number, max: number): SettingKind<Ages> {
  const age = duration(min, max);
  const isAge = (entry: string): boolean => {
    const [, project, time = entry] = /^([^=]*)=(.*)$/s.exec(entry) ?? [];
    return (project === undefined || PROJECT_NAME.test(project)) && age.parse(time.trim()) !== undefined;
  };
  const entries = list('', '', (entry) => (isAge(entry) ? entry : undefined));
  return {
    placeholder: 'TIME|PROJECT=TIME,…',
    allowed: `times from ${age.format(min)} to ${age.format(max)}, such as 90d, or shop=30d for the project shop, separated by commas, each project once`,
    parse(raw) {
      const parts = entries.parse(raw);
      if (parts === undefined) return undefined;
      let ms: number | undefined;
      const msOf = new Map<string, number>();
      for (const part of parts) {
        const at = part.indexOf('=');
        const parsed = age.parse(part.slice(at + 1).trim())!;
        if (at < 0 && ms === undefined) ms = parsed;
        else if (at >= 0 && !msOf.has(part.slice(0, at))) msOf.set(part.slice(0, at), parsed);
        else return undefined;
      }
      return { ms, msOf };
    },
    format: ({ ms, msOf }) =>
      [
        ...(ms === undefined ? [] : [age.format(ms)]),
        ...[...msOf].map(([project, each]) => `${project}=${age.format(each)}`),
      ].join(','),
  };
}

/** A whole number within bounds, both included. */
export function whole(placeholder: string, min: number, max: number): SettingKind<number> {
  return {
    placeholder,
    allowed: `a whole number from ${min} to ${max}`,
    parse(raw) {
      const text = decimalText(raw).trim();
      return /^\d{1,16}$/.test(text) ? inRange(Number(text), min, max) : undefined;
    },
    format: String,
  };
}

/** Like `whole`, and undefined by default. */
export function optionalWhole(
  placeholder: string,
  min: number,
  max: number,
): SettingKind<number | undefined> {
  return optional(whole(placeholder, min, max));
}

/** The same kind for a setting that may be missing. */
export function optional<T>(kind: SettingKind<T>): SettingKind<T | undefined> {
  return { ...kind, format: (value) => (value === undefined ? '' : kind.format(value)) };
}

/** A number with decimals within bounds, both included. */
export function decimal(placeholder: string, min: number, max: number): SettingKind<number> {
  return {
    placeholder,
    allowed: `a number from ${min} to ${max}`,
    parse(raw) {
      const text = decimalText(raw).trim();
      return /^\d{1,16}(?:\.\d{1,9})?$/.test(text) ? inRange(Number(text), min, max) : undefined;
    },
    format: String,
  };
}

const SWITCH_WORDS = new Map([
  ['true', true],
  ['on', true],
  ['false', false],
  ['off', false],
]);

/** On or off; a flag of this kind without a value means on. */
export const onOff: SettingKind<boolean> = {
  placeholder: '',
  allowed: 'on or off (also true or false)',
  parse(raw) {
    if (typeof raw === 'boolean') return raw;
    return typeof raw === 'string' ? SWITCH_WORDS.get(raw.trim().toLowerCase()) : undefined;
  },
  format: (value) => (value ? 'on' : 'off'),
};

/** On or off, always with the word: for what is usually on. */
export const choiceOfOnOff: SettingKind<boolean> = { ...onOff, placeholder: 'on|off' };

/** Some of these words, separated by commas. */
export function wordList<const T extends string>(placeholder: string, words: readonly T[]): SettingKind<T[]> {
  const kind = list(`${placeholder},…`, `some of ${words.join(', ')}, separated by commas`, (entry) =>
    words.includes(entry as T) ? entry : undefined,
  );
  return { ...kind, parse: (raw) => kind.parse(raw) as T[] | undefined };
}

/** One of some words. */
export function choice<const T extends string>(...words: readonly T[]): SettingKind<T> {
  return {
    placeholder: words.join('|'),
    allowed: `one of ${words.join(', ')}`,
    parse: (raw) => words.find((word) => word === raw),
    format: (value) => value,
  };
}

/** Text such as a path, not empty, without control characters. */
export function text(placeholder: string, allowed: string): SettingKind<string> {
  return {
    placeholder,
    allowed,
    parse: (raw) => (typeof raw === 'string' && isPlainText(raw) ? raw : undefined),
    format: (value) => value,
  };
}

/** Like `size`, and undefined by default. */
export function optionalSize(min: number, max: number): SettingKind<number | undefined> {
  return optional(size(min, max));
}

/** Like `text`, for an optional setting. */
export function optionalText(placeholder: string, allowed: string): SettingKind<string | undefined> {
  return optional(text(placeholder, allowed));
}

/** An IP address or host name to listen on. */
export const listenHost: SettingKind<string> = {
  placeholder: 'HOST',
  allowed: 'an IP address or host name',
  parse: (raw) => (typeof raw === 'string' ? hostName(raw.trim()) : undefined),
  format: (value) => value,
};

/** Host names and addresses as in a Host header, without a port. */
export const hostNames: SettingKind<string[]> = list(
  'HOST,…',
  'host names or IP addresses without a port, separated by commas',
  (entry) => hostName(entry)?.toLowerCase(),
);

/**
 * Origins of pages: `loopback`, `*`, `null` (the origin of a sandboxed frame or a file), scheme, host and
 * port, or all hosts below one (`https://*.shop.example`). Apps in a web view have schemes of their own
 * (`capacitor://localhost`).
 */
export const origins: SettingKind<string[]> = list(
  'ORIGIN,…',
  'loopback, *, null or origins such as https://shop.example, https://*.shop.example or capacitor://localhost, separated by commas',
  (entry) => {
    if (entry === 'loopback' || entry === '*' || entry === 'null') return entry;
    const origin = entry.toLowerCase().replace(/\/$/, '');
    const [, scheme, below = '', host = '', port = ''] =
      /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?([^\s/?#@:*[\]]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.exec(origin) ?? [];
    if (scheme === undefined) return undefined;
    // A pattern for all hosts of a top-level domain would not be limited to one owner.
    if (below !== '' && !host.includes('.') && host !== 'localhost') return undefined;
    if (scheme !== 'http' && scheme !== 'https') return origin;
    return httpUrl(`${scheme}://${host}${port}`)?.origin.replace('://', `://${below}`);
  },
);

const NONE_WORD = 'none';

const listOfPatterns = list(
  'ROUTE,…',
  'default, none, or methods and paths such as OPTIONS, /status, /internal/* or GET /status, separated by commas',
  (entry) => (entry === DEFAULTS_WORD || entry === NONE_WORD ? entry : routePattern(entry)),
);

/**
 * Patterns of requests (normalize/quiet-routes.ts), with `default` for the usual ones; `none`, by itself, for
 * none.
 */
export const routePatterns: SettingKind<string[]> = {
  ...listOfPatterns,
  parse(raw) {
    const entries = listOfPatterns.parse(raw);
    // An empty list, for example from an unset variable of a script, is probably a mistake: the word for it
    // is `none`.
    if (entries === undefined || entries.length === 0) return undefined;
    if (!entries.includes(NONE_WORD)) return entries;
    return entries.length === 1 ? [] : undefined;
  },
  format: (value) => (value.length === 0 ? NONE_WORD : value.join(',')),
};

/** First segments of the server's own paths. A base path must be told from them. */
const OWN_SEGMENTS = ['api', 'v1', 'assets', 'sessions', 'problems'];

/** Path in front of all paths: begins with a slash and ends without one; empty for none. */
export const basePath: SettingKind<string> = {
  placeholder: 'PATH',
  allowed: `a path such as /sojourn of letters, digits, -, . and _ that does not begin with ${OWN_SEGMENTS.map((segment) => `/${segment}`).join(', ')}`,
  parse(raw) {
    const path = typeof raw === 'string' ? raw.trim().replace(/\/$/, '') : undefined;
    if (path === undefined || path === '') return path;
    const segments = path.split('/').slice(1);
    const isPath = path.startsWith('/') && path.length <= 256 && segments.every(isPlainSegment);
    return isPath && !OWN_SEGMENTS.includes(segments[0]!) ? path : undefined;
  },
  format: (value) => value,
};

/** Whether a segment of a path is the same in all encodings, and no step to another folder. */
function isPlainSegment(segment: string): boolean {
  return /^[A-Za-z0-9_.-]+$/.test(segment) && !/^\.+$/.test(segment);
}

/** The name of a header, in lower case; undefined for none. */
export const optionalHeader: SettingKind<string | undefined> = {
  placeholder: 'HEADER',
  allowed: 'the name of a header, such as X-Forwarded-User, that is no other credential',
  parse(raw) {
    const name = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
    return /^[a-z0-9-]{1,100}$/.test(name) && !CREDENTIAL_HEADERS.has(name) ? name : undefined;
  },
  format: (value) => value ?? '',
};

const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie', 'x-api-key']);

/** IP addresses and networks in CIDR notation. */
export const networks: SettingKind<string[]> = list(
  'ADDRESS,…',
  'IP addresses, or networks such as 10.0.0.0/8, separated by commas',
  (entry) => {
    const [address = '', prefix, ...rest] = entry.split('/');
    const version = isIP(address);
    if (version === 0 || rest.length > 0) return undefined;
    if (prefix === undefined) return entry;
    return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128) ? entry : undefined;
  },
);

/** Names of users. */
export const userNames: SettingKind<string[]> = list(
  'USER,…',
  'names of users, separated by commas',
  (entry) => (isPlainText(entry) ? entry : undefined),
);

/** A claim of OpenID Connect and the value that it must have, or have among others; undefined for no rule. */
export const optionalClaim: SettingKind<{ readonly claim: string; readonly value: string } | undefined> = {
  placeholder: 'CLAIM=VALUE',
  allowed: 'a claim and its value, such as groups=sojourn-admins',
  parse(raw) {
    const [, claim, value] = typeof raw === 'string' ? (/^([^\s=]+)=(.+)$/.exec(raw.trim()) ?? []) : [];
    return claim !== undefined && value !== undefined ? { claim, value } : undefined;
  },
  format: (rule) => (rule === undefined ? '' : `${rule.claim}=${rule.value}`),
};

/** A URL with this path at its end, or any; undefined for none. */
export function optionalUrl(end: string): SettingKind<string | undefined> {
  return {
    placeholder: 'URL',
    allowed: `an address such as https://host.example${end}`,
    parse(raw) {
      const url = typeof raw === 'string' ? httpUrl(raw.trim()) : undefined;
      const isBare = url !== undefined && url.search === '' && url.hash === '' && url.username === '';
      return isBare && url.pathname.endsWith(end) ? url.href : undefined;
    },
    format: (value) => value ?? '',
  };
}

/** Text that is shown nowhere: not in errors, nor in the audit log. undefined for none. */
export const optionalSecret: SettingKind<string | undefined> = {
  ...optionalText('TEXT', 'text without line ends'),
  secret: 'all',
  format: (value) => (value === undefined ? '' : '(not shown)'),
};

/** Base address of a server: http or https, without query or credentials; no slash at its end. */
export const endpoint: SettingKind<string> = {
  placeholder: 'URL',
  allowed: 'an address such as http://127.0.0.1:4318',
  parse(raw) {
    const url = typeof raw === 'string' ? httpUrl(raw.trim()) : undefined;
    if (url === undefined || url.search !== '' || url.hash !== '' || url.username !== '') return undefined;
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  },
  format: (value) => value,
};

/** Parameters of a URL that the driver or the database understands. */
const URL_PARAMETERS = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'uselibpqcompat',
  'host',
  'port',
  'user',
  'password',
  'options',
  'client_encoding',
  'application_name',
  'channel_binding',
];

/** What `sslmode` may be: as for psql, without `allow`; the last one is the driver's own. */
const TLS_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** The URL of a database of PostgreSQL; undefined for none. */
export const postgresUrl: SettingKind<string | undefined> = {
  placeholder: 'URL',
  allowed: `an address such as postgres://user@host:5432/database, with no parameters but ${URL_PARAMETERS.join(', ')}, and as sslmode one of ${TLS_MODES.slice(0, -1).join(', ')}`,
  secret: 'password',
  parse(raw) {
    if (typeof raw !== 'string' || !isPostgresUrl(raw.trim())) return undefined;
    if (!URL.canParse(raw.trim())) return undefined;
    // One with a typing error, such as sslmod, would have no effect.
    const { searchParams } = new URL(raw.trim());
    const mode = searchParams.get('sslmode');
    const isKnown =
      [...searchParams.keys()].every((name) => URL_PARAMETERS.includes(name)) &&
      (mode === null || TLS_MODES.includes(mode));
    return isKnown ? raw.trim() : undefined;
  },
  format: (value) => (value === undefined ? '' : withoutPassword(value)),
};

/** The address of an HTTP server, without a query. */
export const optionalHttpUrl: SettingKind<string | undefined> = {
  placeholder: 'URL',
  allowed: 'an address such as http://collector.example:4318',
  parse(raw) {
    if (typeof raw !== 'string') return undefined;
    const url = /^https?:\/\//i.test(raw.trim()) ? httpUrl(raw.trim()) : undefined;
    if (url === undefined || url.search !== '' || url.hash !== '' || url.username !== '') return undefined;
    return url.href.replace(/\/$/, '');
  },
  format: (value) => value ?? '',
};

/** Headers of HTTP. */
export const headerPairs: SettingKind<Record<string, string>> = {
  placeholder: 'NAME=VALUE,…',
  allowed: 'headers such as x-api-key=secret, separated by commas',
  secret: 'all',
  parse(raw) {
    if (typeof raw !== 'string') return undefined;
    const pairs = raw
      .split(',')
      .map((pair) => /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([\x21-\x7e ]*?)\s*$/.exec(pair));
    if (pairs.some((pair) => pair === null)) return undefined;
    return Object.fromEntries(pairs.map((pair) => [pair![1]!.toLowerCase(), pair![2]!]));
  },
  format: (value) => Object.keys(value).join(','),
};

/** A store: the path of a data directory, or the URL of a database of PostgreSQL. */
export const storePlace: SettingKind<string | undefined> = {
  placeholder: 'DIR|URL',
  allowed: 'the path of a data directory, or an address such as postgres://user@host:5432/database',
  secret: 'password',
  parse(raw) {
    if (typeof raw !== 'string' || !isPlainText(raw)) return undefined;
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(raw.trim()) ? postgresUrl.parse(raw) : raw;
  },
  format: (value) => (value === undefined ? '' : shownPlace(value)),
};

/** Whether a store is a database of PostgreSQL, not a directory. */
export function isPostgresUrl(place: string): boolean {
  return /^postgres(ql)?:\/\//.test(place);
}

/** A store to be shown: a URL without its password. */
export function shownPlace(place: string): string {
  return isPostgresUrl(place) ? withoutPassword(place) : place;
}

/** The URL of a database without its password, to be shown. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  for (const name of ['password', 'sslpassword']) shown.searchParams.delete(name);
  return shown.href;
}

/** Whether a listening address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (bare === 'localhost' || bare === '::1') return true;
  return isIP(bare) === 4 && bare.startsWith('127.');
}

/** Whether a lower-case name or address, without a port, always means this machine. */
export function isLoopbackName(host: string): boolean {
  // RFC 6761, section 6.3: every name below localhost is loopback too.
  return host.endsWith('.localhost') || isLoopback(host);
}

/** Values separated by commas, each once. */
export function list<T extends string>(
  placeholder: string,
  allowed: string,
  entryOf: (entry: string) => T | undefined,
): SettingKind<T[]> {
  return {
    placeholder,
    allowed,
    parse(raw) {
      const parts = typeof raw === 'string' ? raw.split(',') : raw;
      if (!Array.isArray(parts)) return undefined;
      const entries = new Set<T>();
      for (const part of parts) {
        if (typeof part !== 'string') return undefined;
        const bare = part.trim();
        if (bare === '') continue;
        const entry = entryOf(bare);
        if (entry === undefined) return undefined;
        entries.add(entry);
      }
      return [...entries];
    },
    format: (value) => value.join(','),
  };
}

function hostName(raw: string): string | undefined {
  const bare = raw.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return bare;
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
  // A name whose last label is a number would be read as an invalid IPv4 address.
  const name = new RegExp(`^(?:${label}\\.)*(?!\\d+$)${label}$`, 'i');
  return raw.length <= 253 && name.test(raw) ? raw : undefined;
}

function httpUrl(raw: string): URL | undefined {
  if (raw.length > 2048 || !URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

function isPlainText(raw: string): boolean {
  return raw.trim() !== '' && raw.length <= 4096 && !/\p{Cc}/u.test(raw);
}

function decimalText(raw: unknown): string {
  return typeof raw === 'number' || typeof raw === 'string' ? String(raw) : '';
}

function inRange(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}
