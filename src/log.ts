/** Minimum levels of the log. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts beside a message; an `Error` is written with its message, and with its stack at level debug. */
type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line per call. Never throws, whatever the fields contain. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `text` for people, `json` for one object a line with `time`, `level` and `message`. */
  readonly format: 'text' | 'json';
  /** Milliseconds since 1970. */
  now(): number;
  /** Writes a line that ends with a line feed. */
  write(line: string): void;
}

export function createLogger(options: LoggerOptions): Logger {
  const threshold = LOG_LEVELS.indexOf(options.level);
  const format = options.format === 'json' ? jsonLine : textLine;
  const at = (level: Exclude<LogLevel, 'silent'>): Logger['info'] => {
    if (LOG_LEVELS.indexOf(level) < threshold) return () => {};
    return (message, fields = {}) => {
      const time = new Date(options.now()).toISOString();
      const plain = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, plainValue(value, options.level === 'debug')] as const);
      options.write(`${format(time, level, message, plain)}\n`);
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

type PlainFields = readonly (readonly [string, unknown])[];

function jsonLine(time: string, level: string, message: string, fields: PlainFields): string {
  const own = { time, level, message };
  // A field cannot replace one of the line's own members.
  const others = fields.filter(([name]) => !Object.hasOwn(own, name));
  const members = [...Object.entries(own), ...others];
  return oneLine(`{${members.map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`).join(',')}}`);
}

function textLine(time: string, level: string, message: string, fields: PlainFields): string {
  const parts = fields.map(
    ([name, value]) => `${oneWord(name)}=${oneWord(typeof value === 'string' ? value : toJson(value))}`,
  );
  return [time, level.padEnd(5), oneLine(message), ...parts].join(' ');
}

function plainValue(value: unknown, withStack: boolean): unknown {
  if (value instanceof Error) return withStack && value.stack ? value.stack : value.message;
  return typeof value === 'bigint' ? String(value) : value;
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)) ?? 'null';
  } catch {
    // A cycle, or a `toJSON` that throws.
    return '"[not serialisable]"';
  }
}

/** Messages can contain telemetry: a line feed in it must not look like a new line of the log. */
function oneLine(text: string): string {
  const code = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, '0');
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (each) => `\\u${code(each)}`);
}

function oneWord(text: string): string {
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : oneLine(JSON.stringify(text));
}
