import { LANGUAGES, USER_AGENTS } from './browsers.js';
import { address, SESSION_ID_LENGTH, sessionId, userId } from './ids.js';
import { NanoTime } from './nanos.js';
import { Random, scramble } from './random.js';
import { RequestWriter } from './request-writer.js';
import { type SpanTemplate, writeSpan } from './span-template.js';
import { EntryFlag, EntryList, type GeneratedRequest, type TelemetryStream } from './stream.js';
import { attribute, field, fixed64Hole, hole, holeAt, type Part } from './template.js';
import {
  API_ENVELOPE,
  ASSIST,
  ASSIST_TOKENS,
  BROWSER_ENVELOPES,
  type ByLogin,
  FETCHES,
  HANDLERS,
  PAGE_LOADS,
  ROUTE_COUNT,
} from './web-spans.js';

const SPANS_PER_REQUEST = 250;
/** The spans of a session arrive spread over this many sessions. */
const INTERLEAVE = 512;
const MS = 1e6;
const SECOND = 1e9;
export const HISTORY_DAYS = 30;
const HISTORY_NS = HISTORY_DAYS * 86_400 * SECOND;

/** Share of the sessions that belong to the heavy user, and to any known user. */
const HEAVY_SHARE = 0.05;
const KNOWN_SHARE = 0.65;
/** Average number of sessions of a known user other than the heavy one. */
const SESSIONS_PER_USER = 8;
const ENDED_SHARE = 0.2;
const MODEL_CALL_SHARE = 0.1;
const ERROR_SHARE = 0.04;
const TWO_TRACES_SHARE = 0.4;

const HEAVY_USER = 0;

/** The user with one session in twenty. */
export const HEAVY_USER_ID = userId(HEAVY_USER);

function users(sessions: number): number {
  return Math.max(10, Math.floor(sessions / SESSIONS_PER_USER));
}

/** A user with few sessions, rarely none, for a `random` number from 0 to 1. */
export function rareUserId(sessions: number, random: number): string {
  return userId(1 + Math.floor(users(sessions) * (0.5 + random / 2)));
}

interface Visit {
  readonly number: number;
  readonly id: Buffer;
  readonly user: Buffer;
  readonly known: boolean;
  readonly address: Buffer;
  readonly browser: number;
  readonly language: number;
  readonly route: number;
  readonly startNs: number;
  readonly durationNs: number;
  readonly traceIds: readonly [Buffer, Buffer];
  readonly spanIds: readonly [Buffer, Buffer, Buffer];
  readonly twoTraces: boolean;
}

const SESSION_END: Part = field(
  2,
  fixed64Hole(1, 'time'),
  fixed64Hole(11, 'observed'),
  field(12, 'session.end'),
  attribute(6, 'session.id', hole('session', SESSION_ID_LENGTH)),
);
const SESSION_END_HOLES = {
  time: holeAt(SESSION_END, 'time'),
  observed: holeAt(SESSION_END, 'observed'),
  session: holeAt(SESSION_END, 'session'),
};

/**
 * A month of web sessions in the order of their start, for queries over many sessions: three spans in one or two
 * traces each, one heavy user, some frequent and many rare ones, a fifth ended by a `session.end`, a tenth with a
 * model call. Spans of neighbouring sessions are interleaved.
 */
export class HistoryStream implements TelemetryStream {
  readonly #stream: number;
  readonly #sessions: number;
  readonly #random: Random;
  readonly #time: NanoTime;
  readonly #writer = new RequestWriter();
  readonly #entries = new EntryList();
  /** Second and third spans by the session count at which they are sent. */
  readonly #later: { visit: Visit; index: number }[][] = Array.from({ length: INTERLEAVE }, () => []);
  #step = 0;
  #browserSpans: { visit: Visit; index: number }[] = [];
  #serverSpans: { visit: Visit; index: number }[] = [];
  #ends: Visit[] = [];

  /** The history ends at `endMs`, milliseconds since 1970, and begins 30 days before. */
  constructor(stream: number, seed: number, endMs: number, sessions: number) {
    this.#stream = stream;
    this.#sessions = sessions;
    this.#random = new Random(seed);
    this.#time = new NanoTime(endMs - HISTORY_NS / MS);
  }

