import { SESSION_ID_LENGTH, sessionId, USER_ID_LENGTH, userId } from './ids.js';
import { NanoTime } from './nanos.js';
import { Random } from './random.js';
import { type EnvelopeBytes, RequestWriter } from './request-writer.js';
import { type SpanTemplate, span, spanAttribute, spanTemplate, writeSpan } from './span-template.js';
import { EntryFlag, EntryList, type GeneratedRequest, type TelemetryStream } from './stream.js';
import { attribute, field, type Hole, hole, holeAt, intHole, type Part, writeVarint } from './template.js';
import { Corpus } from './text.js';

const OPEN_CONVERSATIONS = 2000;
const TRACES_PER_REQUEST = 12;
const BETWEEN_TRACES_NS = 60e9;
const SECOND = 1e9;
const MS = 1e6;
const USERS = 20_000;
const CALLS_PER_TRACE = 3;
const RESPONSE_ID_LENGTH = 24;

const MODELS = [
  { provider: 'openai', model: 'gpt-4o', host: 'api.openai.com' },
  { provider: 'openai', model: 'gpt-4o-mini', host: 'api.openai.com' },
  { provider: 'anthropic', model: 'claude-sonnet-4-20250514', host: 'api.anthropic.com' },
  { provider: 'gcp.gemini', model: 'gemini-2.5-flash', host: 'generativelanguage.googleapis.com' },
] as const;
type Model = (typeof MODELS)[number];

const AGENTS = ['order-helper', 'travel-planner', 'code-reviewer', 'data-analyst'] as const;

const INSTRUCTIONS =
  'You help the customers of a shop with their orders. Answer in the language of the question, briefly and in a friendly tone. ' +
  'Look every order up before you say anything about it; never guess a price, a date or a tracking number. ' +
  'Ask before you cancel or change an order. Hand over to a person when the customer asks for one or is angry. ' +
  'Do not discuss anything but orders, deliveries, returns and products.';

/** Sizes of the texts of a trace, bytes. */
interface TextSizes {
  readonly user: number;
  readonly result: number;
  readonly answer: number;
}
const SIZES: readonly TextSizes[] = [
  { user: 240, result: 1500, answer: 520 },
  { user: 520, result: 2900, answer: 800 },
  { user: 1100, result: 3500, answer: 1300 },
  { user: 320, result: 4800, answer: 700 },
];

interface TextHole {
  readonly at: number;
  readonly length: number;
  /** Index of the text within its trace. */
  readonly text: number;
}

interface AgentSpan {
  readonly span: SpanTemplate;
  readonly conversation: number;
  readonly responseId: number;
  readonly input: number;
  readonly output: number;
  readonly texts: readonly TextHole[];
}

/** Indexes of the texts of a trace: the question, then result and answer of each step. */
const QUESTION = 0;
const RESULT = (step: number) => 1 + 2 * step;
const ANSWER = (step: number) => 2 + 2 * step;
const TEXTS = 1 + 2 * CALLS_PER_TRACE;

function textSize(sizes: TextSizes, text: number): number {
  if (text === QUESTION) return sizes.user;
  return text % 2 === 1 ? sizes.result : sizes.answer;
}

function agentSpan(part: Part): AgentSpan {
  const texts: TextHole[] = [];
  for (const each of part.holes) {
    if (each.name.startsWith('text')) {
      texts.push({ at: each.at, length: each.length, text: Number(each.name.slice(4)) });
    }
  }
  return {
    span: spanTemplate(part),
    conversation: holeAt(part, 'conversation'),
    responseId: holeAt(part, 'responseId'),
    input: holeAt(part, 'input'),
    output: holeAt(part, 'output'),
    texts,
  };
}

function textHole(sizes: TextSizes, text: number): Hole {
  return hole(`text${text}`, textSize(sizes, text));
}

function said(role: string, text: Hole): (string | Hole)[] {
  return [`{"role":"${role}","parts":[{"type":"text","content":"`, text, '"}]}'];
}

function called(step: number): string {
  return `{"role":"assistant","parts":[{"type":"tool_call","id":"call_${step}","name":"look_up_order","arguments":{"fields":["status","items","delivery"],"page":${step}}}]}`;
}

/** The input of call `step`: the question, and the tool calls so far with their results. */
function inputMessages(sizes: TextSizes, step: number): Part {
  const pieces: (string | Hole)[] = ['[', ...said('user', textHole(sizes, QUESTION))];
  for (let i = 0; i < step; i++) {
    pieces.push(
      ',',
      called(i),
      `,{"role":"tool","parts":[{"type":"tool_call_response","id":"call_${i}","response":"`,
      textHole(sizes, RESULT(i)),
      '"}]}',
    );
  }
  return field(1, ...pieces, ']');
}

