/** A model under its name in the OpenTelemetry conventions, with its provider. */
export interface Model {
  readonly provider: string;
  readonly requested: string;
  readonly answered: string;
  readonly server: string;
  /** Prefix of the ids of its answers. */
  readonly responsePrefix: string;
  /** Whether it reasons before it answers, and reports the tokens. */
  readonly reasons: boolean;
}

export interface Tool {
  readonly name: string;
  readonly arguments: string;
  readonly result: string;
  /** Median duration, ms. */
  readonly median: number;
}

export interface AgentProfile {
  readonly weight: number;
  readonly service: string;
  readonly name: string;
  readonly description: string;
  readonly models: readonly Model[];
  readonly instructions: string;
  readonly tools: readonly Tool[];
  /** Questions in the order of a conversation, each with its answer. */
  readonly turns: readonly { readonly question: string; readonly answer: string }[];
}

const GPT_5: Model = {
  provider: 'openai',
  requested: 'gpt-5',
  answered: 'gpt-5-2025-08-07',
  server: 'api.openai.com',
  responsePrefix: 'chatcmpl-',
  reasons: true,
};
const GPT_4_1_MINI: Model = {
  provider: 'openai',
  requested: 'gpt-4.1-mini',
  answered: 'gpt-4.1-mini-2025-04-14',
  server: 'api.openai.com',
  responsePrefix: 'chatcmpl-',
  reasons: false,
};
const CLAUDE_SONNET: Model = {
  provider: 'anthropic',
  requested: 'claude-sonnet-4-5',
  answered: 'claude-sonnet-4-5-20250929',
  server: 'api.anthropic.com',
  responsePrefix: 'msg_',
  reasons: false,
};
const CLAUDE_HAIKU: Model = {
  provider: 'anthropic',
  requested: 'claude-haiku-4-5',
  answered: 'claude-haiku-4-5-20251001',
  server: 'api.anthropic.com',
  responsePrefix: 'msg_',
  reasons: false,
};
const GEMINI_PRO: Model = {
  provider: 'gcp.gemini',
  requested: 'gemini-2.5-pro',
  answered: 'gemini-2.5-pro',
  server: 'generativelanguage.googleapis.com',
  responsePrefix: '',
  reasons: true,
};
const MISTRAL_LARGE: Model = {
  provider: 'mistral_ai',
  requested: 'mistral-large-latest',
  answered: 'mistral-large-latest',
  server: 'api.mistral.ai',
  responsePrefix: 'cmpl-',
  reasons: false,
};

export const AGENTS: readonly AgentProfile[] = [
  {
    weight: 5,
    service: 'support-assistant',
    name: 'Support assistant',
    description: 'Answers customers of the shop',
    models: [GPT_4_1_MINI, CLAUDE_HAIKU],
    instructions:
      'You help customers of a furniture shop. Look orders up before you say anything about them.',
    tools: [
      {
        name: 'lookup_order',
        arguments: '{"order":"A-20418"}',
        result: '{"status":"shipped","carrier":"DHL","eta":"Thursday"}',
        median: 90,
      },
      {
        name: 'search_help_center',
        arguments: '{"query":"returns"}',
        result: '["Returns are free within 30 days","Large items are picked up"]',
        median: 220,
      },
      { name: 'create_return', arguments: '{"order":"A-20418"}', result: '{"return":"R-5521"}', median: 160 },
    ],
    turns: [
      {
        question: 'Where is my order A-20418?',
        answer: 'It has been shipped and should arrive on Thursday.',
      },
      {
        question: 'And if I do not like the chair?',
        answer: 'You can return it for free within 30 days and get a full refund.',
      },
      { question: 'Then please prepare a return.', answer: 'Done: your return has the number R-5521.' },
      { question: 'Do I need to print a label?', answer: 'No, the driver brings one.' },
    ],
  },
  {
    weight: 3,
    service: 'research-agent',
    name: 'Research agent',
    description: 'Reads the web and writes summaries with sources',
    models: [CLAUDE_SONNET, GPT_5],
    instructions: 'Find at least two independent sources for each claim, and name them.',
    tools: [
      {
        name: 'web_search',
        arguments: '{"query":"wood furniture market Europe 2026"}',
        result: '[{"title":"Furniture market report","url":"https://reports.example/furniture"}]',
        median: 700,
      },
      {
        name: 'fetch_page',
        arguments: '{"url":"https://reports.example/furniture"}',
        result: 'The market grew by 3 % in the first half of the year, driven by online sales. …',
        median: 1_100,
      },
    ],
    turns: [
      {
        question: 'How did the European furniture market develop this year?',
        answer: 'It grew by about 3 % in the first half of the year, mostly online.',
      },
      {
        question: 'Which countries stand out?',
        answer: 'Poland and Spain grew twice as fast as the average.',
      },
      {
        question: 'Summarise it in three bullet points.',
        answer: '• Growth of 3 %\n• Online leads\n• Poland and Spain ahead',
      },
    ],
  },
  {
    weight: 2,
    service: 'data-analyst',
    name: 'Data analyst',
    description: 'Answers questions about sales with SQL',
    models: [GEMINI_PRO, MISTRAL_LARGE],
    instructions: 'Answer with numbers from the warehouse only. Show the query you used.',
    tools: [
      {
        name: 'run_sql',
        arguments:
          '{"sql":"SELECT country, sum(total) FROM orders GROUP BY country ORDER BY 2 DESC LIMIT 5"}',
        result: '[{"country":"DE","sum":182340.5},{"country":"US","sum":171022.1}]',
        median: 450,
      },
      { name: 'plot_chart', arguments: '{"kind":"bar"}', result: '{"file":"chart-1.png"}', median: 300 },
    ],
    turns: [
      {
        question: 'Which countries bought most last month?',
        answer: 'Germany with 182,340.50 and the US with 171,022.10.',
      },
      { question: 'Show that as a chart.', answer: 'Here is the bar chart.' },
    ],
  },
  {
    weight: 2,
    service: 'code-reviewer',
    name: 'Code reviewer',
    description: 'Reviews pull requests',
    models: [GPT_5, CLAUDE_SONNET],
    instructions: 'Point out bugs first. Do not comment on style that a formatter takes care of.',
    tools: [
      {
        name: 'read_file',
        arguments: '{"path":"src/cart.ts"}',
        result: 'export function total(cart) {\n  …\n}',
        median: 15,
      },
      { name: 'run_tests', arguments: '{}', result: '{"passed":212,"failed":1}', median: 9_000 },
    ],
    turns: [
      {
        question: 'Review the change to the cart.',
        answer: 'The total ignores discounts when the cart has one item only.',
      },
      {
        question: 'Can you propose a fix?',
        answer: 'Apply the discount before the early return in total().',
      },
    ],
  },
];
