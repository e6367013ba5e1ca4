// Writes docs/dialects.md from the compiled tables of src/normalize/dialects. With --check it writes nothing and fails if
// the page differs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { declaredKeys } from '../dist/src/normalize/attributes.js';
import { inOrder } from '../dist/src/normalize/dialects/by-rank.js';
import {
  CALL_ADDRESSES,
  CALL_ERRORS,
  CALL_PORTS,
  SERVICE_TIERS,
} from '../dist/src/normalize/dialects/call-terms.js';
import { DIALECTS } from '../dist/src/normalize/dialects/registry.js';

const PAGE = new URL('../docs/dialects.md', import.meta.url);

const INTRODUCTION = `# Dialects of telemetry

Generated from \`src/normalize/dialects\` by \`npm run docs:dialects\`. The rules U1 to U24 are in [usage.md](usage.md), the history of each dialect is beside
its table, and [014](decisions/014-dialects.md) explains the structure. The first dialect with model calls that recognises a record reads its usage. For each
meaning the first key with a usable value is read. The keys of all dialects for one meaning form one list, ordered by the ranks in the tables, then by the order of this page.
\`key → field\` is a field of the JSON text under the key. Of a pattern's match the first group is read.
`;

const MEANINGS = {
  input: 'input',
  inputBesides: 'further input',
  output: 'output',
  outputBesides: 'further output',
  cacheRead: 'cache read',
  cacheWrite: 'cache write',
  cacheWrite1h: 'cache write for an hour',
  reasoning: 'reasoning',
  inputAudio: 'input audio',
  outputAudio: 'output audio',
  cacheAudioRead: 'cache read audio',
  total: 'total',
  provider: 'provider',
  requestModel: 'request model',
  responseModel: 'response model',
  callIds: 'call ids',
  cost: 'cost',
  address: 'address',
  serviceTier: 'service tier',
  aborted: 'aborted',
};

/** Titles of the numbers that a metric adds to. */
const NUMBERS = {
  inputTokens: 'input',
  outputTokens: 'output',
  cacheReadTokens: 'cache read',
  cacheWriteTokens: 'cache write',
  reasoningTokens: 'reasoning',
  costUsd: 'cost',
};

/** The parts of a dialect besides usage: a title, and the text to show. */
const TERMS = [
  ['previous session', ({ sessions }) => names(sessions?.previous)],
  ['events of sessions', ({ sessions }) => names(Object.keys(sessions?.events ?? {}))],
  [
    'service',
    ({ sessions }) =>
      (sessions?.service ?? []).map(({ key, mark }) => `${code(key)} where ${marked(mark)}`).join('; '),
  ],
  ['user', ({ identity }) => names(identity?.userId)],
  [
    'user, in JSON',
    ({ identity }) =>
      names(identity?.userIdInJson?.fields.map((field) => `${identity.userIdInJson.key} → ${field}`)),
  ],
  ['anonymous user', ({ identity }) => names(identity?.anonymousId)],
  ['release', ({ identity }) => names(identity?.release)],
  ['connection', ({ identity }) => join(names(identity?.connection), names(identity?.visitConnection))],
  ['place', ({ identity }) => join(...Object.values(identity?.place ?? {}).map(names))],
  ['device', ({ identity }) => join(...Object.values(identity?.device ?? {}).map(names))],
  ['address', ({ identity }) => names(identity?.address)],
  [
    'marks a browser or app',
    ({ identity }) =>
      join(names(identity?.userSide?.keys), ...(identity?.userSide?.values ?? []).map(marked)),
  ],
  [
    'exception',
    ({ exceptions }) =>
      exceptions && names([...exceptions.type, ...exceptions.message, ...exceptions.stacktrace]),
  ],
  ['marks an exception', ({ exceptions }) => names([...new Set(exceptions?.marks?.map(({ key }) => key))])],
  ['events of exceptions', ({ exceptions }) => names(Object.keys(exceptions?.events ?? {}))],
  ['page entered', ({ visits }) => join(...inOrder([visits?.pages]).map(pageRule))],
  ['page', ({ visits }) => join(names(visits?.urls), names(visits?.ownUrls), names(visits?.enteredUrls))],
  ['screen', ({ visits }) => join(names(visits?.screens), names(visits?.enteredScreens))],
  ['route, title', ({ visits }) => join(names(visits?.routes), names(visits?.titles))],
  [
    'referrer',
    ({ visits }) => join(names(visits?.referrers), names(visits?.entryReferrer && [visits.entryReferrer])),
  ],
  ['vitals', ({ visits }) => vitals(visits?.vitals)],
  [
    'tool: name',
    ({ conversation }) => join(names(conversation?.tools?.names), names(conversation?.tools?.looseNames)),
  ],
  ['tool: id of the call', ({ conversation }) => names(conversation?.tools?.callIds)],
  ['tool: arguments', ({ conversation }) => names(conversation?.tools?.arguments)],
  ['tool: result', ({ conversation }) => names(conversation?.tools?.results)],
  [
    'run of a tool',
    ({ conversation }) =>
      join(
        ...inOrder([conversation?.tools?.kinds]).map(marked),
        conversation?.tools?.spans && `span ${pattern(conversation.tools.spans)}`,
      ),
  ],
  ['finish reason', ({ conversation }) => names(conversation?.finishReasons)],
];

