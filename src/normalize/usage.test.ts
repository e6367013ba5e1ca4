import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type AttributeValue, logBatch, type SpanSpec, spanBatch } from '../../test/support/telemetry.js';
import { type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import type { GenAiDialect } from './dialects/dialect.js';
import { GENAI_DIALECTS } from './dialects/registry.js';
import type { Usage } from './facts.js';
import type { Normalizer, RecordContext, RecordFacts } from './normalizer.js';
import { createUsageReader, type UsageReader } from './usage.js';

const usageKey = (name: string) => attributeKey(name, KeyGroup.usage);

// Keys are declared before the first record is read.
const AUDIO = {
  input: usageKey('acme.in.audio'),
  output: usageKey('acme.out.audio'),
  cached: usageKey('acme.cached.audio'),
};

/** A second dialect, for what only shows where there are several. */
const acme: GenAiDialect = {
  name: 'acme',
  sessionKeys: [],
  recognizedBy: [
    { scopeName: /^acme\.agents$/, anyOf: [usageKey('acme.in')] },
    { serviceName: /^acme-gateway$/ },
    { spanName: /^acme\./ },
  ],
  kinds: [
    {
      key: usageKey('acme.kind'),
      kinds: new Map([
        ['model', 'call'],
        ['none', 'neither'],
      ]),
    },
    { spanName: /^acme\.run$/, kind: 'wrapper' },
    { anyOf: [usageKey('acme.in')], kind: 'call' },
  ],
  keys: {
    input: [usageKey('acme.in')],
    output: [usageKey('acme.out')],
    cacheRead: [usageKey('acme.cached')],
    cacheWrite: [],
    reasoning: [usageKey('acme.thoughts')],
    total: [usageKey('acme.total')],
    provider: [usageKey('acme.provider')],
    requestModel: [],
    responseModel: [],
    callIds: [],
    cost: [],
  },
  inputIncludesCache: false,
  outputIncludesReasoning: false,
};

/** Passes on what the reader says, so that the attributes come as the wire reader gives them. */
class UsageNormalizer implements Normalizer {
  readonly serviceName: string | undefined;
  readonly metricNames = new Set<string>();
  readonly #read: UsageReader['read'];
  readonly priceOf = () => undefined;
  #scopeName = '';
  #scopeVersion = '';

  constructor(dialects: readonly GenAiDialect[], serviceName: string | undefined) {
    this.#read = createUsageReader(dialects).read;
    this.serviceName = serviceName;
  }

  resource(): void {}

  scope(_attributes: AttributeView, name: string, version: string): void {
    this.#scopeName = name;
    this.#scopeVersion = version;
  }

  record(attributes: AttributeView, context: RecordContext): RecordFacts {
    const usage = this.#read(attributes, {
      isLog: context.isLog,
      spanName: () => context.spanName(),
      eventName: () => context.eventName(),
      scopeName: () => this.#scopeName,
      scopeVersion: () => this.#scopeVersion,
      serviceName: this.serviceName,
      startNs: context.startNs,
    });
    return {
      session: undefined,
      identity: undefined,
      usage,
      lifecycleEvent: undefined,
      visit: undefined,
      exceptions: undefined,
    };
  }
}

type Attributes = Record<string, AttributeValue>;

interface Circumstances {
  readonly dialects?: readonly GenAiDialect[];
  readonly service?: string;
  readonly span?: Partial<SpanSpec>;
}

const TIME = 1_790_000_000_000_000_000n;

function usageOf(
  attributes: Attributes,
  { dialects = GENAI_DIALECTS, service, span }: Circumstances = {},
): Usage | undefined {
  const batch = spanBatch(new UsageNormalizer(dialects, service), [
    { trace: '1', span: '1', start: TIME, end: TIME, attributes, ...span },
  ]);
  return batch.usages[batch.usage[0]!];
}

/** What is usual to check: without kind and dialect. */
function numbersOf(
  attributes: Attributes,
  circumstances?: Circumstances,
): Omit<Usage, 'kind' | 'dialect' | 'signal' | 'scope'> {
  const usage = usageOf(attributes, circumstances);
  assert.ok(usage !== undefined, 'not recognised');
  const { kind, dialect, signal, scope, ...numbers } = usage;
  return numbers;
}

const chat = (attributes: Attributes): Attributes => ({ 'gen_ai.operation.name': 'chat', ...attributes });

