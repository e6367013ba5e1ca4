import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

/** Far more than a busy machine needs, so that only an event that never comes reaches it. */
const LIMIT_MS = 60_000;

/** One block of a stream of server-sent events. */
export interface ServerSentEvent {
  /** `message` if the block names none. */
  readonly event: string;
  readonly data: string;
  /** Id of the last event up to here. */
  readonly id: string;
}

/** A client of server-sent events that reads like a browser, but reconnects only on request. */
export class EventStream {
  /** Of the last block with an id. */
  lastEventId = '';
  /** Blocks that are not events, such as comments. */
  silentBlocks = 0;
  readonly #response: IncomingMessage;
  readonly #events: ServerSentEvent[] = [];
  readonly #waiting: (() => void)[] = [];
  #text = '';
  #ended = false;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    response.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    response.on('error', () => {});
  }

  /** Resolves when the first block has arrived; `onEvent` does not get that block. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const response = await requestOnce(url, headers);
    if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode}`);
    const stream = new EventStream(response);
    await stream.#until(() => stream.lastEventId !== '' || stream.#ended);
    return stream;
  }

  get headers(): IncomingMessage['headers'] {
    return this.#response.headers;
  }

  /** The next event, in order; rejects if the stream ends before. */
  async next(): Promise<ServerSentEvent> {
    await this.#until(() => this.#events.length > 0 || this.#ended);
    const event = this.#events.shift();
    if (event === undefined) throw new Error('the stream has ended');
    return event;
  }

  /** Resolves when the other side has ended the stream. */
  async ended(): Promise<void> {
    await this.#until(() => this.#ended);
  }

  close(): void {
    this.#response.destroy();
  }

  /** Waits for more of the stream until `isEnough`; rejects where that takes too long. */
  async #until(isEnough: () => boolean): Promise<void> {
    const limit = AbortSignal.timeout(LIMIT_MS);
    limit.addEventListener('abort', () => this.#wake());
    while (!isEnough()) {
      if (limit.aborted)
        throw new Error(`${LIMIT_MS} ms without what was awaited; the last event id is ${this.lastEventId}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #take(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf('\n\n'); end >= 0; end = this.#text.indexOf('\n\n')) {
      this.#block(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 2);
    }
    this.#wake();
  }

  #block(block: string): void {
    const data: string[] = [];
    let event = 'message';
    for (const line of block.split('\n')) {
      const [, name, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (name === 'id') this.lastEventId = value;
      else if (name === 'event') event = value;
      else if (name === 'data') data.push(value);
    }
    if (data.length === 0) this.silentBlocks++;
    else this.#events.push({ event, data: data.join('\n'), id: this.lastEventId });
  }
}

async function requestOnce(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  // A connection of its own each, because clients would wait for each other in a pool.
  const sent = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
  sent.end();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const [response] = (await once(sent, 'response', { signal })) as [IncomingMessage];
  return response;
}