function join(...parts) {
  return [...new Set(parts.filter((part) => part !== undefined && part !== ''))].join(', ');
}

/** Names of attributes, or of entries of maps, in the order of their ranks. */
function names(list) {
  return inOrder([list])
    .map((each) =>
      code(typeof each === 'string' ? each : 'entry' in each ? `${each.map} → ${each.entry}` : each.name),
    )
    .join(', ');
}

function marked({ key, value }) {
  return `${code(key)} is like ${pattern(value)}`;
}

function pageRule({ spans = [], events = [], pattern: like, mark }) {
  return join(
    ...spans.map((name) => `span ${code(name)}`),
    ...events.map((name) => `event ${code(name)}`),
    like && `span ${pattern(like)}`,
    mark && (mark.value === undefined ? code(mark.key) : `${code(mark.key)} is ${code(mark.value)}`),
  );
}

function vitals(terms) {
  return join(
    ...inOrder([terms?.named]).map(({ name, value }) => `${code(name)} with ${code(value)}`),
    ...inOrder([terms?.own]).map((nameOf) => code(nameOf('lcp'))),
    ...(terms?.events ?? []).map((name) => `event ${code(name)}`),
    ...(terms?.spans ?? []).map((name) => `span ${code(name)}`),
    terms?.markedSpans && `span where ${marked(terms.markedSpans)}`,
  );
}

const page = [INTRODUCTION, ...DIALECTS.map(section), everywhere()].join('\n');
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, page);
} else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== page) {
  console.error('docs/dialects.md is out of date; run: npm run docs:dialects');
  process.exitCode = 1;
}

/** The keys that are read from the calls of every dialect. */
function everywhere() {
  return `## All dialects

Read from calls after the dialect's own keys, for prices (U14).

| meaning | keys, best first |
| --- | --- |
| address | ${list(CALL_ADDRESSES)} |
| port | ${list(CALL_PORTS)} |
| service tier | ${list(SERVICE_TIERS)} |
| aborted, by pattern (U4) | ${list(CALL_ERRORS)} |
`;
}

function section(dialect) {
  const rows = [
    ...Object.entries(MEANINGS).map(([meaning, title]) => [title, list(dialect.keys?.[meaning] ?? [])]),
    ['session', list(dialect.sessionKeys ?? [])],
    ['session, after all dialects', list(dialect.looseSessionKeys ?? [])],
    ['session, in its scopes only', scoped(dialect.scopedSessionKeys)],
    ['metrics', metrics(dialect.metrics)],
    ['messages', messages(dialect.messages)],
    ...TERMS.map(([title, of]) => [title, of(dialect) ?? '']),
  ].filter(([, value]) => value !== '');
  return `## \`${dialect.name}\`

${'recognizedBy' in dialect ? usage(dialect) : ''}| meaning | keys, best first |
| --- | --- |
${rows.map(([title, value]) => `| ${title} | ${value.replaceAll('|', '\\|')} |\n`).join('')}`;
}

/** How a dialect reports model calls. */
function usage(dialect) {
  const { recognizedBy, kinds, logs, provider } = dialect;
  return `- Recognised by ${recognizedBy.map(signature).join('; or ')}.
${kinds.map((rule) => `- Kind: ${kind(rule)}.\n`).join('')}${logs === undefined ? '' : `- Log records: ${logUsage(logs)}.\n`}- Input includes the cache (U5 c): ${cache(dialect.inputIncludesCache)}.
- Output includes reasoning (U6): ${answer(dialect.outputIncludesReasoning)}.
${provider === undefined ? '' : `- Provider if none is given: ${typeof provider === 'string' ? code(provider) : provider.map(([scope, name]) => `${code(name)} with scope ${pattern(scope)}`).join('; ')}.\n`}${dialect.wrappersNameModel ? '- Model of a call that names none (U10): that of the nearest wrapper around it.\n' : ''}${dialect.endings === undefined ? '' : `- Records that report the end of a call (U23): ${source(dialect.endings.where.key)} is ${code(dialect.endings.where.value)}; both have ${list(dialect.endings.inCommon)}.\n`}${dialect.zeroCostIsUnknown ? '- A cost of 0 beside tokens (U13): unknown.\n' : ''}${dialect.wrapperSumsAreRight === undefined ? '' : `- Totals of wrappers are known to be right (U21): ${dialect.wrapperSumsAreRight}\n`}${dialect.runningSums ? '- Running totals over a loop of tools, which are split into calls (U22).\n' : ''}
`;
}