describe('generations of the conventions', () => {
  const expected: Usage = {
    kind: 'call',
    dialect: 'otel-genai',
    signal: 'span',
    scope: 'test',
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    inputTokens: 1000,
    outputTokens: 200,
    callIds: ['chatcmpl-1'],
    costNanoUsd: 4_500_000,
    costSource: 'list',
  };
  const common = {
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.response.id': 'chatcmpl-1',
  };
  const since127 = {
    ...common,
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 200,
  };
  const generations: readonly [since: string, attributes: Attributes, expected: Usage][] = [
    [
      '1.26',
      {
        ...common,
        'gen_ai.system': 'openai',
        'gen_ai.usage.prompt_tokens': 1000,
        'gen_ai.usage.completion_tokens': 200,
      },
      expected,
    ],
    ['1.27', { ...since127, 'gen_ai.system': 'openai' }, expected],
    ['1.37', { ...since127, 'gen_ai.provider.name': 'openai' }, expected],
    [
      '1.40',
      {
        ...since127,
        'gen_ai.provider.name': 'openai',
        'gen_ai.usage.cache_read.input_tokens': 400,
        'gen_ai.usage.cache_creation.input_tokens': 0,
      },
      { ...expected, cacheReadTokens: 400, cacheWriteTokens: 0, costNanoUsd: 4_000_000 },
    ],
    [
      '1.41',
      { ...since127, 'gen_ai.provider.name': 'openai', 'gen_ai.usage.reasoning.output_tokens': 150 },
      { ...expected, reasoningTokens: 150 },
    ],
    [
      'after 1.41',
      { ...since127, 'gen_ai.provider.name': 'openai', 'gen_ai.usage.cache_write.input_tokens': 300 },
      { ...expected, cacheWriteTokens: 300 },
    ],
    [
      'with kinds of content, parts of input and output',
      {
        ...since127,
        'gen_ai.provider.name': 'openai',
        'gen_ai.usage.text.input_tokens': 700,
        'gen_ai.usage.image.input_tokens': 300,
        'gen_ai.usage.text.output_tokens': 200,
        'gen_ai.conversation.compacted': true,
      },
      expected,
    ],
  ];
  for (const [since, attributes, usage] of generations) {
    test(`semconv ${since}`, () => assert.deepEqual(usageOf(attributes), usage));
  }
});

describe('kinds of content', () => {
  const of = (attributes: Attributes) => numbersOf(chat(attributes));

  test('stand for the whole where that is missing', () => {
    const attributes = {
      'gen_ai.usage.text.input_tokens': 90,
      'gen_ai.usage.image.input_tokens': 40,
      'gen_ai.usage.video.input_tokens': 20,
      'gen_ai.usage.audio.input_tokens': 10,
      'gen_ai.usage.text.output_tokens': 7,
      'gen_ai.usage.audio.output_tokens': 5,
    };
    assert.deepEqual(of(attributes), {
      inputTokens: 160,
      outputTokens: 12,
      inputAudioTokens: 10,
      outputAudioTokens: 5,
    });
  });

  test('are never added to it', () => {
    const attributes = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.image.input_tokens': 40 };
    assert.deepEqual(of(attributes), { inputTokens: 100 });
  });

  test('cached audio is part of the cache', () => {
    const attributes = {
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.audio.input_tokens': 50,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.usage.audio.cache_read.input_tokens': 30,
    };
    assert.deepEqual(of(attributes), {
      inputTokens: 100,
      cacheReadTokens: 60,
      inputAudioTokens: 50,
      cacheAudioReadTokens: 30,
    });
  });
});

describe('U12: what stands for a missing value', () => {
  test('is no name: the next key is read', () => {
    const names = ['none', 'null', 'unknown', 'None', '[REDACTED]', '<redacted>', ' '];
    for (const name of names) {
      const attributes = chat({
        'gen_ai.response.model': name,
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.provider.name': name,
        'gen_ai.system': 'openai',
        'gen_ai.response.id': name,
      });
      assert.deepEqual(numbersOf(attributes), { provider: 'openai', model: 'gpt-4o' }, name);
    }
  });
});

describe('U1: the first dialect that recognises a record reads it', () => {
  const dialects = [acme, ...GENAI_DIALECTS];
  const dialectOf = (attributes: Attributes, circumstances: Circumstances = {}) =>
    usageOf(attributes, { dialects, ...circumstances })?.dialect;

  test('by scope and keys together', () => {
    const attributes = { 'acme.in': 1, 'gen_ai.usage.input_tokens': 2 };
    assert.equal(dialectOf(attributes, { span: { scope: 'acme.agents' } }), 'acme');
    assert.equal(dialectOf(attributes, { span: { scope: 'acme.agents.more' } }), 'otel-genai');
    assert.equal(
      dialectOf({ 'gen_ai.usage.input_tokens': 2 }, { span: { scope: 'acme.agents' } }),
      'otel-genai',
    );
  });

  test('by service, or by span name', () => {
    assert.equal(dialectOf({ 'acme.in': 1 }, { service: 'acme-gateway' }), 'acme');
    assert.equal(dialectOf({ 'acme.in': 1 }, { span: { name: 'acme.call' } }), 'acme');
  });

  test('in the order of the registry', () => {
    const span = { name: 'acme.call' };
    assert.equal(dialectOf({ 'acme.in': 1, 'gen_ai.usage.input_tokens': 2 }, { span }), 'acme');
    assert.equal(
      dialectOf({ 'acme.in': 1, 'gen_ai.usage.input_tokens': 2 }, { span, dialects: dialects.toReversed() }),
      'otel-genai',
    );
  });

  test('a record that is neither in its dialect is not offered to the next', () => {
    const attributes = { 'acme.kind': 'none', 'gen_ai.usage.input_tokens': 2 };
    assert.equal(dialectOf(attributes, { span: { name: 'acme.call' } }), undefined);
  });

  test('an unrecognised record has no usage', () => {
    assert.equal(dialectOf({ 'acme.in': 1 }), undefined);
    assert.equal(usageOf({ 'http.request.method': 'GET', 'gen_ai.tool.name': 'search' }), undefined);
  });
});

