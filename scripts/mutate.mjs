// Disables one counting rule after the other (docs/usage.md) in the compiled program and runs the tests that guard them: each time some test has to
// fail. Words given select the rules whose name contains one of them. Exit code 1 where a rule could be disabled unnoticed.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TESTS = [
  'src/normalize/usage.test.js',
  'src/normalize/cost.test.js',
  'src/normalize/provider.test.js',
  'src/sessionize/usage.test.js',
  'src/sessionize/session-usage.test.js',
  'src/normalize/dialects/claude-code.test.js',
  'src/otlp/metric-log-records.test.js',
  'test/fixtures.test.js',
].map((name) => join('dist', name));

const USAGE = 'src/normalize/usage.js';
const COST = 'src/normalize/cost.js';
const TREE = 'src/sessionize/usage.js';
const SAME = 'src/sessionize/same-call.js';
const SESSION = 'src/sessionize/session-usage.js';
const SUMS = 'src/sessionize/usage-sums.js';
const FRAGMENT = 'src/sessionize/fragment.js';
const FACTS = 'src/normalize/facts.js';
const POINT = 'src/normalize/data-point.js';
const POINTS = 'src/otlp/metric-log-records.js';
const DECODE = 'src/otlp/decode.js';

/** Rule, file, what to replace (once, literally), and by what. */
const MUTATIONS = [
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
  ['U18 a second signal is noticed', SUMS, 'if (this.#signals.has(', 'if (false && this.#signals.has('],
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
];

const words = process.argv.slice(2);
const chosen = MUTATIONS.filter(([rule]) => words.length === 0 || words.some((word) => rule.includes(word)));
if (!testsPass()) fail('the tests fail as they are');
const unnoticed = [];
for (const [rule, name, find, replacement] of chosen) {
  const file = join(ROOT, 'dist', name);
  const original = readFileSync(file, 'utf8');
  if (original.split(find).length !== 2) fail(`${rule}: "${find}" does not stand once in ${name}`);
  writeFileSync(
    file,
    original.replace(find, () => replacement),
  );
  let passed;
  try {
    passed = testsPass();
  } finally {
    writeFileSync(file, original);
  }
  console.log(`${passed ? 'UNNOTICED' : 'noticed  '}  ${rule}`);
  if (passed) unnoticed.push(rule);
}
console.log(`${chosen.length - unnoticed.length} noticed, ${unnoticed.length} unnoticed`);
process.exitCode = unnoticed.length === 0 ? 0 : 1;

function testsPass() {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--test', ...TESTS], { cwd: ROOT, stdio: 'ignore', env }).status === 0;
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
