import { SESSION_ID_LENGTH, sessionId, USER_ID_LENGTH, userId } from './ids.js';
import { NanoTime } from './nanos.js';
import { Random } from './random.js';
import { type EnvelopeBytes, RequestWriter } from './request-writer.js';
import { span, spanAttribute, spanTemplate, writeSpan } from './span-template.js';
import { EntryFlag, EntryList, type GeneratedRequest, type TelemetryStream } from './stream.js';
import { attribute, field, hole, holeAt } from './template.js';
import { UNIQUE_WORD_LENGTH, uniqueWord, Vocabulary } from './vocabulary.js';

export const CONVERSATION_DAYS = 30;
/** Text of a session, bytes. */
export const CONVERSATION_TEXT_BYTES = 10_000;
const QUESTION_BYTES = 1_500;
const ANSWER_BYTES = CONVERSATION_TEXT_BYTES - QUESTION_BYTES;
export const VOCABULARY_WORDS = 100_000;
const SESSIONS_PER_REQUEST = 16;
const SESSIONS_PER_USER = 8;
const SECOND = 1e9;
const SPACE = 0x20;
const FULL_STOP = 0x2e;

const ENVELOPE: EnvelopeBytes = {
  resource: field(1, attribute(1, 'service.name', 'assistant')).bytes,
  scope: field(1, field(1, 'bench')).bytes,
};

function message(role: string, name: string, bytes: number) {
  return field(1, `[{"role":"${role}","parts":[{"type":"text","content":"`, hole(name, bytes), '"}]}]');
}

const CALL = span(
  'chat gpt-4o',
  3,
  false,
  spanAttribute('session.id', hole('session', SESSION_ID_LENGTH)),
  spanAttribute('user.id', hole('user', USER_ID_LENGTH)),
  spanAttribute('gen_ai.operation.name', 'chat'),
  spanAttribute('gen_ai.provider.name', 'openai'),
  spanAttribute('gen_ai.request.model', 'gpt-4o'),
  spanAttribute('gen_ai.usage.input_tokens', 400),
  spanAttribute('gen_ai.usage.output_tokens', 2000),
  spanAttribute('gen_ai.input.messages', message('user', 'question', QUESTION_BYTES)),
  spanAttribute('gen_ai.output.messages', message('assistant', 'answer', ANSWER_BYTES)),
);
const TEMPLATE = spanTemplate(CALL);
const QUESTION = holeAt(CALL, 'question');
const ANSWER = holeAt(CALL, 'answer');

/**
 * Sessions of one model call with much text, in the order of their start, spread over a month. Each says a word that
 * no other does (`uniqueWord`).
 */
export class ConversationStream implements TelemetryStream {
  readonly #stream: number;
  readonly #sessions: number;
  readonly #random: Random;
  readonly #time: NanoTime;
  readonly #vocabulary = new Vocabulary(VOCABULARY_WORDS);
  readonly #writer = new RequestWriter();
  readonly #entries = new EntryList();
  #next = 0;

  /** It ends at `endMs`, milliseconds since 1970. */
  constructor(stream: number, seed: number, endMs: number, sessions: number) {
    this.#stream = stream;
    this.#sessions = sessions;
    this.#random = new Random(seed);
    this.#time = new NanoTime(endMs - CONVERSATION_DAYS * 86_400_000);
  }

  next(): GeneratedRequest | undefined {
    if (this.#next === this.#sessions) return undefined;
    const end = Math.min(this.#sessions, this.#next + SESSIONS_PER_REQUEST);
    const spans = end - this.#next;
    for (; this.#next < end; this.#next++) this.#call(this.#next);
    this.#writer.closeGroup(ENVELOPE);
    return { path: '/v1/traces', body: this.#writer.finish(), spans, entries: this.#entries.take() };
  }

  #call(number: number): void {
    const ids = Buffer.alloc(24);
    this.#random.fill(ids, 0, 24);
    const startNs = Math.floor((number / this.#sessions) * CONVERSATION_DAYS * 86_400) * SECOND;
    const user = this.#random.below(Math.ceil(this.#sessions / SESSIONS_PER_USER));
    const values = {
      traceId: ids.subarray(0, 16),
      spanId: ids.subarray(16),
      parentId: undefined,
      startNs,
      endNs: startNs + this.#random.between(1, 20) * SECOND,
      session: Buffer.from(sessionId(this.#stream, number)),
      user: Buffer.from(userId(user)),
    };
    const at = writeSpan(this.#writer, TEMPLATE, values, this.#time, this.#random);
    const text = this.#writer.group;
    this.#say(text, at + QUESTION, QUESTION_BYTES);
    this.#say(text, at + ANSWER, ANSWER_BYTES - UNIQUE_WORD_LENGTH);
    text.write(uniqueWord(number), at + ANSWER + ANSWER_BYTES - UNIQUE_WORD_LENGTH, 'latin1');
    this.#entries.add(number, number, EntryFlag.span | EntryFlag.modelCall, 400, 2000);
  }

  /** Writes words until `length` bytes are full, and a full stop or more in the end. */
  #say(target: Buffer, at: number, length: number): void {
    const end = at + length;
    let next = at;
    for (;;) {
      const word = this.#vocabulary.any(this.#random);
      if (next + word.length >= end) break;
      next += target.write(word, next, 'latin1');
      target[next++] = SPACE;
    }
    target.fill(FULL_STOP, next, end);
  }
}
