import { RE2JS } from 're2js';
import type { UserIdMode } from '../normalize/user-id.js';
import { JsonPathError, jsonPath } from './json-path.js';
import { RETENTION_RULE } from './marks.js';

/** Where in a record, or around it, a text or attribute stands. Values of attributes in a body are of `body`. */
export const PLACES = [
  'attributes',
  'resource',
  'scope',
  'events',
  'links',
  'body',
  'name',
  'status',
] as const;
export type Place = (typeof PLACES)[number];

/** The built-in sets, in the order in which they are applied. */
export const SET_NAMES = ['secrets', 'cards', 'iban', 'email', 'phone'] as const;
export type SetName = (typeof SET_NAMES)[number];

export const ACTIONS = ['drop', 'mask', 'hash', 'truncate'] as const;
export type Action = (typeof ACTIONS)[number];

/** One validated rule. Plain data, so that it crosses threads as it is. */
export interface RedactionRule {
  /** Names it in masks, in the records and in metrics. */
  readonly name: string;
  readonly action: Action;
  /** Of `truncate`: UTF-16 units that are kept. */
  readonly length?: number;
  /** Places that it applies to; all if left out. */
  readonly in?: readonly Place[];
  /** Patterns of keys, with the keys of maps around them: `user.address.*`. */
  readonly keys?: readonly string[];
  /** A regular expression in the syntax of RE2. Its matches are redacted, not the whole value. */
  readonly pattern?: string;
  readonly set?: SetName;
  /** A path into a structured value, or into JSON in a text. */
  readonly json?: string;
}

/** What is redacted before anything is stored. */
export interface RedactionPolicy {
  /** In the order in which they are applied. */
  readonly rules: readonly RedactionRule[];
  /** How the ids of users are kept, in the records as in sessions. */
  readonly userIds: UserIdMode;
  /** Whether messages, prompts, arguments and results of model calls are stored. */
  readonly content: boolean;
}

/** The name of the policy for user ids, as of a rule. */
export const USER_IDS_RULE = 'user-ids';
/** The name of the setting for content, as of a rule. */
export const CONTENT_RULE = 'content';
/** A field that OTLP does not define, with something that looks like a match. */
export const UNKNOWN_FIELD_RULE = 'unknown-field';
const RESERVED: readonly string[] = [
  ...SET_NAMES,
  USER_IDS_RULE,
  CONTENT_RULE,
  UNKNOWN_FIELD_RULE,
  RETENTION_RULE,
];

/** The file of rules cannot be used; the message says where and why, for the operator. */
export class RedactionRulesError extends Error {
  override readonly name = 'RedactionRulesError';
}

/** Rules for sets that are chosen by name. */
export function rulesOfSets(sets: readonly SetName[]): RedactionRule[] {
  return SET_NAMES.filter((set) => sets.includes(set)).map((set) => ({ name: set, set, action: 'mask' }));
}

/** Limits on the rules of a file: each costs time with every record, and its name is a label of metrics. */
const MAX_RULES = 100;
const MAX_PATTERN_LENGTH = 1_000;
const MAX_TRUNCATED = 1_000_000;
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const MEMBERS = ['name', 'action', 'length', 'in', 'key', 'pattern', 'set', 'json'];

/**
 * Reads a file of rules: `{"rules": [{"name": "…", "key": "…", "action": "…"}, …]}`. `file` names it in
 * errors.
 *
 * @throws RedactionRulesError with the line of an error of syntax, or the number and name of a rule.
 */
export function parseRules(content: string, file: string): RedactionRule[] {
  const text = content.replace(/^\uFEFF/, '');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new RedactionRulesError(`${file}${placeOf(error as Error, text)}`);
  }
  const members = isObject(parsed) ? Object.keys(parsed) : [];
  const rules = isObject(parsed) ? parsed.rules : undefined;
  const stranger = members.find((member) => member !== 'rules');
  if (!Array.isArray(rules) || stranger !== undefined) {
    const found = stranger === undefined ? '' : `, and nothing such as ${JSON.stringify(stranger)}`;
    throw new RedactionRulesError(
      `${file} must hold {"rules": […]}${found}; for example {"rules": [{"name": "customer", "key": "customer.name", "action": "mask"}]}`,
    );
  }
  if (rules.length > MAX_RULES) {
    throw new RedactionRulesError(`${file} has ${rules.length} rules; at most ${MAX_RULES} are allowed`);
  }
  const names = new Set<string>();
  return rules.map((entry, i) => {
    const rule = ruleOf(entry, `${file}, rule ${i + 1}`);
    if (names.has(rule.name)) {
      throw new RedactionRulesError(
        `${file}, rule ${i + 1}: an earlier rule has the name "${rule.name}"; each needs one of its own`,
      );
    }
    names.add(rule.name);
    return rule;
  });
}