describe('U2: calls, wrappers and neither', () => {
  const kinds: readonly [operation: string, kind: Usage['kind'] | undefined][] = [
    ['chat', 'call'],
    ['Chat', 'call'],
    ['generate_content', 'call'],
    ['text_completion', 'call'],
    ['embeddings', 'call'],
    ['chat.completions', 'call'],
    ['text.completions', 'call'],
    ['embedding', 'call'],
    ['image_generation', 'call'],
    ['invoke_agent', 'wrapper'],
    ['invoke_workflow', 'wrapper'],
    ['agent_step', 'wrapper'],
    ['an operation of tomorrow', 'wrapper'],
    ['constructor', 'wrapper'],
    ['execute_tool', undefined],
    ['retrieval', undefined],
    ['create_agent', undefined],
    ['plan', undefined],
    ['search_memory', undefined],
    ['__proto__', 'wrapper'],
  ];
  for (const [operation, kind] of kinds) {
    test(`operation ${operation} is ${kind ?? 'neither'}`, () => {
      const attributes = { 'gen_ai.operation.name': operation, 'gen_ai.usage.input_tokens': 5 };
      assert.equal(usageOf(attributes)?.kind, kind);
    });
  }

  test('without an operation, tokens or a model make a call', () => {
    for (const key of [
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.completion_tokens',
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.total_tokens',
    ]) {
      assert.equal(usageOf({ [key]: 5 })?.kind, 'call', key);
    }
    assert.equal(usageOf({ 'gen_ai.request.model': 'gpt-4o' })?.kind, 'call');
    assert.equal(usageOf({ 'gen_ai.response.model': 'gpt-4o' })?.kind, 'call');
    assert.equal(usageOf({ 'gen_ai.system': 'openai' }), undefined);
  });

  test('an operation that does not ask a model is not a call', () => {
    for (const name of [
      'OpenAI._prepare_chat_with_tools',
      'openai.beta.assistants.create',
      'openai.beta.threads.create',
      'client.vector_stores.create',
      'create_thread',
    ]) {
      assert.equal(usageOf({ 'gen_ai.request.model': 'gpt-4o' }, { span: { name } }), undefined, name);
      const attributes = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gpt-4o' };
      assert.equal(usageOf(attributes, { span: { name } }), undefined, name);
    }
    for (const name of ['openai.chat', 'threads.runs.create', 'prepare', 'chat create_thread-1']) {
      assert.equal(usageOf({ 'gen_ai.request.model': 'gpt-4o' }, { span: { name } })?.kind, 'call', name);
    }
  });

  test('the first rule that applies decides', () => {
    const dialects = [acme];
    const kind = (attributes: Attributes, name: string) =>
      usageOf(attributes, { dialects, span: { name } })?.kind;
    assert.equal(kind({ 'acme.kind': 'model' }, 'acme.run'), 'call');
    assert.equal(kind({ 'acme.kind': 'something else', 'acme.in': 1 }, 'acme.run'), 'wrapper');
    assert.equal(kind({ 'acme.in': 1 }, 'acme.other'), 'call');
    assert.equal(kind({ 'acme.out': 1 }, 'acme.other'), undefined);
  });

  test('a call without other attributes is a call', () => {
    assert.deepEqual(usageOf(chat({})), {
      kind: 'call',
      dialect: 'otel-genai',
      signal: 'span',
      scope: 'test',
    });
  });
});

describe('U3: one key per meaning', () => {
  test('aliases are never added, whatever their order', () => {
    const attributes = chat({
      'gen_ai.usage.prompt_tokens': 11,
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.completion_tokens': 21,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.usage.cache_read_input_tokens': 6,
      'gen_ai.usage.cache_read.input_tokens': 5,
      'gen_ai.usage.cache_creation_input_tokens': 4,
      'gen_ai.usage.cache_creation.input_tokens': 3,
      'gen_ai.usage.cache_write.input_tokens': 2,
      'gen_ai.usage.reasoning_tokens': 9,
      'gen_ai.usage.reasoning.output_tokens': 8,
      'gen_ai.usage.total_tokens': 30,
    });
    const expected = {
      inputTokens: 10,
      outputTokens: 20,
      cacheReadTokens: 5,
      cacheWriteTokens: 2,
      reasoningTokens: 8,
    };
    assert.deepEqual(numbersOf(attributes), expected);
    assert.deepEqual(numbersOf(Object.fromEntries(Object.entries(attributes).toReversed())), expected);
  });

  test('every alias is read if it is the only one', () => {
    for (const [key, name] of [
      ['gen_ai.usage.prompt_tokens', 'inputTokens'],
      ['gen_ai.usage.completion_tokens', 'outputTokens'],
      ['gen_ai.usage.cache_read_input_tokens', 'cacheReadTokens'],
      ['gen_ai.usage.cache_creation.input_tokens', 'cacheWriteTokens'],
      ['gen_ai.usage.cache_write_input_tokens', 'cacheWriteTokens'],
      ['gen_ai.usage.cache_creation_input_tokens', 'cacheWriteTokens'],
      ['gen_ai.usage.reasoning_tokens', 'reasoningTokens'],
      ['gen_ai.usage.experimental.reasoning_tokens', 'reasoningTokens'],
    ] as const) {
      assert.equal(numbersOf(chat({ [key]: 7 }))[name], 7, key);
    }
  });

  test('a key whose value is unusable gives way to the next', () => {
    assert.deepEqual(numbersOf(chat({ 'gen_ai.usage.input_tokens': -1, 'gen_ai.usage.prompt_tokens': 7 })), {
      inputTokens: 7,
    });
    assert.deepEqual(numbersOf(chat({ 'gen_ai.provider.name': ' ', 'gen_ai.system': 'groq' })), {
      provider: 'groq',
    });
  });

  test('the model that answered comes before the requested one', () => {
    assert.equal(
      numbersOf(chat({ 'gen_ai.request.model': 'asked', 'gen_ai.response.model': 'answered' })).model,
      'answered',
    );
    assert.equal(numbersOf(chat({ 'gen_ai.request.model': 'asked' })).model, 'asked');
  });

  test('a total is not a number of its own', () => {
    assert.deepEqual(numbersOf(chat({ 'gen_ai.usage.total_tokens': 99 })), {});
    assert.deepEqual(numbersOf(chat({ 'gen_ai.usage.total_tokens': 99, 'gen_ai.usage.input_tokens': 9 })), {
      inputTokens: 9,
    });
  });
});

