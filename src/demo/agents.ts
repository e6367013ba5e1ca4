import { AGENTS, type AgentProfile, type Model, type Tool } from './agent-profiles.js';
import type { Random } from './random.js';
import {
  type Attributes,
  exceptionEvent,
  Recorder,
  Severity,
  type Source,
  type SpanContext,
  SpanKind,
} from './telemetry.js';

const SECOND = 1_000;

/** One process of each agent serves all its conversations. */
const SOURCES: ReadonlyMap<AgentProfile, Source> = new Map(
  AGENTS.map((agent) => [
    agent,
    {
      resource: {
        'service.name': agent.service,
        'service.version': '0.9.2',
        'service.instance.id': `${agent.service}-0`,
        'deployment.environment.name': 'production',
        'telemetry.sdk.name': 'opentelemetry',
        'telemetry.sdk.language': 'python',
      },
      scope: { name: 'shop.agents', version: '0.9.2' },
    },
  ]),
);

/** Records one conversation of a person with an agent, beginning at `start` (ms since 1970). */
export function converse(start: number, random: Random, ids: Random): Recorder {
  return new Conversation(random.pickWeighted(AGENTS), random, ids).play(start);
}

/** Tokens of one model call; `input` includes the cached ones, `output` the reasoning. */
interface CallUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
}

/** Part of a message: text, a tool call, or a tool's result. */
interface MessagePart {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** A message in the form of the conventions' JSON schemas for `gen_ai.input.messages`. */
interface Message {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly parts: readonly MessagePart[];
}

class Conversation {
  readonly #agent: AgentProfile;
  readonly #model: Model;
  readonly #random: Random;
  readonly #ids: Random;
  readonly #recorder: Recorder;
  readonly #source: Source;
  readonly #common: Attributes;
  readonly #history: Message[] = [];
  /** Tokens that each call sends again. */
  #contextTokens: number;
  #cachedTokens = 0;

  constructor(agent: AgentProfile, random: Random, ids: Random) {
    this.#agent = agent;
    this.#model = random.pick(agent.models);
    this.#random = random;
    this.#ids = ids;
    this.#recorder = new Recorder(ids);
    this.#source = SOURCES.get(agent)!;
    this.#common = {
      'gen_ai.conversation.id': `conv_${ids.hex(24)}`,
      'gen_ai.agent.name': agent.name,
      'gen_ai.provider.name': this.#model.provider,
    };
    this.#contextTokens = random.int(900, 3_500);
  }