function outputMessages(sizes: TextSizes, step: number): Part {
  return field(
    1,
    '[',
    ...said('assistant', textHole(sizes, ANSWER(step))).slice(0, -1),
    '"}],"finish_reason":"stop"}]',
  );
}

function common(model: Model, operation: string): Part[] {
  return [
    spanAttribute('gen_ai.operation.name', operation),
    spanAttribute('gen_ai.provider.name', model.provider),
    spanAttribute('gen_ai.conversation.id', hole('conversation', SESSION_ID_LENGTH)),
    spanAttribute('user.id', hole('user', USER_ID_LENGTH)),
    spanAttribute('gen_ai.request.model', model.model),
  ];
}

function chat(model: Model, sizes: TextSizes, step: number): AgentSpan {
  return agentSpan(
    span(
      `chat ${model.model}`,
      3,
      true,
      ...common(model, 'chat'),
      spanAttribute('gen_ai.response.model', model.model),
      spanAttribute('gen_ai.response.id', field(1, 'resp_', hole('responseId', RESPONSE_ID_LENGTH))),
      spanAttribute('gen_ai.request.max_tokens', 4096),
      spanAttribute('gen_ai.output.type', 'text'),
      // Widths of 2 bytes: 128 to 16,383 tokens.
      spanAttribute('gen_ai.usage.input_tokens', intHole(3, 'input', 2)),
      spanAttribute('gen_ai.usage.output_tokens', intHole(3, 'output', 2)),
      spanAttribute('gen_ai.system_instructions', `[{"type":"text","content":"${INSTRUCTIONS}"}]`),
      spanAttribute('gen_ai.input.messages', inputMessages(sizes, step)),
      spanAttribute('gen_ai.output.messages', outputMessages(sizes, step)),
      spanAttribute('server.address', model.host),
      spanAttribute('server.port', 443),
    ),
  );
}

/** The span around the calls; it repeats their total usage, as agent frameworks do. */
function invokeAgent(model: Model, sizes: TextSizes, agent: string): AgentSpan {
  return agentSpan(
    span(
      `invoke_agent ${agent}`,
      1,
      false,
      ...common(model, 'invoke_agent'),
      spanAttribute('gen_ai.agent.name', agent),
      spanAttribute('gen_ai.agent.id', `agent_${agent}`),
      // 3 bytes: from 16,384 tokens.
      spanAttribute('gen_ai.usage.input_tokens', intHole(3, 'input', 3)),
      spanAttribute('gen_ai.usage.output_tokens', intHole(3, 'output', 2)),
      spanAttribute('gen_ai.input.messages', inputMessages(sizes, 0)),
      spanAttribute('gen_ai.output.messages', outputMessages(sizes, CALLS_PER_TRACE - 1)),
    ),
  );
}

const INVOCATIONS = MODELS.map((model) =>
  SIZES.map((sizes) => AGENTS.map((agent) => invokeAgent(model, sizes, agent))),
);
const CHATS = MODELS.map((model) =>
  SIZES.map((sizes) => Array.from({ length: CALLS_PER_TRACE }, (_, step) => chat(model, sizes, step))),
);

const ENVELOPE: EnvelopeBytes = {
  resource: field(
    1,
    attribute(1, 'service.name', 'agent-runner'),
    attribute(1, 'service.version', '3.8.1'),
    attribute(1, 'service.instance.id', '1f0d2c38-5a1e-4f27-9f66-0c7b7c0b8f15'),
    attribute(1, 'deployment.environment.name', 'production'),
    attribute(1, 'telemetry.sdk.name', 'opentelemetry'),
    attribute(1, 'telemetry.sdk.language', 'python'),
    attribute(1, 'telemetry.sdk.version', '1.39.0'),
    attribute(1, 'host.name', 'agent-runner-6c9d4f7b58-h7m2p'),
  ).bytes,
  scope: field(1, field(1, 'opentelemetry.instrumentation.genai'), field(2, '2.3.0')).bytes,
};

interface Conversation {
  readonly number: number;
  readonly id: Buffer;
  readonly user: Buffer;
  readonly model: number;
  readonly agent: number;
  tracesLeft: number;
}

/**
 * Conversations with agents, without end: 2,000 open at once and interleaved, four turns each on average. A
 * turn is a trace of one `invoke_agent` span and three `chat` spans that send the growing history, about 5 kB
 * a span.
 */