describe('U4: numbers of tokens are whole, 0 to 2^32', () => {
  const usable: readonly [AttributeValue, number][] = [
    [0, 0],
    [2 ** 32, 2 ** 32],
    ['12', 12],
    ['-0', 0],
  ];
  for (const [value, tokens] of usable) {
    test(`${typeof value} ${value}`, () =>
      assert.deepEqual(numbersOf(chat({ 'gen_ai.usage.input_tokens': value })), { inputTokens: tokens }));
  }
  for (const value of [-1, 1.5, 2 ** 32 + 1, 2 ** 53, 'many', '', 'NaN', true] as const) {
    test(`${typeof value} ${value} is ignored`, () =>
      assert.deepEqual(numbersOf(chat({ 'gen_ai.usage.input_tokens': value })), {}));
  }

  test('-0 is 0 even if nothing is added to it', () => {
    const { cacheReadTokens } = numbersOf(chat({ 'gen_ai.usage.cache_read.input_tokens': '-0' }));
    assert.ok(Object.is(cacheReadTokens, 0));
  });

  test('a sum of parts above the limit leaves the parts out', () => {
    assert.deepEqual(
      numbersOf(chat({ 'gen_ai.usage.input_tokens': 5, 'gen_ai.usage.cache_read.input_tokens': 2 ** 32 })),
      { inputTokens: 5 },
    );
    assert.deepEqual(
      numbersOf(chat({ 'gen_ai.usage.output_tokens': 5, 'gen_ai.usage.reasoning_tokens': 2 ** 32 })),
      { outputTokens: 5 },
    );
    assert.deepEqual(
      numbersOf(
        chat({ 'gen_ai.usage.cache_read.input_tokens': 2 ** 32, 'gen_ai.usage.cache_write.input_tokens': 1 }),
      ),
      {},
    );
  });
});

describe('U5: input includes the cache', () => {
  const tokens = (input: number, read: number, more: Attributes = {}, cacheKey = 'cache_read_input_tokens') =>
    numbersOf(
      chat({
        'gen_ai.usage.input_tokens': input,
        [`gen_ai.usage.${cacheKey}`]: read,
        'gen_ai.usage.output_tokens': 10,
        ...more,
      }),
    ).inputTokens;
  const anthropic = { 'gen_ai.system': 'anthropic' };

  test('(a) a cache larger than the input is excluded', () => {
    assert.equal(tokens(50, 51), 101);
    assert.equal(tokens(50, 51, {}, 'cache_read.input_tokens'), 101);
    assert.equal(tokens(50, 30, { 'gen_ai.usage.cache_creation_input_tokens': 21 }), 101);
    assert.equal(tokens(50, 50), 50);
  });

  test('(b) a total decides', () => {
    assert.equal(tokens(50, 20, { ...anthropic, 'gen_ai.usage.total_tokens': 60 }), 50);
    assert.equal(tokens(50, 20, { 'gen_ai.usage.total_tokens': 80 }, 'cache_read.input_tokens'), 70);
    assert.equal(tokens(50, 20, { 'gen_ai.usage.total_tokens': 999 }), 50, 'a total of something else');
  });

  test('(b) even if the total includes reasoning in addition', () => {
    const reasoning = { 'gen_ai.usage.reasoning_tokens': 7 };
    assert.equal(tokens(50, 20, { ...anthropic, ...reasoning, 'gen_ai.usage.total_tokens': 67 }), 50);
    assert.equal(tokens(50, 20, { ...reasoning, 'gen_ai.usage.total_tokens': 87 }), 70);
    assert.equal(
      tokens(50, 20, { ...anthropic, ...reasoning, 'gen_ai.usage.total_tokens': 60 }),
      50,
      'within',
    );
    assert.equal(tokens(50, 20, { ...reasoning, 'gen_ai.usage.total_tokens': 80 }), 70, 'within');
    assert.equal(
      tokens(50, 7, { ...reasoning, 'gen_ai.usage.total_tokens': 67 }),
      57,
      'the cache comes first',
    );
  });

  test('(c) the keys of semconv 1.40 include the cache', () => {
    assert.equal(tokens(50, 20, anthropic, 'cache_read.input_tokens'), 50);
    assert.equal(tokens(50, 20, anthropic, 'cache_creation.input_tokens'), 50);
    assert.equal(tokens(50, 20, anthropic, 'cache_write.input_tokens'), 50);
  });

  test('(c) the dialect comes before the provider', () => {
    const circumstances = { dialects: [acme], span: { name: 'acme.call' } };
    assert.deepEqual(
      numbersOf({ 'acme.in': 50, 'acme.cached': 20, 'acme.provider': 'openai' }, circumstances),
      { provider: 'openai', inputTokens: 70, cacheReadTokens: 20 },
    );
    const inclusive = { ...circumstances, dialects: [{ ...acme, inputIncludesCache: true }] };
    assert.equal(
      numbersOf({ 'acme.in': 50, 'acme.cached': 20, 'acme.provider': 'anthropic' }, inclusive).inputTokens,
      50,
    );
  });

  test("(d) else the provider's own API decides", () => {
    assert.equal(tokens(50, 20, anthropic), 70);
    assert.equal(tokens(50, 20, { 'gen_ai.system': 'aws.bedrock' }), 70);
    assert.equal(tokens(50, 20, { 'gen_ai.system': 'openai' }), 50);
    assert.equal(tokens(50, 20), 50);
  });

  test('a cache without an input is the input', () => {
    assert.deepEqual(numbersOf(chat({ 'gen_ai.usage.cache_read.input_tokens': 5 })), {
      inputTokens: 5,
      cacheReadTokens: 5,
    });
    assert.deepEqual(numbersOf(chat({ 'gen_ai.usage.cache_write.input_tokens': 0 })), {
      inputTokens: 0,
      cacheWriteTokens: 0,
    });
  });
});