  next(): GeneratedRequest | undefined {
    while (
      this.#step < this.#sessions + INTERLEAVE &&
      this.#browserSpans.length + this.#serverSpans.length < SPANS_PER_REQUEST &&
      this.#ends.length < SPANS_PER_REQUEST
    ) {
      this.#advance();
    }
    if (this.#ends.length >= SPANS_PER_REQUEST) return this.#sendEnds();
    if (this.#browserSpans.length + this.#serverSpans.length > 0) return this.#sendSpans();
    return this.#ends.length > 0 ? this.#sendEnds() : undefined;
  }

  #advance(): void {
    const number = this.#step++;
    const due = this.#later[number % INTERLEAVE]!;
    this.#later[number % INTERLEAVE] = [];
    for (const { visit, index } of due) {
      if (index === 1) this.#browserSpans.push({ visit, index });
      else this.#serverSpans.push({ visit, index });
      if (index === 2 && this.#random.unit() < ENDED_SHARE) this.#ends.push(visit);
    }
    if (number >= this.#sessions) return;
    const visit = this.#newVisit(number);
    this.#browserSpans.push({ visit, index: 0 });
    const second = this.#random.between(1, INTERLEAVE / 2 - 1);
    const third = second + this.#random.between(0, INTERLEAVE / 2 - 1);
    this.#later[(number + second) % INTERLEAVE]!.push({ visit, index: 1 });
    this.#later[(number + third) % INTERLEAVE]!.push({ visit, index: 2 });
  }

  #newVisit(number: number): Visit {
    const random = this.#random;
    const startNs = Math.floor(((number + random.unit()) / this.#sessions) * HISTORY_NS);
    const longest = HISTORY_NS - startNs;
    const kind = random.unit();
    const user = kind < HEAVY_SHARE ? HEAVY_USER : 1 + Math.floor(random.unit() ** 2 * users(this.#sessions));
    return {
      number,
      id: Buffer.from(sessionId(this.#stream, number)),
      user: Buffer.from(userId(user)),
      known: kind < KNOWN_SHARE,
      address: Buffer.from(address(scramble(user + number))),
      browser: random.below(USER_AGENTS.length),
      language: random.below(LANGUAGES.length),
      route: random.below(ROUTE_COUNT),
      startNs,
      durationNs: Math.floor(Math.min(longest, random.unit() ** 3 * 2400 * SECOND + SECOND)),
      traceIds: [this.#randomBytes(16), this.#randomBytes(16)],
      spanIds: [this.#randomBytes(8), this.#randomBytes(8), this.#randomBytes(8)],
      twoTraces: random.unit() < TWO_TRACES_SHARE,
    };
  }

  #sendSpans(): GeneratedRequest {
    const spans = this.#browserSpans.length + this.#serverSpans.length;
    // A gateway's exports: the browsers' spans grouped by kind of browser.
    const groups = new Map<number, { visit: Visit; index: number }[]>();
    for (const each of this.#browserSpans) {
      const key = each.visit.browser * LANGUAGES.length + each.visit.language;
      const group = groups.get(key);
      if (group) group.push(each);
      else groups.set(key, [each]);
    }
    for (const [key, group] of groups) {
      for (const { visit, index } of group) this.#writeSpan(visit, index);
      this.#writer.closeGroup(
        BROWSER_ENVELOPES[Math.floor(key / LANGUAGES.length)]![key % LANGUAGES.length]!,
      );
    }
    for (const { visit, index } of this.#serverSpans) this.#writeSpan(visit, index);
    this.#writer.closeGroup(API_ENVELOPE);
    this.#browserSpans = [];
    this.#serverSpans = [];
    return { path: '/v1/traces', body: this.#writer.finish(), spans, entries: this.#entries.take() };
  }

  #sendEnds(): GeneratedRequest {
    for (const visit of this.#ends) {
      const at = this.#writer.copy(SESSION_END);
      const group = this.#writer.group;
      const timeNs = visit.startNs + visit.durationNs;
      this.#time.write(group, at + SESSION_END_HOLES.time, timeNs);
      this.#time.write(group, at + SESSION_END_HOLES.observed, timeNs);
      group.set(visit.id, at + SESSION_END_HOLES.session);
      this.#entries.add(visit.number, 0, EntryFlag.end);
    }
    this.#writer.closeGroup(API_ENVELOPE);
    this.#ends = [];
    return { path: '/v1/logs', body: this.#writer.finish(), spans: 0, entries: this.#entries.take() };
  }

  #writeSpan(visit: Visit, index: number): void {
    const { durationNs, twoTraces } = visit;
    const second = twoTraces && index === 2 ? 1 : 0;
    let templates: ByLogin;
    let flags = 0;
    if (index === 0) templates = PAGE_LOADS[visit.route]!;
    else if (index === 1) templates = FETCHES[visit.route]!;
    else if (this.#random.unit() < MODEL_CALL_SHARE) {
      templates = ASSIST;
      flags = EntryFlag.modelCall;
    } else {
      const fails = this.#random.unit() < ERROR_SHARE;
      templates = HANDLERS[visit.route]![visit.browser]![fails ? 1 : 0]!;
      flags = fails ? EntryFlag.error : 0;
    }
    const template: SpanTemplate = visit.known ? templates.known : templates.anonymous;
    const startNs = visit.startNs + Math.floor((durationNs * index) / 3);
    const endNs = index === 2 ? visit.startNs + durationNs : startNs + Math.floor(durationNs / 9);
    writeSpan(
      this.#writer,
      template,
      {
        traceId: visit.traceIds[second]!,
        spanId: visit.spanIds[index]!,
        parentId: visit.spanIds[index === 0 ? 0 : index - 1],
        startNs,
        endNs,
        session: visit.id,
        user: visit.user,
        address: visit.address,
      },
      this.#time,
      this.#random,
    );
    const call = flags === EntryFlag.modelCall;
    this.#entries.add(
      visit.number,
      2 * visit.number + second,
      EntryFlag.span | flags,
      call ? ASSIST_TOKENS.input : 0,
      call ? ASSIST_TOKENS.output : 0,
    );
  }

  #randomBytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    this.#random.fill(bytes, 0, length);
    return bytes;
  }
}