export class GenAiStream implements TelemetryStream {
  readonly #stream: number;
  readonly #random: Random;
  readonly #time: NanoTime;
  readonly #corpus: Corpus;
  readonly #writer = new RequestWriter();
  readonly #entries = new EntryList();
  readonly #open: Conversation[] = [];
  readonly #ids = Buffer.allocUnsafe(32);
  #sessions = 0;
  #traces = 0;

  /** `baseMs`: when the first trace starts, milliseconds since 1970. */
  constructor(stream: number, seed: number, baseMs: number) {
    this.#stream = stream;
    this.#random = new Random(seed);
    this.#time = new NanoTime(baseMs);
    this.#corpus = new Corpus(this.#random);
    for (let i = 0; i < OPEN_CONVERSATIONS; i++) this.#open.push(this.#newConversation());
  }

  next(): GeneratedRequest {
    for (let i = 0; i < TRACES_PER_REQUEST; i++) this.#writeTrace();
    this.#writer.closeGroup(ENVELOPE);
    return {
      path: '/v1/traces',
      body: this.#writer.finish(),
      spans: TRACES_PER_REQUEST * (1 + CALLS_PER_TRACE),
      entries: this.#entries.take(),
    };
  }

  #newConversation(): Conversation {
    const random = this.#random;
    const number = this.#sessions++;
    return {
      number,
      id: Buffer.from(sessionId(this.#stream, number)),
      user: Buffer.from(userId(random.below(USERS))),
      model: random.below(MODELS.length),
      agent: random.below(AGENTS.length),
      tracesLeft: random.between(2, 6),
    };
  }

  #writeTrace(): void {
    const random = this.#random;
    const slot = random.below(OPEN_CONVERSATIONS);
    const conversation = this.#open[slot]!;
    conversation.tracesLeft--;
    if (conversation.tracesLeft === 0) this.#open[slot] = this.#newConversation();

    const trace = this.#traces++;
    const startNs = trace * (BETWEEN_TRACES_NS / OPEN_CONVERSATIONS) + random.below(MS);
    random.fill(this.#ids, 0, 24);
    const traceId = this.#ids.subarray(0, 16);
    const rootId = this.#ids.subarray(16, 24);
    const size = random.below(SIZES.length);
    const texts = Array.from({ length: TEXTS }, (_, text) =>
      this.#corpus.place(textSize(SIZES[size]!, text)),
    );
    let inputSum = 0;
    let outputSum = 0;
    for (let step = 0; step < CALLS_PER_TRACE; step++) {
      const input = random.between(6_000, 12_000);
      const output = random.between(130, 900);
      inputSum += input;
      outputSum += output;
      random.fill(this.#ids, 24, 8);
      this.#write(CHATS[conversation.model]![size]![step]!, conversation, texts, {
        traceId,
        spanId: this.#ids.subarray(24, 32),
        parentId: rootId,
        startNs: startNs + step * 3 * SECOND + MS,
        endNs: startNs + step * 3 * SECOND + random.between(400, 2900) * MS,
        input,
        output,
      });
      this.#entries.add(conversation.number, trace, EntryFlag.span | EntryFlag.modelCall, input, output);
    }
    this.#write(INVOCATIONS[conversation.model]![size]![conversation.agent]!, conversation, texts, {
      traceId,
      spanId: rootId,
      parentId: undefined,
      startNs,
      endNs: startNs + CALLS_PER_TRACE * 3 * SECOND,
      input: inputSum,
      output: outputSum,
    });
    this.#entries.add(conversation.number, trace, EntryFlag.span);
  }

  #write(
    template: AgentSpan,
    conversation: Conversation,
    texts: readonly number[],
    values: {
      traceId: Buffer;
      spanId: Buffer;
      parentId: Buffer | undefined;
      startNs: number;
      endNs: number;
      input: number;
      output: number;
    },
  ): void {
    const { id, user } = conversation;
    const spanValues = { ...values, session: id, user };
    const at = writeSpan(this.#writer, template.span, spanValues, this.#time, this.#random);
    const group = this.#writer.group;
    group.set(id, at + template.conversation);
    writeVarint(group, at + template.input, values.input);
    writeVarint(group, at + template.output, values.output);
    if (template.responseId >= 0) {
      for (let i = 0; i < RESPONSE_ID_LENGTH; i++) {
        group[at + template.responseId + i] = 97 + this.#random.below(26);
      }
    }
    for (const { at: offset, length, text } of template.texts) {
      this.#corpus.write(group, at + offset, length, texts[text]!);
    }
  }
}