describe('U6: audio is part of input, output and cache read', () => {
  const read = (numbers: Attributes, more: Partial<GenAiDialect['keys']> = {}) => {
    const keys = {
      ...acme.keys,
      inputAudio: [AUDIO.input],
      outputAudio: [AUDIO.output],
      cacheAudioRead: [AUDIO.cached],
      ...more,
    };
    return numbersOf(numbers, {
      dialects: [{ ...acme, keys, inputIncludesCache: true }],
      span: { name: 'acme.call' },
    });
  };
  const whole = { 'acme.in': 100, 'acme.cached': 40, 'acme.out': 50, 'acme.thoughts': 10 };
  const numbers = { inputTokens: 100, cacheReadTokens: 40, outputTokens: 60, reasoningTokens: 10 };

  test('it is never added to them', () => {
    assert.deepEqual(read({ ...whole, 'acme.in.audio': 70, 'acme.out.audio': 30, 'acme.cached.audio': 20 }), {
      ...numbers,
      inputAudioTokens: 70,
      outputAudioTokens: 30,
      cacheAudioReadTokens: 20,
    });
    assert.deepEqual(
      read({ ...whole, 'acme.in.audio': 100, 'acme.out.audio': 50, 'acme.cached.audio': 40 }),
      {
        ...numbers,
        inputAudioTokens: 100,
        outputAudioTokens: 50,
        cacheAudioReadTokens: 40,
      },
    );
  });

  test('audio that does not fit is left out', () => {
    assert.deepEqual(
      read({ ...whole, 'acme.in.audio': 101, 'acme.out.audio': 51, 'acme.cached.audio': 20 }),
      numbers,
    );
    assert.deepEqual(read({ ...whole, 'acme.in.audio': 30, 'acme.cached.audio': 31 }), {
      ...numbers,
      inputAudioTokens: 30,
    });
    assert.deepEqual(read({ ...whole, 'acme.in.audio': 70, 'acme.cached.audio': 41 }), {
      ...numbers,
      inputAudioTokens: 70,
    });
    for (const hostile of [-1, 0.5, 'NaN', 2 ** 53]) {
      assert.deepEqual(read({ ...whole, 'acme.in.audio': hostile, 'acme.out.audio': hostile }), numbers);
    }
    const alone = { 'acme.in.audio': 5, 'acme.out.audio': 5, 'acme.cached.audio': 5 };
    assert.deepEqual(read({ 'acme.kind': 'model', ...alone }), {});
  });

  test('if the sender counts it separately, it has been added', () => {
    const beside = { inputBesides: [AUDIO.input], outputBesides: [AUDIO.output] };
    assert.deepEqual(read({ ...whole, 'acme.in.audio': 500, 'acme.out.audio': 300 }, beside), {
      ...numbers,
      inputTokens: 600,
      inputAudioTokens: 500,
      outputTokens: 360,
      outputAudioTokens: 300,
    });
    assert.deepEqual(
      read({ ...whole, 'acme.out.audio': 2 ** 32 }, beside),
      { inputTokens: 100, cacheReadTokens: 40, outputTokens: 50 },
      'parts that would make it too large are left out',
    );
  });

  test('it has the model’s audio price', () => {
    // gpt-audio, USD per million: input 2.5, audio 32, output 10, audio 64.
    // 40 × 2.5 + 60 × 32 + 10 × 10 + 40 × 64 = 100 + 1,920 + 100 + 2,560 = 4,680 millionths
    const usage = numbersOf(
      chat({
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-audio',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.audio.input_tokens': 60,
        'gen_ai.usage.output_tokens': 50,
        'gen_ai.usage.audio.output_tokens': 40,
      }),
    );
    assert.deepEqual(usage, {
      provider: 'openai',
      model: 'gpt-audio',
      inputTokens: 100,
      inputAudioTokens: 60,
      outputTokens: 50,
      outputAudioTokens: 40,
      costNanoUsd: 4_680_000,
      costSource: 'list',
    });
  });
});

