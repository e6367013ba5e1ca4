import createClient, { type Client } from 'openapi-fetch';
import { Paged } from './paged.js';
import { ApiError, ConnectionError } from './problem.js';
import { queryText } from './query-text.js';
import { delay, type RetryOptions, withRetries } from './retry.js';
import type { paths } from './schema.js';
import { type SessionEvent, sessionEvents } from './session-stream.js';
import type {
  ExportedPart,
  ExportQuery,
  ExportSummary,
  QueryOf,
  RetentionPlan,
  Session,
  SessionFilters,
  SessionQuery,
} from './types.js';

export interface ClientOptions {
  /** Address of the server, with its base path if it has one: `https://sojourn.example/base`. */
  readonly baseUrl: string;
  /** An API key with the scope `read`. Not needed where the server asks for none. */
  readonly key?: string | undefined;
  /** Project to read, for keys of all projects. By default the key's own. */
  readonly project?: string | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Ends all requests and streams of this client. */
  readonly signal?: AbortSignal | undefined;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** A number of items that the server gives at once, where the caller names none. */
const PAGE = 100;
/** The same of an export. */
const PART = 1_000;

/**
 * Reads the Sojourn API. Requests that fail for a reason that passes are repeated (`RetryOptions`). All methods reject
 * with `ApiError` for an error answer, with `ConnectionError` where no answer comes, and with the reason of the signal
 * once it is aborted.
 */
export class SojournClient {
  /** Every route of the API, typed, for what has no method here. It does not throw: `error` of its results. */
  readonly api: Client<paths>;
  /** Address of the server, without a slash at its end. */
  readonly baseUrl: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;
  readonly #signal: AbortSignal;

