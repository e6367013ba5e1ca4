/**
 * Finds numbers that look like usage by the names of their attributes, for the usage report of a session,
 * which also shows what does not count. Searched on request only, never in received telemetry.
 */

/** An attribute that looks like a token count or a cost. */
export interface UsageNumber {
  /** Its key; for a value that is a map or JSON, followed by the names of its members, separated by dots. */
  readonly key: string;
  readonly value: number;
  /**
   * Whether no call can have it: a fraction, a negative number, more than 2^32 tokens (U4), or more than
   * 1,000,000 USD (U13).
   */
  readonly outOfRange: boolean;
}

/** Maximum number of listed numbers of a record. */
const MOST = 16;
/** Maximum length of a key, and of a text that is read as JSON, UTF-16 units. */
const MAX_KEY = 256;
const MAX_JSON = 4096;
/** Maximum depth of nested maps. */
const MAX_DEPTH = 3;

const MAX_TOKENS = 2 ** 32;
const MAX_USD = 1e6;

/** Words of a key that show that it is not a number of used tokens. */
const OTHER_WORDS = new Set([
  'access',
  'auth',
  'avg',
  'average',
  'bearer',
  'budget',
  'csrf',
  'first',
  'id',
  'jwt',
  'length',
  'limit',
  'limits',
  'max',
  'min',
  'oauth',
  'per',
  'percent',
  'quota',
  'rate',
  'ratio',
  'refresh',
  'remaining',
  'second',
  'session',
  'speed',
  'throughput',
  'type',
  'window',
]);

/** Words that a key of a model's cost has besides `cost`. */
const MODEL_WORDS = new Set([
  'ai',
  'genai',
  'gen',
  'llm',
  'llms',
  'model',
  'models',
  'token',
  'tokens',
  'usage',
  'completion',
  'prompt',
]);

/** Parts of usage, if the word before them is `usage`. */
const USAGE_PARTS = new Set(['completion', 'input', 'output', 'prompt']);

const COST_WORDS = new Set(['cost', 'costs']);

/** The numbers among these attributes, in their order, at most 16. Values are plain data: a map is an object. */
export function usageNumbers(
  attributes: Iterable<{ readonly key: string; readonly value: unknown }>,
): UsageNumber[] {
  const found: UsageNumber[] = [];
  for (const { key, value } of attributes) look(key, value, 0, found);
  return found.slice(0, MOST);
}

function look(key: string, value: unknown, depth: number, found: UsageNumber[]): void {
  if (found.length >= MOST || key.length > MAX_KEY) return;
  const number = numberOf(value);
  if (number !== undefined) {
    const kind = kindOf(key);
    if (kind === undefined) return;
    const outOfRange =
      kind === 'tokens'
        ? !Number.isInteger(number) || number < 0 || number > MAX_TOKENS
        : number < 0 || number > MAX_USD;
    found.push({ key, value: number, outOfRange });
    return;
  }
  const members = depth < MAX_DEPTH ? membersOf(key, value) : undefined;
  for (const [name, member] of Object.entries(members ?? {}))
    look(`${key}.${name}`, member, depth + 1, found);
}

const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function numberOf(value: unknown): number | undefined {
  const number =
    typeof value === 'bigint' || (typeof value === 'string' && value.length <= 32 && DECIMAL.test(value))
      ? Number(value)
      : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/**
 * Members of a map, or of JSON under a key about usage. Messages may contain any JSON, so other keys are not
 * parsed.
 */
function membersOf(key: string, value: unknown): object | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  if (typeof value !== 'string' || !value.startsWith('{') || value.length > MAX_JSON) return undefined;
  if (!/usage|token|cost/i.test(key)) return undefined;
  try {
    const parsed = JSON.parse(value) as unknown;
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The kind of number under this key. */
function kindOf(key: string): 'tokens' | 'cost' | undefined {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const isTokens =
    words.some((word) => word === 'tokens' || word === 'tok') ||
    words.some(
      (word, at) => word === 'token' && /^(?:counts?|usage|total|used)$/.test(words[at + 1] ?? ''),
    ) ||
    (words.some((word, at) => word === 'usage' && USAGE_PARTS.has(words[at + 1] ?? '')) &&
      words.some((word) => word !== 'usage' && MODEL_WORDS.has(word)));
  if (isTokens && !words.some((word) => OTHER_WORDS.has(word))) return 'tokens';
  const isCost = words.some((word) => COST_WORDS.has(word)) && words.some((word) => MODEL_WORDS.has(word));
  return isCost ? 'cost' : undefined;
}