describe('U6: output includes reasoning', () => {
  const output = (tokens: number, reasoning: number, more: Attributes = {}) =>
    numbersOf(
      chat({
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': tokens,
        'gen_ai.usage.reasoning.output_tokens': reasoning,
        ...more,
      }),
    ).outputTokens;

  test('it is not added to an output that includes it', () => {
    assert.equal(output(50, 20), 50);
    assert.equal(output(50, 50), 50);
    assert.equal(output(50, 20, { 'gen_ai.usage.total_tokens': 150 }), 50);
  });

  test('more reasoning than output was excluded', () => assert.equal(output(50, 51), 101));

  test('a total that includes it in addition shows that the output excludes it', () => {
    assert.equal(output(50, 20, { 'gen_ai.usage.total_tokens': 170 }), 70);
    assert.equal(
      output(50, 20, { 'gen_ai.usage.total_tokens': 570, 'gen_ai.usage.cache_read.input_tokens': 400 }),
      70,
      'with a cache beside the input',
    );
  });

  test('a dialect can say that output excludes it, and a total that it includes it after all', () => {
    const circumstances = { dialects: [acme], span: { name: 'acme.call' } };
    const attributes = { 'acme.in': 1, 'acme.out': 50, 'acme.thoughts': 20 };
    assert.equal(numbersOf(attributes, circumstances).outputTokens, 70);
    assert.equal(numbersOf({ ...attributes, 'acme.total': 51 }, circumstances).outputTokens, 50);
  });

  test('reasoning without an output is the output', () => {
    assert.deepEqual(numbersOf(chat({ 'gen_ai.usage.reasoning_tokens': 5 })), {
      outputTokens: 5,
      reasoningTokens: 5,
    });
  });
});

describe('U12: names', () => {
  test('providers have their current names', () => {
    assert.equal(numbersOf(chat({ 'gen_ai.system': 'az.ai.openai' })).provider, 'azure.ai.openai');
  });

  test('models are trimmed and bounded', () => {
    assert.equal(numbersOf(chat({ 'gen_ai.request.model': ` ${'m'.repeat(300)}` })).model?.length, 255);
    assert.equal(numbersOf(chat({ 'gen_ai.request.model': 'a\0b' })).model, 'a\uFFFDb');
  });

  test('a response id that is too long is ignored, so that two do not become one', () => {
    assert.deepEqual(numbersOf(chat({ 'gen_ai.response.id': 'r'.repeat(256) })).callIds, ['r'.repeat(256)]);
    assert.deepEqual(numbersOf(chat({ 'gen_ai.response.id': 'r'.repeat(257) })), {});
  });
});

describe('U15: log records', () => {
  const DETAILS = 'gen_ai.client.inference.operation.details';

  function usageOfLog(event: string, attributes: Attributes) {
    const batch = logBatch(new UsageNormalizer(GENAI_DIALECTS, undefined), [
      { trace: '1', time: TIME, event, attributes },
    ]);
    return batch.usages[batch.usage[0]!];
  }

  test('report a call if their dialect names the event and they have a number', () => {
    const usage = usageOfLog(DETAILS, chat({ 'gen_ai.usage.input_tokens': 5 }));
    assert.deepEqual([usage?.kind, usage?.signal, usage?.inputTokens], ['call', 'log', 5]);
    assert.equal(usageOfLog(DETAILS, chat({ 'gen_ai.usage.cost': 0.5 }))?.costNanoUsd, 500_000_000);
  });

  test('without a number, or of another event, they report nothing', () => {
    assert.equal(usageOfLog(DETAILS, chat({ 'gen_ai.request.model': 'gpt-4o' })), undefined);
    for (const event of ['gen_ai.evaluation.result', 'gen_ai.choice', '', `x${DETAILS}`, `${DETAILS}.x`]) {
      assert.equal(usageOfLog(event, chat({ 'gen_ai.usage.input_tokens': 5 })), undefined, event);
    }
  });
});

describe('U13 and U14: cost', () => {
  const priced = chat({
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 200,
  });
  const costOf = (attributes: Attributes) => {
    const { costNanoUsd, costSource } = numbersOf(attributes);
    return costSource === undefined ? undefined : [costNanoUsd, costSource];
  };

  test('a reported cost comes before the list price (U13)', () => {
    for (const key of [
      'gen_ai.usage.cost',
      'gen_ai.cost.total_cost',
      'gen_ai.usage.total_cost',
      'operation.cost',
    ]) {
      assert.deepEqual(costOf({ ...priced, [key]: 0.25 }), [250_000_000, 'reported'], key);
    }
    assert.deepEqual(costOf(chat({ 'gen_ai.usage.cost': '0.0000000016' })), [2, 'reported'], 'rounded once');
    assert.deepEqual(costOf({ ...priced, 'gen_ai.usage.cost': 0 }), [0, 'reported']);
  });

  test('an impossible cost is ignored (U13)', () => {
    for (const value of [-0.5, 1_000_001, 'free', true]) {
      assert.deepEqual(costOf({ ...priced, 'gen_ai.usage.cost': value }), [4_500_000, 'list'], String(value));
    }
  });

  test('the list price uses the model, the provider and the tokens of the call (U14)', () => {
    assert.deepEqual(costOf(priced), [4_500_000, 'list']);
    assert.deepEqual(costOf({ ...priced, 'gen_ai.usage.output_tokens': 201 }), [4_510_000, 'list']);
    assert.equal(costOf({ ...priced, 'gen_ai.provider.name': 'ollama' }), undefined);
    assert.equal(costOf({ ...priced, 'gen_ai.response.model': 'no-such-model' }), undefined);
  });

  test('the list price distinguishes cache and reasoning (U14)', () => {
    const claude = {
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.response.model': 'claude-haiku-4-5',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'gen_ai.usage.cache_write.input_tokens': 100,
    };
    assert.deepEqual(costOf(chat(claude)), [500 * 1000 + 400 * 100 + 100 * 1250, 'list']);
    const sonar = {
      'gen_ai.provider.name': 'perplexity',
      'gen_ai.response.model': 'sonar-deep-research',
      'gen_ai.usage.output_tokens': 1000,
    };
    const price = costOf(chat(sonar))![0] as number;
    assert.deepEqual(costOf(chat({ ...sonar, 'gen_ai.usage.reasoning.output_tokens': 1000 })), [
      price - 1000 * (8000 - 3000),
      'list',
    ]);
  });

  test('the list price is that of the time of the call (U14)', () => {
    const o3 = { ...priced, 'gen_ai.response.model': 'o3' };
    const at = (time: string) =>
      numbersOf(o3, { span: { start: BigInt(Date.parse(time)) * 1_000_000n } }).costNanoUsd;
    assert.equal(at('2025-06-09T23:59:59Z'), 18_000_000);
    assert.equal(at('2025-06-10T00:00:00Z'), 3_600_000);
  });

  test('without tokens there is no list price (U14)', () => {
    assert.equal(
      costOf(chat({ 'gen_ai.provider.name': 'openai', 'gen_ai.response.model': 'gpt-4o' })),
      undefined,
    );
    assert.equal(costOf(chat({ 'gen_ai.usage.input_tokens': 1 })), undefined, 'nor without a model');
  });
});

