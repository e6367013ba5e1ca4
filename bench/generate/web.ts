import { LANGUAGES, USER_AGENTS } from './browsers.js';
import { address, sessionId, userId } from './ids.js';
import { NanoTime } from './nanos.js';
import { Random } from './random.js';
import { RequestWriter } from './request-writer.js';
import { type SpanTemplate, type SpanValues, writeSpan } from './span-template.js';
import { EntryFlag, EntryList, type GeneratedRequest, type TelemetryStream } from './stream.js';
import {
  API_ENVELOPE,
  BROWSER_ENVELOPES,
  type ByLogin,
  ROUTE_COUNT,
  type WebTemplates,
} from './web-spans.js';

const OPEN_SESSIONS = 5000;
const SPANS_PER_REQUEST = 250;
/** Average time between two traces of one session. */
const BETWEEN_TRACES_NS = 20e9;
const MS = 1e6;
const USERS = 40_000;

interface Visitor {
  readonly number: number;
  readonly id: Buffer;
  readonly user: Buffer;
  readonly known: boolean;
  readonly address: Buffer;
  readonly browser: number;
  readonly language: number;
  tracesLeft: number;
}

/** The server's half of a trace, which its exporter sends later than the browser's. */
interface ServerPart {
  readonly visitor: Visitor;
  readonly trace: number;
  readonly traceId: Buffer;
  readonly parentId: Buffer;
  readonly route: number;
  readonly startNs: number;
  readonly fails: boolean;
}

/**
 * Visitors of a web shop, without end: 5,000 sessions open at once and interleaved, about 5 traces a session
 * and 6 spans a trace, in requests of about 250 spans as a collector sends them. Browser and server spans of
 * a trace arrive in different requests; a browser's export is a resource of its own.
 */
export class WebStream implements TelemetryStream {
  readonly #templates: WebTemplates;
  readonly #stream: number;
  readonly #random: Random;
  readonly #time: NanoTime;
  readonly #writer = new RequestWriter();
  readonly #entries = new EntryList();
  readonly #open: Visitor[] = [];
  #waiting: ServerPart[] = [];
  #sessions = 0;
  #traces = 0;

  /** `baseMs`: when the first trace starts, milliseconds since 1970. */
  constructor(templates: WebTemplates, stream: number, seed: number, baseMs: number) {
    this.#templates = templates;
    this.#stream = stream;
    this.#random = new Random(seed);
    this.#time = new NanoTime(baseMs);
    for (let i = 0; i < OPEN_SESSIONS; i++) this.#open.push(this.#newVisitor());
  }

  next(): GeneratedRequest {
    const fromServer = this.#waiting;
    this.#waiting = [];
    let spans = 0;
    for (const part of fromServer) spans += this.#writeServerPart(part);
    this.#writer.closeGroup(API_ENVELOPE);
    while (spans < SPANS_PER_REQUEST) spans += this.#writeBrowserPart();
    return { path: '/v1/traces', body: this.#writer.finish(), spans, entries: this.#entries.take() };
  }

  #newVisitor(): Visitor {
    const random = this.#random;
    const number = this.#sessions++;
    return {
      number,
      id: Buffer.from(sessionId(this.#stream, number)),
      user: Buffer.from(userId(random.below(USERS))),
      known: random.unit() < 0.6,
      address: Buffer.from(address(random.uint32())),
      browser: random.below(USER_AGENTS.length),
      language: random.below(LANGUAGES.length),
      tracesLeft: random.between(3, 7),
    };
  }

  #writeBrowserPart(): number {
    const random = this.#random;
    const slot = random.below(OPEN_SESSIONS);
    const visitor = this.#open[slot]!;
    visitor.tracesLeft--;
    if (visitor.tracesLeft === 0) this.#open[slot] = this.#newVisitor();

    const trace = this.#traces++;
    const startNs = trace * (BETWEEN_TRACES_NS / OPEN_SESSIONS) + random.below(MS);
    const traceId = this.#randomBytes(16);
    const rootId = this.#randomBytes(8);
    const fetchId = this.#randomBytes(8);
    const route = random.below(ROUTE_COUNT);
    const resources = random.between(1, 3);
    const write = (
      templates: readonly ByLogin[],
      spanId: Buffer,
      parentId: Buffer | undefined,
      at: number,
      ms: number,
    ) =>
      this.#write(visitor, trace, templates[route]!, {
        traceId,
        spanId,
        parentId,
        startNs: startNs + at * MS + random.below(MS),
        endNs: startNs + (at + ms) * MS + random.below(MS),
      });
    write(this.#templates.pageLoads, rootId, undefined, 0, 1200);
    for (let i = 0; i < resources; i++) {
      write(this.#templates.resources, this.#randomBytes(8), rootId, 90 + 40 * i, random.between(5, 300));
    }
    write(this.#templates.fetches, fetchId, rootId, 200, random.between(40, 900));
    this.#writer.closeGroup(BROWSER_ENVELOPES[visitor.browser]![visitor.language]!);
    this.#waiting.push({
      visitor,
      trace,
      traceId,
      parentId: fetchId,
      route,
      startNs: startNs + 210 * MS,
      fails: random.unit() < 0.03,
    });
    return resources + 2;
  }

  #writeServerPart(part: ServerPart): number {
    const { visitor, trace, traceId, startNs, fails } = part;
    const handlerId = this.#randomBytes(8);
    const handlers = this.#templates.handlers[part.route]![visitor.browser]!;
    const ms = this.#random.between(4, 80);
    this.#write(
      visitor,
      trace,
      handlers[fails ? 1 : 0]!,
      { traceId, spanId: handlerId, parentId: part.parentId, startNs, endNs: startNs + ms * MS },
      fails ? EntryFlag.error : 0,
    );
    this.#write(visitor, trace, this.#templates.database[part.route]!, {
      traceId,
      spanId: this.#randomBytes(8),
      parentId: handlerId,
      startNs: startNs + MS,
      endNs: startNs + MS + this.#random.below(3 * MS),
    });
    return 2;
  }

  #write(
    visitor: Visitor,
    trace: number,
    templates: ByLogin,
    values: Pick<SpanValues, 'traceId' | 'spanId' | 'parentId' | 'startNs' | 'endNs'>,
    flags = 0,
  ): void {
    const template: SpanTemplate = visitor.known ? templates.known : templates.anonymous;
    const all = { ...values, session: visitor.id, user: visitor.user, address: visitor.address };
    writeSpan(this.#writer, template, all, this.#time, this.#random);
    this.#entries.add(visitor.number, trace, EntryFlag.span | flags);
  }

  #randomBytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    this.#random.fill(bytes, 0, length);
    return bytes;
  }
}