  constructor({ baseUrl, key, project, retry = {}, signal, fetch = globalThis.fetch }: ClientOptions) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.#headers = {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(project !== undefined && { 'x-sojourn-project': project }),
    };
    this.#fetch = fetch;
    this.#signal = signal ?? new AbortController().signal;
    this.api = createClient<paths>({
      baseUrl: this.baseUrl,
      headers: this.#headers,
      fetch: withRetries(retry, { fetch, delay, random: Math.random, now: Date.now }),
      signal: this.#signal,
      querySerializer: queryText,
    });
  }

  /** Sessions that match all filters, newest start first. */
  sessions(query: SessionQuery = {}) {
    return this.#paged((cursor) =>
      this.api.GET('/api/v1/sessions', { params: { query: { limit: PAGE, ...query, ...cursor } } }),
    );
  }

  /** One session. */
  session(id: string): Promise<Session> {
    return this.#data(this.api.GET('/api/v1/sessions/by-id', { params: { query: { id } } }));
  }

  /** What retention would remove now: by the settings of the server, or by these. For admins. */
  retentionPlan(query: QueryOf<'getRetentionPlan'> = {}): Promise<RetentionPlan> {
    return this.#data(this.api.GET('/api/v1/retention', { params: { query } }));
  }

  /** Entries of the audit log, newest first. For admins. */
  audit(query: QueryOf<'listAudit'> = {}) {
    return this.#paged((cursor) =>
      this.api.GET('/api/v1/audit', { params: { query: { limit: PAGE, ...query, ...cursor } } }),
    );
  }

  /** Each record of the session that reports usage of a model: whether it counts, and why. */
  usage(id: string, query: QueryOf<'getSessionUsage'> = {}) {
    return this.#paged((cursor) =>
      this.api.GET('/api/v1/sessions/by-id/usage', {
        params: { query: { id, limit: PAGE, ...query, ...cursor } },
      }),
    );
  }

  /** The turns of the session's conversations with models. */
  conversation(id: string, query: QueryOf<'getSessionConversation'> = {}) {
    return this.#paged((cursor) =>
      this.api.GET('/api/v1/sessions/by-id/conversation', {
        params: { query: { id, limit: PAGE, ...query, ...cursor } },
      }),
    );
  }

  /** Log records and events of spans. */
  events(id: string, query: QueryOf<'listSessionEvents'> = {}) {
    return this.#paged((cursor) =>
      this.api.GET('/api/v1/sessions/by-id/events', {
        params: { query: { id, limit: PAGE, ...query, ...cursor } },
      }),
    );
  }

  /** What was thrown in the session. */
  exceptions(id: string, query: QueryOf<'listSessionExceptions'> = {}) {
    return this.#paged((cursor) =>
      this.api.GET('/api/v1/sessions/by-id/exceptions', {
        params: { query: { id, limit: PAGE, ...query, ...cursor } },
      }),
    );
  }

  /** The pages of the visit, with what happened on each. */
  visitPages(id: string, query: QueryOf<'getSessionPages'> = {}) {
    return this.#paged((cursor) =>
      this.api.GET('/api/v1/sessions/by-id/pages', {
        params: { query: { id, ...query, ...cursor } },
      }),
    );
  }

  /** Totals of the sessions that match all filters. */
  statistics(query: QueryOf<'getSessionStatistics'> = {}) {
    return this.#data(this.api.GET('/api/v1/sessions/stats', { params: { query } }));
  }

  /** Calls of tools over sessions. */
  tools(query: QueryOf<'getToolStatistics'> = {}) {
    return this.#data(this.api.GET('/api/v1/tools', { params: { query } }));
  }

  /** Errors by type and shape of the message over sessions. */
  errors(query: QueryOf<'getErrorStatistics'> = {}) {
    return this.#data(this.api.GET('/api/v1/errors', { params: { query } }));
  }

  /** Sums of the sessions that match all filters, by a value. */
  groups(query: QueryOf<'getSessionGroups'>) {
    return this.#data(this.api.GET('/api/v1/sessions/groups', { params: { query } }));
  }

  /** The sessions with the greatest cost or duration, of those that match all filters. */
  top(query: QueryOf<'getTopSessions'>) {
    return this.#data(this.api.GET('/api/v1/sessions/top', { params: { query } }));
  }

  /** The model calls with the greatest cost or duration, of the sessions that match all filters. */
  topCalls(query: QueryOf<'getTopCalls'> = {}) {
    return this.#data(this.api.GET('/api/v1/sessions/top-calls', { params: { query } }));
  }

  /**
   * A part of an export: at most `limit` sessions, and some megabytes. The parts one after the other are the export;
   * `facts.next_cursor` leads from one to the next. Rejects with `ConnectionError` if the answer is cut.
   */
  exportPart(query: ExportQuery, cursor?: string): Promise<ExportedPart> {
    return this.#part(
      this.api.GET('/api/v1/exports/sessions', {
        params: { query: { limit: PART, ...query, ...(cursor !== undefined && { cursor }) } },
        parseAs: 'arrayBuffer',
      }),
    );
  }

  /** A part of the export of one session, of some megabytes. As `exportPart`. */
  exportSessionPart(id: string, format: 'jsonl' | 'otlp', cursor = ''): Promise<ExportedPart> {
    return this.#part(
      this.api.GET('/api/v1/sessions/by-id/export', {
        params: { query: { id, format, cursor } },
        parseAs: 'arrayBuffer',
      }),
    );
  }

  async #part(asked: Promise<Result<unknown>>): Promise<ExportedPart> {
    let header: string | null = null;
    const data = await this.#data<ArrayBuffer>(
      asked.then(({ data, error, response }) => {
        header = response.headers.get('sojourn-export');
        // An answer without a byte has no data.
        const bytes = data ?? (response.ok ? new ArrayBuffer(0) : undefined);
        return { ...(bytes !== undefined && { data: bytes as ArrayBuffer }), error, response };
      }),
    );
    if (header === null) throw new ApiError(200, { detail: `${this.baseUrl} exports nothing in parts` });
    return { bytes: new Uint8Array(data), facts: JSON.parse(header) as ExportSummary };
  }

  /** A whole export in one answer. It begins again with each iteration. */
  exported(query: ExportQuery): AsyncIterable<Uint8Array> {
    return this.#streamed(() =>
      this.api.GET('/api/v1/exports/sessions', { params: { query }, parseAs: 'stream' }),
    );
  }

  /** One session as a file. */
  exportedSession(id: string, format: QueryOf<'exportSession'>['format']): AsyncIterable<Uint8Array> {
    return this.#streamed(() =>
      this.api.GET('/api/v1/sessions/by-id/export', {
        params: { query: { id, format } },
        parseAs: 'stream',
      }),
    );
  }

  /**
   * Sessions that match all filters, as they change, from now on or behind an event. Connects again by itself, behind
   * the last event. Ends when the caller stops iterating or the signal is aborted.
   */
  async *changes(
    filters: SessionFilters = {},
    options: { readonly lastEventId?: string; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<SessionEvent, void, undefined> {
    const stop = new AbortController();
    const { signal } = stop;
    // Not AbortSignal.any: in Node.js 20 what it makes is collected while a stream waits, and then aborts nothing.
    const sources = [this.#signal, options.signal].filter((each) => each !== undefined);
    const abort = (): void => stop.abort(sources.find(({ aborted }) => aborted)?.reason);
    for (const source of sources) source.addEventListener('abort', abort);
    if (sources.some(({ aborted }) => aborted)) abort();
    const url = `${this.baseUrl}/api/v1/sessions/stream?${queryText(filters)}`;
    // A stream is opened again by its own rules, which know where it was.
    const once = withRetries(
      { attempts: 1 },
      { fetch: this.#fetch, delay, random: Math.random, now: Date.now },
    );
    try {
      yield* sessionEvents(options.lastEventId, {
        open: (lastEventId) => {
          const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
          const headers = { ...this.#headers, accept: 'text/event-stream', ...resume };
          return once(new Request(url, { headers, signal }));
        },
        delay: (ms) => delay(ms, signal),
        signal,
      });
    } finally {
      for (const source of sources) source.removeEventListener('abort', abort);
      stop.abort();
    }
  }

  #paged<Answer extends PageOf>(
    read: (cursor: { readonly cursor?: string }) => Promise<Result<Answer>>,
  ): Paged<Answer['items'][number], Answer> {
    return new Paged((cursor) => this.#data(read(cursor === undefined ? {} : { cursor })));
  }

  async *#streamed(
    read: () => Promise<Result<ReadableStream<Uint8Array> | null>>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const body = await this.#data(read());
    if (body === null) return;
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read().catch((cause: unknown) => {
          if (this.#signal.aborted) throw this.#signal.reason;
          throw new ConnectionError(this.baseUrl, cause);
        });
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  async #data<T>(result: Promise<Result<T>>): Promise<T> {
    const { data, error, response } = await result.catch((cause: unknown) => {
      if (cause instanceof ConnectionError || this.#signal.aborted) throw cause;
      // The body is read after the status came: it is no JSON, or broke off.
      const isSyntax = cause instanceof SyntaxError;
      throw isSyntax
        ? new ApiError(200, { detail: `${this.baseUrl} is no Sojourn server` })
        : new ConnectionError(this.baseUrl, cause);
    });
    if (data === undefined) throw new ApiError(response.status, error);
    return data;
  }
}

interface PageOf {
  readonly items: readonly unknown[];
  readonly next_cursor?: string;
}

interface Result<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}