const TOKEN_KEYS = [
  'input_tokens',
  'prompt_tokens',
  'output_tokens',
  'completion_tokens',
  'cache_read.input_tokens',
  'cache_read_input_tokens',
  'cache_creation.input_tokens',
  'cache_write.input_tokens',
  'reasoning.output_tokens',
  'reasoning_tokens',
  'total_tokens',
].map((name) => `gen_ai.usage.${name}`);

test('for any input nothing is thrown, and parts are never larger than their whole', () => {
  const value = fc.oneof(
    fc.integer({ min: -2, max: 300 }),
    fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('__proto__', 'gpt-4o', 'anthropic', 'chat', 'constructor'),
  );
  const key = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...TOKEN_KEYS) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'gen_ai.operation.name',
        'gen_ai.system',
        'gen_ai.provider.name',
        'gen_ai.request.model',
        'gen_ai.response.model',
        'gen_ai.response.id',
        'gen_ai.usage.cost',
        '__proto__',
      ),
    },
  );
  const whole = (tokens: number | undefined) =>
    tokens === undefined ||
    (Number.isInteger(tokens) && !Object.is(tokens, -0) && tokens >= 0 && tokens <= 2 ** 32);
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 12 }), (entries) => {
      const usage = usageOf(Object.fromEntries(entries));
      if (usage === undefined) return;
      const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
      for (const tokens of [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens]) {
        assert.ok(whole(tokens), `${tokens}`);
      }
      assert.ok((cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) <= (inputTokens ?? 0));
      assert.ok((reasoningTokens ?? 0) <= (outputTokens ?? 0));
      assert.ok(usage.costNanoUsd === undefined || Number.isSafeInteger(usage.costNanoUsd));
      assert.equal(usage.costNanoUsd === undefined, usage.costSource === undefined);
      assert.deepEqual(usageOf(Object.fromEntries(entries)), usage, 'the same again');
    }),
    { numRuns: 500 },
  );
});

