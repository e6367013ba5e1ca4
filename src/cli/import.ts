import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { PROJECT_HEADER } from '../access/project-name.js';
import { RETRYABLE_STATUSES, type Rejection, rejectionIn, waitBeforeRetry } from '../demo/answer.js';
import type { ImportOptions } from './import-options.js';
import { count, megabytes, ProgressLine } from './progress-line.js';

const compress = promisify(gzip);

export interface ImportContext {
  /** Base address of the server, without a slash at its end. */
  readonly server: string;
  readonly key: string | undefined;
  readonly project: string | undefined;
  readonly stdin: Readable;
  readonly isTerminal: boolean;
  readonly fetch: typeof fetch;
  /** Ends the import after the running request. */
  readonly signal: AbortSignal;
  /** Rejects if the signal is aborted. */
  delay(ms: number, signal: AbortSignal): Promise<void>;
  nowMs(): number;
  printError(text: string): void;
}

/** Requests for one line before the import ends. */
const ATTEMPTS = 12;
const REQUEST_TIMEOUT_MS = 120_000;

const SIGNALS = [
  ['traces', 'resourceSpans'],
  ['logs', 'resourceLogs'],
  ['metrics', 'resourceMetrics'],
] as const;

/** An import cannot go on, with the reason. */
class ImportError extends Error {
  override readonly name = 'ImportError';
}

/**
 * Sends files of OTLP/JSON, one request a line, to a server. Resolves to the exit code: 0, or 1 if not all was taken.
 * What the server has already is no second record there, so a line may be sent again.
 */
export async function importFiles(options: ImportOptions, context: ImportContext): Promise<number> {
  const { files, skipLines } = options;
  const line = new ProgressLine(context);
  const done = { lines: 0, sent: 0, bytes: 0, rejected: 0, reason: '', warning: '' };
  const report = (isLast: boolean): void =>
    line.report('import', isLast, (ms) => {
      const speed = ms < 1000 ? '' : `, ${megabytes((1000 * done.bytes) / ms)}/s`;
      return `imported ${count(done.sent)} requests, ${megabytes(done.bytes)}${speed}`;
    });
  let place = '';
  try {
    for (const file of files) {
      let number = 0;
      for await (const text of requestsOf(file, context)) {
        place = `${file === '-' ? 'standard input' : file}, line ${++number}`;
        context.signal.throwIfAborted();
        if (done.lines >= skipLines && text.trim() !== '') {
          const rejection = await send(text, context);
          done.sent++;
          done.bytes += text.length;
          done.rejected += rejection?.count ?? 0;
          if (rejection?.count === 0) done.warning ||= rejection.reason;
          else done.reason ||= rejection?.reason ?? '';
        }
        done.lines++;
        report(false);
      }
    }
    report(true);
    line.end();
  } catch (error) {
    line.end();
    const isStopped = context.signal.aborted;
    const reason = isStopped ? 'stopped' : error instanceof Error ? error.message : String(error);
    context.printError(`sojourn: ${place === '' || isStopped ? '' : `${place}: `}${reason}\n`);
    if (done.lines > 0) context.printError(`To go on there, add --skip-lines ${done.lines}.\n`);
    return 1;
  }
  if (done.warning !== '') context.printError(`sojourn: the server says: ${done.warning}\n`);
  if (done.rejected === 0) return 0;
  context.printError(`sojourn: the server did not take ${count(done.rejected)} records: ${done.reason}\n`);
  return 1;
}

/** The lines of a file, compressed by gzip or not. A file that is one request over many lines is one line. */
async function* requestsOf(file: string, { stdin }: ImportContext): AsyncGenerator<string> {
  const source = file === '-' ? stdin : createReadStream(file);
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done === true) return;
  const bytes = Readable.from(
    (async function* () {
      yield first.value;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    })(),
  );
  const isCompressed = first.value[0] === 0x1f && first.value[1] === 0x8b;
  const input = isCompressed ? createGunzip() : bytes;
  if (isCompressed)
    bytes.on('error', (error) => input.destroy(error)).pipe(input as ReturnType<typeof createGunzip>);
  let whole: string[] | undefined;
  let isFirst = true;
  for await (const text of linesOf(input)) {
    if (isFirst && text.trim() !== '') {
      isFirst = false;
      if (parsed(text) === undefined) whole = [];
    }
    if (whole === undefined) yield text;
    else whole.push(text);
  }
  if (whole !== undefined) yield whole.join('\n');
}

async function* linesOf(input: Readable): AsyncGenerator<string> {
  input.setEncoding('utf8');
  let rest = '';
  for await (const chunk of input) {
    const [first = '', ...more] = (chunk as string).split('\n');
    rest += first;
    for (const next of more) {
      yield rest;
      rest = next;
    }
  }
  if (rest !== '') yield rest;
}

async function send(text: string, context: ImportContext): Promise<Rejection | undefined> {
  const message = parsed(text);
  const signal = SIGNALS.find(([, member]) => message !== undefined && member in message)?.[0];
  if (signal === undefined) {
    throw new ImportError(
      'this is no request of OTLP/JSON: it needs resourceSpans, resourceLogs or resourceMetrics',
    );
  }
  const { server, key, project } = context;
  const body = await compress(text, { level: 1 });
  const headers = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(project !== undefined && { [PROJECT_HEADER]: project }),
  };
  for (let attempt = 1; ; attempt++) {
    const answer = await post(`${server}/v1/${signal}`, { headers, body }, context);
    if (answer.status === 200) return rejectionIn(answer.text, true);
    if (attempt === ATTEMPTS || (answer.status !== undefined && !RETRYABLE_STATUSES.has(answer.status))) {
      throw new ImportError(refusal(answer, server));
    }
    await context.delay(waitBeforeRetry(answer.retryAfter, attempt), context.signal);
  }
}

interface Answer {
  /** Undefined if none came. */
  readonly status?: number;
  readonly text: string;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | null;
}

async function post(url: string, request: object, { fetch, signal }: ImportContext): Promise<Answer> {
  try {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', redirect: 'error', signal: timeout, ...request });
    const text = await response.text();
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    if (signal.aborted) throw error;
    const { cause } = error as { cause?: { code?: string } };
    return { text: cause?.code ?? String(error) };
  }
}

function refusal({ status, text }: Answer, server: string): string {
  if (status === undefined) return `${server} does not answer (${text})`;
  const { message, detail } = parsed(text) ?? {};
  const reason = String(message ?? detail ?? text)
    .replace(/\s+/g, ' ')
    .slice(0, 300);
  const remedy =
    status === 401 || status === 403 ? '; --key or SOJOURN_KEY needs a key with the scope ingest' : '';
  return `${server} answered ${status}${reason && `: ${reason}`}${remedy}`;
}

/** The object that a text is in JSON; undefined if it is none. */
function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
