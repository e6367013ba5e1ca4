import { declaredKeys } from '../normalize/attributes.js';
import { isContentKey } from '../normalize/dialects/content-keys.js';
import { DIALECTS } from '../normalize/dialects/registry.js';
import { USER_ID_JSON, USER_ID_NAMES } from '../normalize/identity.js';
import { sessionKeysOf } from '../normalize/session-id.js';
import { createUserIds } from '../normalize/user-id.js';
import { type JsonPath, jsonPath } from './json-path.js';
import { KeyPaths, keyPattern } from './key-paths.js';
import {
  type Action,
  CONTENT_RULE,
  PLACES,
  type Place,
  type RedactionPolicy,
  type RedactionRule,
  UNKNOWN_FIELD_RULE,
  USER_IDS_RULE,
} from './policy.js';
import type { ScanTargets } from './scan.js';
import { isSecretKey } from './sets.js';
import { type HashText, redactedPattern, type TextRule, textHasher, textRule } from './text.js';

/** What a rule does to a whole value. */
export interface WholeAction {
  readonly action: Action | 'user-id';
  readonly length: number;
}

/** A rule, ready to be applied. It has exactly one of `whole`, `text` and `json`. */
export interface PlannedRule {
  readonly name: string;
  readonly places: ReadonlySet<Place>;
  /** Undefined for every key, and for texts without one. */
  readonly matches: ((path: string) => boolean) | undefined;
  readonly whole?: WholeAction;
  readonly text?: TextRule;
  readonly json?: { readonly path: JsonPath; readonly whole: WholeAction };
  /** Only texts and structured values: a number or a switch under the key is none. */
  readonly sparesNumbers?: boolean;
  /** It can only match where `Scanner.mayMatch` says so. */
  readonly isScanned?: boolean;
}

/** What is known of a key. */
export interface KeyFacts {
  /** In order, for each place. */
  readonly rules: Readonly<Record<Place, readonly PlannedRule[]>>;
  /** Whether some rule applies to every value under the key, whatever it looks like. */
  readonly isSpecial: boolean;
  /** The key as it is stored, if it has a match itself. */
  readonly stored: string | undefined;
  /** Of a user: what looks like a person is replaced. */
  readonly isUserId: boolean;
  /** Of a session or user: ids must stay different. */
  readonly isId: boolean;
}

export interface Plan {
  readonly keys: KeyPaths<KeyFacts>;
  /** What the sets look for in any text. */
  readonly scan: ScanTargets;
  /** What is looked for in ids of users. */
  readonly userScan: ScanTargets;
  /** Rules that need no key, for texts of a place. */
  readonly texts: Readonly<Record<Place, readonly PlannedRule[]>>;
  /** Whether each record must be read for its keys. */
  readonly readsKeys: boolean;
  /** Whether numbers may match too. */
  readonly readsNumbers: boolean;
  /** Whether each record must be read for its texts. */
  readonly readsTexts: boolean;
  readonly storesContent: boolean;
  readonly hash: HashText;
  readonly userId: (text: string) => string | undefined;
  /** The names of all rules. */
  readonly names: ReadonlySet<string>;
}

const ALL_PLACES: ReadonlySet<Place> = new Set(PLACES);
/** Texts of these places have no key. */
const KEYLESS: readonly Place[] = ['body', 'name', 'status'];

/**
 * @param key The secret of the installation.
 * @param contentRule The name of the rule that removes content.
 */
