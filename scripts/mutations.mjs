const USAGE = 'src/normalize/usage.js';
const COST = 'src/normalize/cost.js';
const LIST = 'src/normalize/price-list.js';
const MODELS = 'src/sessionize/model-totals.js';
const TREE = 'src/sessionize/usage.js';
const ENDINGS = 'src/sessionize/endings.js';
const SAME = 'src/sessionize/same-call.js';
const BETTER = 'src/sessionize/better-numbers.js';
const REST = 'src/sessionize/rest.js';
const RUNNING = 'src/sessionize/running-sums.js';
const ELSEWHERE = 'src/sessionize/elsewhere.js';
const FOLD = 'src/store/engine/fold.js';
const SESSION = 'src/sessionize/session-usage.js';
const SUMS = 'src/sessionize/running-usage.js';
const FRAGMENT = 'src/sessionize/fragment.js';
const FACTS = 'src/normalize/facts.js';
const POINT = 'src/normalize/data-point.js';
const POINTS = 'src/otlp/metric-log-records.js';
const DECODE = 'src/otlp/decode.js';

/**
 * How to disable each counting rule (docs/usage.md): rule, compiled file, text to replace (which occurs
 * once), replacement.
 */
export const MUTATIONS = [
  ['U2 neither has no usage', USAGE, "if (kind === 'neither')", 'if (false)'],
  ['U4 whole numbers only', USAGE, 'Number.isInteger(value)', 'true'],
  ['U4 bounded numbers', USAGE, 'value <= MAX_TOKENS', 'true'],
  ['U5a more cache than input', USAGE, 'if (cache > input)', 'if (false)'],
  ['U5b total without the cache', USAGE, 'if (rest === 0)', 'if (false)'],
  ['U5b total with the cache', USAGE, 'if (rest === cache)', 'if (false)'],
  ['U5d the habit of the provider', USAGE, 'EXCLUSIVE_PROVIDERS.test(provider)', 'false'],
  ['U6 more reasoning than output', USAGE, 'if (reasoning > output)', 'if (false)'],
  [
    'U6 total with the reasoning',
    USAGE,
    'if (rest === reasoning)\n            return false',
    'if (false)\n            return false',
  ],
  ['U6 audio within its whole', USAGE, '|| part > whole', ''],
  ['U7 the deepest usageRecord wins', TREE, 'if (carryingCallBelow === undefined ||', 'if (true ||'],
  ['U7 ids that differ', TREE, '|| isAnotherThan(node, carryingCallBelow)', ''],
  [
    'U8 a wrapper of calls',
    TREE,
    'const wrapped = carryingCallBelow ?? callBelow ?? carryingWrapperBelow',
    'const wrapped = undefined',
  ],
  ['U8 a wrapper of wrappers', TREE, '?? callBelow ?? carryingWrapperBelow', '?? callBelow'],
  ['U8 part of a call above', TREE, 'else if (callAbove?.counted)', 'else if (false)'],
  ['U9 a bare call around a call', TREE, 'if (callBelow === undefined)', 'if (true)'],
  ['U10 borrowing from above', TREE, 'if (callAbove === undefined || callAbove.counted ||', 'if (true ||'],
  ['U10 borrowing from a log record', TREE, 'if (reason !== NotCounted.inside ||', 'if (true ||'],
  ['U10 only names from a shared call', TREE, 'callAbove.countedBelow === 1', 'true'],
  [
    'U10 the price of what was borrowed',
    BETTER,
    "if (usage === reported || usage.costSource === 'reported')",
    'if (true)',
  ],
  ['U10 a model from the wrapper', TREE, 'usage.lendsModel === true &&', 'false &&'],
  ['U10 audio that fits', BETTER, '&& input <= inputTokens', ''],
  [
    'U10 0 hides no number',
    BETTER,
    'return tokens === undefined || tokens === 0',
    'return tokens === undefined',
  ],
  ['U10 a cache that fits', BETTER, 'if (readNow + writeNow >', 'if (false && readNow + writeNow >'],
  ['U10 input without the cache', BETTER, '|| isWithoutCache)', ')'],
  ['U11 circles', TREE, "if (at?.state === 'on the way')", 'if (false)'],
  ['U13 a reported cost wins', USAGE, 'reported >= 0', 'false'],
  ['U14 prices of the cache', COST, '? 0 : usage.cacheReadTokens', '? 0 : 0'],
  ['U14 prices of audio', COST, '? 0 : (usage.inputAudioTokens ?? 0)', '? 0 : 0'],
  ['U14 as little cached audio as possible', COST, 'Math.min(uncached, audio -', 'Math.min(0, audio -'],
  ['U14 dated prices', LIST, "outcome.changing ? 'changing'", "false ? 'changing'"],
  ['U14 the address decides', LIST, 'const own = servedBy ?? ', 'const own = '],
  ['U14 open models at private addresses', LIST, 'if (!isSold(model))', 'if (false)'],
  ['U14 programs for models at home', LIST, 'servedBy === RUNNER_AT_HOME', 'false'],
  [
    'U14 the maker, where the provider has no such model',
    LIST,
    'found ?? byMaker(',
    'found ?? (() => undefined)(',
  ],
  ['U14 open models with their maker', LIST, 'const isFree = ', 'const isFree = false && '],
  ['U14 written for an hour', COST, 'usage.cacheWriteTokens - hour', 'usage.cacheWriteTokens'],
  ['U14 service tiers', COST, 'if (factor === undefined', 'if (false'],
  ['U4 a call broken off', USAGE, 'if (isAborted(record, dialect, usage))', 'if (false)'],
  [
    'calls without a price are counted',
    MODELS,
    'usage.costNanoUsd === undefined && hasTokens(usage)',
    'false',
  ],
  ['calls without tokens are counted', MODELS, 'return hasTokens(usage) ? 0 : ', 'return true ? 0 : '],
  [
    'a page asks its session where calls may be reported twice',
    SUMS,
    'callIds?.some((id) => this.#reportsOf(id) > 1) === true',
    'false',
  ],
  ['U15 log records without numbers', USAGE, 'context.isLog && !carriesUsage(usage)', 'false'],
  ['U16 ids in a trace', TREE, 'dropSameIds(nodes);', ''],
  ['U16 ids over a session', SESSION, 'verdict.reason = NotCounted.sameId;', ''],
  ['U16 ids are noticed', SUMS, 'PRIME), sign) > 1)', 'PRIME), sign) > 9e9)'],
  ['U16 what contradicts', SAME, 'if (contradict(own, usage))', 'if (false)'],
  ['U16 weak ids at other times', SAME, "(link === 'weak' && !this.#isOfTheTimeOf(other))", 'false'],
  [
    'U16 the cache beside the input',
    SAME,
    '!meet(inputsOf(a), inputsOf(b))',
    'a.inputTokens !== b.inputTokens',
  ],
  ['U17 alike', TREE, 'dropAlike(nodes);', ''],
  ['U17 other instrumentations only', TREE, 'if (scopes.has(scope) ||', 'if ('],
  ['U17 overlapping in time only', TREE, '|| !overlap(node, other))', ')'],
  ['U17 one model only', TREE, 'if (!mayBeOneModel(node.usage.model, model))', 'if (false)'],
  ['U18 reported by the span', TREE, 'isLog && usage.first !== true && callAbove !== undefined', 'false'],
  ['U18 log records that come first', SAME, 'if (first === true)', 'if (false)'],
  ['U18 one signal in a session', SESSION, 'else if (!haveIds || !first.haveIds)', 'else if (false)'],
  ['U18 a second signal is noticed', SUMS, 'if (this.#reported[other]?.has(dialect))', 'if (false)'],
  ['U18 metrics beside calls', SESSION, 'if (reportingDialects.has(usage.dialect))', 'if (false)'],
  [
    'U18 metrics beside superseded calls',
    FRAGMENT,
    'if (!draft.markReported(call.usage.dialect))',
    'if (false)',
  ],
  [
    'U18 a superseded call is noticed',
    SUMS,
    "metric: ['span', 'log', 'superseded']",
    "metric: ['span', 'log']",
  ],
  ['U18 a metric is no call', FACTS, "kind === 'sum' || kind === 'rest' ? 0 : 1", "kind === 'rest' ? 0 : 1"],
  ['U19 the largest of a series', TREE, 'dropSeries(nodes);', ''],
  ['U19 not the smallest', TREE, 'compareSums(node, known) < 0', 'compareSums(node, known) > 0'],
  ['U19 sums over the starts of a series', POINTS, '[name, String(start)]', '[name]'],
  [
    'U19 a value sent again is the same record',
    POINTS,
    'isCumulative ? point.start : point.time',
    'point.time',
  ],
  ['U20 monotonic sums only', POINTS, 'isMonotonic && known !== undefined', 'known !== undefined'],
  ['U20 with a session only', DECODE, 'throw new Rejection(RejectReason.noSession)', ''],
  ['U20 whole numbers only', POINT, '!Number.isInteger(value) ||', ''],
  [
    'U21 a number that only a wrapper reports',
    REST,
    'if (sum === undefined)\n            return own',
    'if (sum === undefined)\n            return 0',
  ],
  [
    'U21 known sums only',
    REST,
    'return wrapper.sumIsRight ? Math.max(0, own - sum) : 0',
    'return Math.max(0, own - sum)',
  ],
  ['U21 a cost that only a wrapper has', REST, 'if (reported.priced === 0)', 'if (false)'],
  [
    'U21 calls reported first',
    SESSION,
    'if (first !== undefined && first.rank !== precedence(usage))',
    'if (false)',
  ],
  ['U21 a rest is no call', FACTS, "|| kind === 'rest' ? 0 : 1", '? 0 : 1'],
  ['U22 after a tool only', RUNNING, 'if (!before?.usage.calledTool ||', 'if (before === undefined ||'],
  ['U22 what shrinks is no sum', RUNNING, 'is < was', 'false'],
  ['U22 loops at one time', RUNNING, 'call.startNs < calls[i - 1].endNs', 'false'],
  ['U24 one session of several', ELSEWHERE, '{ ...call, superseded: true }', 'call'],
  ['U24 an id before a trace', ELSEWHERE, 'if (a.explicit !== b.explicit)', 'if (false)'],
  ['U24 those that share a call follow', FOLD, 'met.add(other);', ''],
  ['U23 the end of a call is no call', ENDINGS, 'if (endings === undefined)', 'if (true)'],
  ['U23 the question distinguishes calls', ENDINGS, 'halfOf}`', '0}`'],
  ['U23 of one parent', ENDINGS, '{parentId}\\0', '{0}\\0'],
];