  play(start: number): Recorder {
    const random = this.#random;
    const userId = random.chance(0.7) ? `usr_${random.hex(8)}` : undefined;
    const turns = random.int(1, this.#agent.turns.length);
    let now = start;
    for (const turn of this.#agent.turns.slice(0, turns)) {
      now = this.#turn(turn, now, userId);
      now += random.duration(35 * SECOND);
    }
    return this.#recorder;
  }

  /** The agent answers one question: it calls the model, may use a tool, and then calls it again. */
  #turn(turn: AgentProfile['turns'][number], start: number, userId: string | undefined): number {
    const random = this.#random;
    const invocation = this.#recorder.context();
    this.#history.push({ role: 'user', parts: [{ type: 'text', content: turn.question }] });
    const spent: CallUsage[] = [];
    let now = start + random.duration(12);
    for (let toolCalls = random.int(0, 2); toolCalls > 0; toolCalls--) {
      const tool = random.pick(this.#agent.tools);
      const callId = `call_${this.#ids.hex(16)}`;
      now = this.#chat(now, invocation, spent, [
        { type: 'tool_call', id: callId, name: tool.name, arguments: JSON.parse(tool.arguments) },
      ]);
      now = this.#useTool(tool, callId, now, invocation);
    }
    now = this.#chat(now, invocation, spent, [{ type: 'text', content: turn.answer }]);
    const end = now + random.duration(6);
    const sum = (field: keyof CallUsage): number => spent.reduce((total, usage) => total + usage[field], 0);
    this.#recorder.span({
      source: this.#source,
      context: invocation,
      name: `invoke_agent ${this.#agent.name}`,
      kind: SpanKind.internal,
      start,
      end,
      attributes: {
        ...this.#common,
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.description': this.#agent.description,
        'gen_ai.request.model': this.#model.requested,
        // An agent's span repeats the usage of its model calls.
        'gen_ai.usage.input_tokens': sum('input'),
        'gen_ai.usage.output_tokens': sum('output'),
        'user.id': userId,
      },
    });
    if (random.chance(0.15)) this.#evaluate(end + random.duration(2 * SECOND), invocation);
    return end;
  }

  /** A model call, retried after a moment if the provider refuses it. */
  #chat(at: number, parent: SpanContext, spent: CallUsage[], parts: Message['parts']): number {
    const random = this.#random;
    let start = at;
    if (random.chance(0.03)) start = this.#refusedCall(at, parent) + random.duration(2 * SECOND);

    const usage = this.#usage();
    spent.push(usage);
    const end = start + random.duration(350) + usage.output * random.int(8, 18);
    const asksForTool = parts[0]?.type === 'tool_call';
    const finish = asksForTool ? 'tool_call' : 'stop';
    const inputMessages = this.#history.slice(-6);
    const answer: Message = { role: 'assistant', parts };
    this.#recorder.span({
      ...this.#callStory(start, end, parent),
      attributes: {
        ...this.#callAttributes(),
        'gen_ai.response.model': this.#model.answered,
        'gen_ai.response.id': `${this.#model.responsePrefix}${this.#ids.hex(24)}`,
        'gen_ai.response.finish_reasons': [finish],
        'gen_ai.usage.input_tokens': usage.input,
        'gen_ai.usage.output_tokens': usage.output,
        'gen_ai.usage.cache_read.input_tokens': usage.cacheRead > 0 ? usage.cacheRead : undefined,
        'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite > 0 ? usage.cacheWrite : undefined,
        'gen_ai.usage.reasoning.output_tokens': usage.reasoning > 0 ? usage.reasoning : undefined,
        'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: this.#agent.instructions }]),
        'gen_ai.input.messages': JSON.stringify(inputMessages),
        'gen_ai.output.messages': JSON.stringify([{ ...answer, finish_reason: finish }]),
      },
    });
    this.#history.push(answer);
    return end;
  }

  #refusedCall(at: number, parent: SpanContext): number {
    const end = at + this.#random.duration(180);
    const message = 'Rate limit reached for requests per minute. Please try again in 2s.';
    this.#recorder.span({
      ...this.#callStory(at, end, parent),
      attributes: {
        ...this.#callAttributes(),
        'http.response.status_code': 429,
        'error.type': 'RateLimitError',
      },
      events: [exceptionEvent(end, 'RateLimitError', message, `RateLimitError: ${message}`)],
      error: message,
    });
    return end;
  }

  #callStory(start: number, end: number, parent: SpanContext) {
    const name = `chat ${this.#model.requested}`;
    return { source: this.#source, parent, name, kind: SpanKind.client, start, end } as const;
  }

  #callAttributes(): Attributes {
    return {
      ...this.#common,
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': this.#model.requested,
      'gen_ai.request.max_tokens': 4096,
      'server.address': this.#model.server,
      'server.port': 443,
    };
  }

  /** The context grows with the conversation; the part sent before is read from the provider's cache. */
  #usage(): CallUsage {
    const random = this.#random;
    const input = this.#contextTokens + random.int(20, 400);
    const cacheRead = this.#cachedTokens;
    const cacheWrite = this.#model.provider === 'anthropic' ? input - cacheRead : 0;
    const reasoning = this.#model.reasons ? random.int(64, 1_800) : 0;
    const output = reasoning + random.int(15, 500);
    this.#contextTokens = input + output - reasoning;
    // Providers cache whole blocks from the beginning.
    this.#cachedTokens = cacheWrite > 0 ? input : Math.floor(input / 128) * 128;
    return { input, output, cacheRead, cacheWrite, reasoning };
  }

  #useTool(tool: Tool, callId: string, at: number, parent: SpanContext): number {
    const random = this.#random;
    const fails = random.chance(0.06);
    const end = at + random.duration(fails ? tool.median * 8 : tool.median);
    const message = `${tool.name} did not answer in time`;
    const span = this.#recorder.span({
      source: this.#source,
      parent,
      name: `execute_tool ${tool.name}`,
      kind: SpanKind.internal,
      start: at,
      end,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool.name,
        'gen_ai.tool.type': 'function',
        'gen_ai.tool.call.id': callId,
        'gen_ai.tool.call.arguments': tool.arguments,
        'gen_ai.tool.call.result': fails ? undefined : tool.result,
        'error.type': fails ? 'TimeoutError' : undefined,
      },
      events: fails ? [exceptionEvent(end, 'TimeoutError', message, `TimeoutError: ${message}`)] : [],
      error: fails ? message : undefined,
    });
    if (fails) {
      this.#recorder.log({ source: this.#source, at: end, severity: Severity.warn, body: message, span });
    }
    this.#history.push({
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: callId, response: fails ? message : tool.result }],
    });
    return end;
  }

  /** A judge evaluates the answer some time later. */
  #evaluate(at: number, span: SpanContext): void {
    const score = this.#random.int(30, 100) / 100;
    this.#recorder.log({
      source: this.#source,
      at,
      eventName: 'gen_ai.evaluation.result',
      attributes: {
        'gen_ai.evaluation.name': 'helpfulness',
        'gen_ai.evaluation.score.value': score,
        'gen_ai.evaluation.score.label': score >= 0.6 ? 'pass' : 'fail',
      },
      span,
    });
  }
}