describe('address and tier of a price (U14)', () => {
  const call = (attributes: Attributes) =>
    usageOf(chat({ 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o', ...attributes }))!;

  test('the address shows who served the call, if it says more than the provider', () => {
    for (const [key, address] of [
      ['server.address', 'api.deepseek.com'],
      ['server.address', 'https://api.deepseek.com/v1'],
      ['gen_ai.openai.api_base', 'https://api.deepseek.com/v1/'],
      ['net.peer.name', 'api.deepseek.com'],
      ['url.full', 'https://api.deepseek.com/chat/completions'],
    ] as const) {
      const usage = call({ [key]: address });
      assert.equal(usage.servedBy, 'deepseek', `${key} ${address}`);
      assert.equal(usage.provider, 'openai', 'as it was sent');
    }
    assert.equal(call({ 'server.address': 'api.openai.com' }).servedBy, undefined);
    assert.equal(call({ 'server.address': 'llm.example.com' }).servedBy, undefined);
    assert.equal(usageOf(chat({ 'gen_ai.provider.name': 'https://api.deepseek.com' }))?.servedBy, undefined);
  });

  test('at a private address an open model has no price, at that of a program for local models no model has', () => {
    const tokens = { 'gen_ai.usage.input_tokens': 1000 };
    const cost = (attributes: Attributes) => call({ ...tokens, ...attributes }).costNanoUsd;
    assert.equal(cost({ 'server.address': 'localhost' }), 2_500_000);
    assert.equal(cost({ 'server.address': 'localhost', 'server.port': 11434 }), undefined);
    assert.equal(cost({ 'server.address': 'localhost', 'gen_ai.request.model': 'gpt-oss-20b' }), undefined);
    // LiveKit writes the host in the provider's place.
    const livekit = (model: string) =>
      usageOf(chat({ 'gen_ai.provider.name': '127.0.0.1:8000', 'gen_ai.request.model': model, ...tokens }));
    assert.equal(livekit('mistral-small-latest')?.costNanoUsd, 100_000);
    assert.equal(livekit('deepseek-r1')?.costNanoUsd, undefined);
  });

  test('an address on a wrapper is ignored', () => {
    const usage = usageOf({ 'gen_ai.operation.name': 'invoke_agent', 'server.address': 'localhost' });
    assert.equal(usage?.servedBy, undefined);
  });

  test('the tier of the answer comes before that of the request, and the usual one is left out', () => {
    const tier = (attributes: Attributes) => call(attributes).serviceTier;
    assert.equal(tier({ 'openai.response.service_tier': 'flex' }), 'flex');
    assert.equal(tier({ 'gen_ai.openai.response.service_tier': 'priority' }), 'priority');
    assert.equal(tier({ 'gen_ai.openai.request.service_tier': 'Batch' }), 'batch');
    assert.equal(
      tier({ 'openai.response.service_tier': 'default', 'openai.request.service_tier': 'flex' }),
      undefined,
      'what was asked for was not given',
    );
    for (const usual of ['auto', 'default', 'standard', 'on_demand', ''])
      assert.equal(tier({ 'openai.response.service_tier': usual }), undefined, usual);
    assert.equal(tier({ 'openai.response.service_tier': 'x'.repeat(65) }), undefined);
  });

  test('a flex call costs half', () => {
    const usage = call({ 'openai.response.service_tier': 'flex', 'gen_ai.usage.input_tokens': 1000 });
    assert.equal(usage.costNanoUsd, 1_250_000);
  });

  test('tokens written to the cache for an hour are part of those written', () => {
    const written = (attributes: Attributes) => {
      const usage = usageOf(chat({ 'gen_ai.usage.input_tokens': 1000, ...attributes }));
      return [usage?.cacheWriteTokens, usage?.cacheWrite1hTokens];
    };
    const hour = 'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens';
    assert.deepEqual(written({ 'gen_ai.usage.cache_creation.input_tokens': 50, [hour]: 20 }), [50, 20]);
    assert.deepEqual(written({ [hour]: 20 }), [20, 20]);
    assert.deepEqual(written({ 'gen_ai.usage.cache_creation.input_tokens': 50, [hour]: 60 }), [
      50,
      undefined,
    ]);
    assert.deepEqual(written({ 'gen_ai.usage.cache_creation.input_tokens': 50, [hour]: 0 }), [50, undefined]);
  });

  test('also if dialects have it in JSON', () => {
    const split = JSON.stringify({
      ephemeral_5m_input_tokens: 30,
      ephemeral_1h_input_tokens: 12,
      cache_read: 0,
    });
    const langSmith = usageOf({
      'langsmith.span.kind': 'llm',
      'gen_ai.usage.input_tokens': 99,
      'gen_ai.usage.input_token_details': split,
    });
    assert.deepEqual([langSmith?.cacheWriteTokens, langSmith?.cacheWrite1hTokens], [42, 12]);
    const langfuse = usageOf({
      'langfuse.observation.type': 'generation',
      'langfuse.observation.usage_details': JSON.stringify({
        input: 57,
        input_ephemeral_5m_input_tokens: 30,
        input_ephemeral_1h_input_tokens: 12,
      }),
    });
    assert.deepEqual(
      [langfuse?.inputTokens, langfuse?.cacheWriteTokens, langfuse?.cacheWrite1hTokens],
      [99, 42, 12],
    );
    const output = { usage: { cache_creation: { ephemeral_1h_input_tokens: 12 }, service_tier: 'batch' } };
    const openInference = usageOf({
      'openinference.span.kind': 'LLM',
      'llm.token_count.prompt': 99,
      'llm.token_count.prompt_details.cache_write': 42,
      'output.value': JSON.stringify(output),
    });
    assert.deepEqual([openInference?.cacheWrite1hTokens, openInference?.serviceTier], [12, 'batch']);
    const vercel = usageOf({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.usage.inputTokens': 99,
      'ai.usage.inputTokenDetails.cacheWriteTokens': 42,
      'ai.response.providerMetadata': JSON.stringify({ anthropic: output }),
    });
    assert.deepEqual([vercel?.cacheWrite1hTokens, vercel?.serviceTier], [12, 'batch']);
  });
});

describe('an aborted call', () => {
  const zero = { 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0, 'gen_ai.usage.cost': 0 };
  const call = (attributes: Attributes) =>
    usageOf(chat({ 'gen_ai.request.model': 'gpt-4o', ...zero, ...attributes }))!;

  test('with only zeros has unknown usage and cost', () => {
    for (const type of ['AbortError', 'CancelledError', 'canceled', 'asyncio.exceptions.CancelledError']) {
      const { inputTokens, outputTokens, costNanoUsd } = call({ 'error.type': type });
      assert.deepEqual([inputTokens, outputTokens, costNanoUsd], [undefined, undefined, undefined], type);
    }
  });

  test('with numbers keeps them', () => {
    const usage = call({ 'error.type': 'AbortError', 'gen_ai.usage.output_tokens': 3 });
    assert.deepEqual([usage.inputTokens, usage.outputTokens], [0, 3]);
    assert.equal(call({ 'error.type': 'AbortError', 'gen_ai.usage.cost': 0.5 }).costNanoUsd, 500_000_000);
  });

  test('differs from one that the provider refused, which used nothing', () => {
    assert.equal(call({ 'error.type': 'RateLimitError' }).costNanoUsd, 0);
  });

  test('is recognised by LiveKit’s own attribute', () => {
    const livekit = (cancelled: boolean) =>
      usageOf(
        { ...zero, 'gen_ai.operation.name': 'chat', 'lk.llm_metrics': JSON.stringify({ cancelled }) },
        { span: { scope: 'livekit-agents' } },
      );
    assert.equal(livekit(true)?.inputTokens, undefined);
    assert.equal(livekit(false)?.inputTokens, 0);
  });
});