export function planOf(
  { rules, userIds, content }: RedactionPolicy,
  key: Uint8Array,
  contentRule: string = CONTENT_RULE,
): Plan {
  const pseudonyms = createUserIds({ mode: 'pseudonymize', key });
  const plainHash = textHasher(key);
  const hash: HashText = (text) => pseudonyms.normalize(text) ?? plainHash(text);
  const names = [...rules.map(({ name }) => name), USER_IDS_RULE, contentRule, UNKNOWN_FIELD_RULE];
  const isAuto = userIds === 'auto';
  const done = redactedPattern(names);
  const planned = [
    ...(userIds === 'keep' ? [] : userIdRules()),
    ...(content ? [] : [{ ...CONTENT, name: contentRule }]),
    ...rules.flatMap((rule) => plannedRules(rule, hash, done)),
  ];
  const keyless = planned.filter(({ matches }) => matches === undefined);
  const texts = byPlace((place) =>
    keyless.filter((rule) => rule.places.has(place) && (rule.whole === undefined || KEYLESS.includes(place))),
  );
  // What looks like a person in a user id is found by looking at values.
  const keyed = planned.filter(
    (rule) => rule.matches !== undefined && !(rule.name === USER_IDS_RULE && isAuto),
  );
  const isUserId = nameTest(USER_ID_NAMES);
  const isUserJson = nameTest(USER_ID_JSON.map(({ key }) => key));
  const isSessionId = nameTest(sessionKeysOf(DIALECTS).map((number) => declaredKeys()[number]!.name));

  // A pattern may match anywhere; a rule with a key is found by its key.
  const readsTexts = !content || keyless.some(({ isScanned }) => isScanned !== true);

  let usual: KeyFacts | undefined;
  const decide = (path: string, name: string, parent: KeyFacts | undefined): KeyFacts => {
    const applies = (rule: PlannedRule, place: Place): boolean => {
      if (!rule.places.has(place)) return false;
      if (rule.matches === undefined) return rule.whole === undefined;
      // What is looked for under a key is looked for in all of its value.
      return rule.matches(path) || (rule.whole === undefined && parent?.rules[place].includes(rule) === true);
    };
    const isUser = isUserId(path) || isUserJson(path);
    const isId = isUserId(path) || isSessionId(path);
    const isSpecial = keyed.some((rule) => rule.matches?.(path));
    const text = readsTexts || MAY_MATCH.test(name) ? name : '';
    const stored = keyless.reduce((left, rule) => rule.text?.apply(left, true) ?? left, text);
    const isInherited = parent !== undefined && parent !== usual;
    if (!isUser && !isId && !isSpecial && stored === text && !isInherited && usual !== undefined)
      return usual;
    return {
      rules: byPlace((place) => planned.filter((rule) => applies(rule, place))),
      isSpecial: isSpecial || stored !== text,
      stored: stored === text ? undefined : stored,
      isUserId: isAuto && isUser,
      isId,
    };
  };

  const sets = new Set(rules.flatMap(({ set }) => set ?? []));
  const keys = new KeyPaths(decide);
  usual = keys.root.value;
  return {
    keys,
    scan: {
      at: sets.has('email') || sets.has('secrets'),
      plus: sets.has('phone'),
      cards: sets.has('cards'),
      phones: sets.has('phone'),
      userIds: false,
      ibans: sets.has('iban'),
      tokens: sets.has('secrets'),
      escapes: sets.size > 0,
    },
    userScan: {
      at: isAuto,
      plus: isAuto,
      cards: false,
      phones: false,
      userIds: isAuto,
      ibans: false,
      tokens: false,
      escapes: isAuto,
    },
    texts,
    readsKeys: keyed.length > 0,
    readsNumbers: sets.has('cards'),
    readsTexts,
    storesContent: content,
    hash,
    userId: createUserIds({ mode: userIds, key }).normalize,
    names: new Set(names),
  };
}

/** A key without any of these has no match of a set. */
const MAY_MATCH = /[@%+]|[\d ().-]{12}|[\w-]{20}|[A-Z\d ]{15}/;

const CONTENT: PlannedRule = {
  name: CONTENT_RULE,
  places: new Set<Place>(['attributes', 'events', 'body', 'links']),
  matches: isContentKey,
  whole: { action: 'drop', length: 0 },
};

/** The ids of users, and of users in JSON. */
function userIdRules(): PlannedRule[] {
  const whole: WholeAction = { action: 'user-id', length: 0 };
  return [
    { name: USER_IDS_RULE, places: ALL_PLACES, matches: nameTest(USER_ID_NAMES), whole },
    ...USER_ID_JSON.flatMap(({ key, fields }) =>
      fields.map(
        (field): PlannedRule => ({
          name: USER_IDS_RULE,
          places: ALL_PLACES,
          matches: nameTest([key]),
          json: { path: jsonPath(`$['${field}']`), whole },
        }),
      ),
    ),
  ];
}

function nameTest(names: readonly string[]): (path: string) => boolean {
  const known = new Set(names);
  return (path) => known.has(path);
}

function plannedRules(rule: RedactionRule, hash: HashText, done: RegExp): PlannedRule[] {
  const { name, action, length = 0, set, pattern, json, keys } = rule;
  const places = rule.in === undefined ? ALL_PLACES : new Set(rule.in);
  const globs = keys?.map(keyPattern);
  const matches = globs && ((path: string) => globs.some((glob) => glob(path)));
  const whole: WholeAction = { action, length };
  if (json !== undefined) return [{ name, places, matches, json: { path: jsonPath(json), whole } }];
  if (pattern === undefined && set === undefined) return [{ name, places, matches, whole }];
  const inTexts: PlannedRule = {
    name,
    places,
    matches,
    text: textRule(rule, hash, done),
    ...(set !== undefined && { isScanned: true }),
  };
  if (set !== 'secrets') return [inTexts];
  const isSecret = (path: string): boolean => isSecretKey(path) && matches?.(path) !== false;
  return [{ name, places, matches: isSecret, whole, sparesNumbers: true }, inTexts];
}

function byPlace<T>(of: (place: Place) => T): Record<Place, T> {
  return Object.fromEntries(PLACES.map((place) => [place, of(place)])) as Record<Place, T>;
}