/** Line, column and reason of an error of JSON.parse. */
function placeOf({ message }: Error, text: string): string {
  const before = text.slice(0, errorOffset(text)).split('\n');
  const reason = message.replace(/\s+/g, ' ').replace(/(?:, "| in JSON at position).*$/, '');
  return `, line ${before.length}, column ${before.at(-1)!.length + 1}: not JSON: ${reason}`;
}

/** Where a text stops being the beginning of JSON. Messages of JSON.parse do not always say it. */
function errorOffset(text: string): number {
  let good = 0;
  let bad = text.length;
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    if (isBeginning(text.slice(0, middle))) good = middle;
    else bad = middle - 1;
  }
  return good;
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return /Unexpected end|Unterminated/.test(message) || Number(position) >= text.length;
  }
}

function ruleOf(entry: unknown, where: string): RedactionRule {
  const fail = (message: string): never => {
    throw new RedactionRulesError(`${where}: ${message}`);
  };
  if (!isObject(entry)) return fail('must be an object');
  const stranger = Object.keys(entry).find((member) => !MEMBERS.includes(member));
  if (stranger !== undefined) fail(`has ${JSON.stringify(stranger)}, which is none of ${MEMBERS.join(', ')}`);

  const { name, action, length, set, pattern, json } = entry;
  if (typeof name !== 'string' || !NAME.test(name))
    return fail('"name" must be 1 to 40 lower-case letters, digits and hyphens, such as "customer-number"');
  const called = `"${name}"`;
  if (RESERVED.includes(name) && name !== set) fail(`the name ${called} is taken; choose another`);
  if (!ACTIONS.includes(action as Action))
    return fail(`${called}: "action" must be one of ${ACTIONS.join(', ')}`);
  const isLength = Number.isInteger(length) && Number(length) >= 0 && Number(length) <= MAX_TRUNCATED;
  if (action === 'truncate' ? !isLength : length !== undefined)
    fail(`${called}: "length" belongs to "truncate": a whole number from 0 to ${MAX_TRUNCATED}`);
  const places = textsOf(entry.in);
  const unknown = places?.find((place) => !PLACES.includes(place as Place));
  if (entry.in !== undefined && (places === undefined || places.length === 0 || unknown !== undefined))
    fail(`${called}: "in" must list some of ${PLACES.join(', ')}`);
  const keys = textsOf(entry.key);
  if (entry.key !== undefined && (keys === undefined || keys.length === 0 || keys.includes('')))
    fail(
      `${called}: "key" must be the key of an attribute, such as "http.request.header.*", or a list of keys`,
    );
  const targets = [pattern, set, json].filter((each) => each !== undefined);
  if (targets.length > 1) fail(`${called}: give one of "pattern", "set" and "json"`);
  if (set !== undefined && !SET_NAMES.includes(set as SetName))
    fail(`${called}: "set" must be one of ${SET_NAMES.join(', ')}`);
  if (pattern !== undefined) checkPattern(pattern, (message) => fail(`${called}: ${message}`));
  if (json !== undefined) checkJson(json, (message) => fail(`${called}: ${message}`));
  const isWhole = targets.length === 0;
  const wholeTexts = ['body', 'name', 'status'];
  if (isWhole && keys === undefined && !places?.every((place) => wholeTexts.includes(place)))
    fail(
      `${called}: says what to do, but not to what; give "key", "pattern", "set", "json", or "in" with some of ${wholeTexts.join(', ')}`,
    );
  if (!isWhole && json === undefined && action === 'truncate')
    fail(`${called}: "truncate" shortens whole values: give "key", or "json"`);
  return {
    name,
    action: action as Action,
    ...(action === 'truncate' && { length: Number(length) }),
    ...(places !== undefined && { in: places as Place[] }),
    ...(keys !== undefined && { keys }),
    ...(pattern !== undefined && { pattern: pattern as string }),
    ...(set !== undefined && { set: set as SetName }),
    ...(json !== undefined && { json: json as string }),
  };
}

function checkPattern(pattern: unknown, fail: (message: string) => void): void {
  if (typeof pattern !== 'string' || pattern === '' || pattern.length > MAX_PATTERN_LENGTH) {
    fail(`"pattern" must be a regular expression of at most ${MAX_PATTERN_LENGTH} characters`);
    return;
  }
  try {
    if (RE2JS.compile(pattern).test('')) fail('"pattern" matches an empty text, and so everywhere');
  } catch (error) {
    if (error instanceof RedactionRulesError) throw error;
    fail(
      `"pattern": ${(error as Error).message} (the syntax is RE2's, without look-around and back-references)`,
    );
  }
}

function checkJson(json: unknown, fail: (message: string) => void): void {
  try {
    if (typeof json === 'string') jsonPath(json);
    else fail('"json" must be a path such as "$[*].parts[*].content"');
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    fail(`"json": ${error.message}`);
  }
}

function textsOf(value: unknown): string[] | undefined {
  const list = typeof value === 'string' ? [value] : value;
  return Array.isArray(list) && list.every((each) => typeof each === 'string') ? list : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
