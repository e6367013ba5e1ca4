const USAGE = 'src/normalize/usage.js';
const COST = 'src/normalize/cost.js';
const TREE = 'src/sessionize/usage.js';
const ENDINGS = 'src/sessionize/endings.js';
const SAME = 'src/sessionize/same-call.js';
const SESSION = 'src/sessionize/session-usage.js';
const SUMS = 'src/sessionize/usage-sums.js';
const FRAGMENT = 'src/sessionize/fragment.js';
const FACTS = 'src/normalize/facts.js';
const POINT = 'src/normalize/data-point.js';
const POINTS = 'src/otlp/metric-log-records.js';
const DECODE = 'src/otlp/decode.js';

/** How to disable each counting rule (docs/usage.md): rule, compiled file, what to replace (it stands there once), and by what. */
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
  ['U7 the deepest carrier wins', TREE, 'if (carryingCallBelow === undefined ||', 'if (true ||'],
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
    SAME,
    "if (usage === said || usage.costSource === 'reported')",
    'if (true)',
  ],
  ['U10 a model from the wrapper', TREE, 'usage.lendsModel === true &&', 'false &&'],
  ['U10 audio that fits', SAME, '&& input <= inputTokens', ''],
  ['U11 circles', TREE, "if (at?.state === 'on the way')", 'if (false)'],
  ['U13 a reported cost wins', USAGE, 'reported >= 0', 'false'],
  ['U14 prices of the cache', COST, '? 0 : usage.cacheReadTokens', '? 0 : 0'],
  ['U14 prices of audio', COST, '? 0 : (usage.inputAudioTokens ?? 0)', '? 0 : 0'],
  ['U14 as little cached audio as possible', COST, 'Math.min(uncached, audio -', 'Math.min(0, audio -'],
  ['U14 dated prices', COST, "price?.changing ? 'changing'", "false ? 'changing'"],
  ['U15 log records without numbers', USAGE, 'context.isLog && !carriesUsage(usage)', 'false'],
  ['U16 ids in a trace', TREE, 'dropSameIds(nodes);', ''],
  ['U16 ids over a session', SESSION, 'other.reason = NotCounted.sameId;', ''],
  ['U16 ids are noticed', SUMS, 'if (count > 1)', 'if (false)'],
  ['U17 alike', TREE, 'dropAlike(nodes);', ''],
  ['U17 other instrumentations only', TREE, 'if (scopes.has(scope) ||', 'if ('],
  ['U17 overlapping in time only', TREE, '|| !overlap(node, other))', ')'],
  ['U17 one model only', TREE, 'if (!mayBeOneModel(node.usage.model, model))', 'if (false)'],
  ['U18 told by the span', TREE, 'isLog && usage.first !== true && callAbove !== undefined', 'false'],
  ['U18 log records that come first', TREE, 'if (first === true)', 'if (false)'],
  ['U18 one signal in a session', SESSION, 'else if (!haveIds || !first.haveIds)', 'else if (false)'],
  ['U18 a second signal is noticed', SUMS, 'if (this.#told[other]?.has(dialect))', 'if (false)'],
  ['U18 metrics beside calls', SESSION, 'if (told.has(usage.dialect))', 'if (false)'],
  ['U18 metrics beside beaten calls', FRAGMENT, 'if (!draft.tells(call.usage.dialect))', 'if (false)'],
  ['U18 a beaten call is noticed', SUMS, "metric: ['span', 'log', 'beaten']", "metric: ['span', 'log']"],
  ['U18 a metric is no call', FACTS, "return kind === 'sum' ? 0 : 1", 'return 1'],
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
  ['U23 the end of a call is no call', ENDINGS, 'if (endings === undefined)', 'if (true)'],
  ['U23 what was asked tells calls apart', ENDINGS, 'halfOf}`', '0}`'],
  ['U23 of one parent', ENDINGS, '{parentId}\\0', '{0}\\0'],
];
