import { createHmac } from 'node:crypto';
import { RE2JS } from 're2js';
import type { RedactionRule, SetName } from './policy.js';
import { type Find, findCards, findEmails, findIbans, findPhones, findSecrets, type Match } from './sets.js';

const FINDS: Readonly<Record<SetName, Find>> = {
  secrets: findSecrets,
  cards: findCards,
  iban: findIbans,
  email: findEmails,
  phone: findPhones,
};

/**
 * Longest text, in UTF-16 units, that a pattern of the operator is applied to. The search takes linear time,
 * but up to a microsecond a unit.
 */
export const MAX_PATTERN_TEXT = 256 * 1024;
/** Most matches of a pattern in a text: each search for the next one may read the rest of the text. */
export const MAX_PATTERN_MATCHES = 1_000;

/** A rule could not be applied to a value, which is therefore masked whole. */
export class RuleFailure extends Error {
  override readonly name = 'RuleFailure';
}

/** The keyed hash that takes the place of a value: the same form as a user's pseudonym. */
export type HashText = (text: string) => string;

/** @param key The secret of the installation. */
export function textHasher(key: Uint8Array): HashText {
  return (text) => `hmac:${createHmac('sha256', key).update(text).digest('hex').slice(0, 32)}`;
}

export function maskOf(rule: string): string {
  return `[redacted:${rule}]`;
}

/** A rule that looks for something within texts. */
export interface TextRule {
  readonly name: string;
  /** The text without its matches, or the text itself. `asId`: a mask would make ids of several equal. */
  apply(text: string, asId: boolean): string;
}

export function textRule(rule: RedactionRule, hash: HashText, done: RegExp): TextRule {
  const { name, action, set, pattern } = rule;
  const find = set === undefined ? patternFind(pattern!) : FINDS[set];
  const mask = maskOf(name);
  return {
    name,
    apply(text, asId) {
      const matches = disjoint(find(text), redactedParts(text, done));
      if (matches.length === 0) return text;
      let result = '';
      let from = 0;
      for (const { start, end, canonical } of matches) {
        result += text.slice(from, start);
        if (action === 'hash' || (action === 'mask' && asId)) {
          result += hash(canonical ?? text.slice(start, end));
        } else if (action === 'mask') {
          result += mask;
        }
        from = end;
      }
      return result + text.slice(from);
    },
  };
}

/** What earlier rules put into a text: it is not redacted again. */
export function redactedPattern(names: readonly string[]): RegExp {
  return new RegExp(`\\[redacted:(?:${names.join('|')})\\]|hmac:[0-9a-f]{32}(?![0-9a-f])`, 'g');
}

function redactedParts(text: string, done: RegExp): Match[] {
  if (!text.includes('[redacted:') && !text.includes('hmac:')) return [];
  return Array.from(text.matchAll(done), ({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  }));
}

/** Matches in order, overlapping ones as one, without those that overlap a part that is left alone. */
function disjoint(found: Iterable<Match>, leftAlone: readonly Match[]): Match[] {
  const sorted = [...found].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Match[] = [];
  let next = 0;
  for (const match of sorted) {
    while (next < leftAlone.length && leftAlone[next]!.end <= match.start) next++;
    if (next < leftAlone.length && leftAlone[next]!.start < match.end) continue;
    const last = merged.at(-1);
    if (last === undefined || match.start >= last.end) merged.push(match);
    else if (match.end > last.end) merged[merged.length - 1] = { start: last.start, end: match.end };
  }
  return merged;
}

function patternFind(pattern: string): Find {
  const compiled = RE2JS.compile(pattern);
  return function* (text) {
    if (text.length > MAX_PATTERN_TEXT) throw new RuleFailure(`a text of ${text.length} characters`);
    // The search for a yes or no is many times as fast as that for places.
    if (!compiled.test(text)) return;
    const matcher = compiled.matcher(text);
    for (let count = 0; matcher.find(); count++) {
      if (count === MAX_PATTERN_MATCHES) throw new RuleFailure(`more than ${count} matches`);
      if (matcher.end() > matcher.start()) yield { start: matcher.start(), end: matcher.end() };
    }
  };
}