function signature({ anyOf, scopeName, serviceName, spanName, eventName }) {
  return conditions([
    ['scope', scopeName],
    ['service', serviceName],
    ['span', spanName],
    ['event', eventName],
    ['', anyOf],
  ]);
}

/** Joins all conditions, each with its name. A list of keys means one of them. */
function conditions(pairs) {
  return pairs
    .filter(([, value]) => value !== undefined)
    .map(([title, value]) => (Array.isArray(value) ? `one of ${list(value)}` : `${title} ${pattern(value)}`))
    .join(' with ');
}

function kind(rule) {
  if ('kinds' in rule) {
    const values = [...grouped(rule.kinds)].map(([of, names]) => `${of} for ${names.map(code).join(', ')}`);
    if (rule.otherwise !== undefined) values.push(`${rule.otherwise} for any other value`);
    return `by ${source(rule.key)}: ${values.join('; ')}`;
  }
  if ('key' in rule) return `${rule.kind} where ${source(rule.key)} is like ${pattern(rule.value)}`;
  const where = conditions([
    ['the span is', rule.spanName],
    ['', rule.anyOf],
  ]);
  return `${rule.kind} ${rule.spanName === undefined ? 'with' : 'where'} ${where}`;
}

function grouped(kinds) {
  const byKind = new Map();
  for (const [value, of] of kinds) byKind.set(of, [...(byKind.get(of) ?? []), value]);
  return byKind;
}

function logUsage({ event, where, first }) {
  const condition = where === undefined ? '' : ` where ${source(where.key)} is ${code(where.value)}`;
  return `event ${pattern(event)}${condition}; ${first ? 'before' : 'after'} spans`;
}

function cache(rules) {
  if (typeof rules === 'boolean') return rules ? 'yes' : 'no';
  const answers = rules.map((rule) => {
    if (typeof rule === 'number') return `yes with ${source(rule)}`;
    const { includes, anyOf, scopeName, scopeVersion, ownTotal } = rule;
    const says = typeof includes === 'boolean' ? (includes ? 'yes' : 'no') : 'as the provider does';
    const where = conditions([
      ['scope', scopeName],
      ['version', scopeVersion],
      ['', anyOf],
    ]);
    const total = ownTotal ? ' (even where the total is input + output)' : '';
    return `${says}${where === '' ? '' : ` with ${where}`}${total}`;
  });
  const last = rules.at(-1);
  const isOpen =
    typeof last === 'number' ||
    ['anyOf', 'scopeName', 'scopeVersion'].some((name) => last?.[name] !== undefined);
  return [...answers, ...(isOpen ? ['as the provider does'] : [])].join('; else ');
}

function answer(rule) {
  if (typeof rule === 'boolean') return rule ? 'yes' : 'no';
  return `yes with one of ${list(rule)}; else no`;
}

function scoped(keys) {
  return keys === undefined ? '' : `${list(keys.keys)} (scope ${pattern(keys.scopeName)})`;
}

function metrics(list = []) {
  const numbers = (names) => names.map((name) => NUMBERS[name]).join(' and ');
  return list
    .map(({ name, adds }) => {
      if (Array.isArray(adds)) return `${code(name)}: ${numbers(adds)}`;
      const values = Object.entries(adds.values).map(([value, names]) => `${code(value)} ${numbers(names)}`);
      return `${code(name)} by ${source(adds.key)}: ${values.join(', ')}`;
    })
    .join('; ');
}

function messages(sources) {
  if (sources === undefined) return '';
  const names = Object.values(sources)
    .flat()
    .map((each) => {
      if ('prefix' in each) return code(`${each.prefix}.N.*`);
      if ('event' in each) return `event ${code(each.event)}`;
      return code(each.field === undefined ? each.key : `${each.key} → ${each.field}`);
    });
  return [...new Set(names)].join(', ');
}

function list(sources) {
  return sources.map(source).join(', ');
}

function source(each) {
  if (typeof each === 'number') return code(declaredKeys()[each].name);
  if ('sum' in each) return each.sum.map(source).join(' + ');
  if ('part' in each) return `${source(each.of)} as far as ${pattern(each.part)} has it`;
  const name = declaredKeys()[each.json].name;
  return code(each.path.length === 0 ? `${name} →` : `${name} → ${each.path.join('.')}`);
}

function pattern({ source: text }) {
  return code(text.replaceAll('\\/', '/'));
}

function code(text) {
  return `\`${text}\``;
}
