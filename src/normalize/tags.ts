import { boundedName } from './bounded-text.js';

/**
 * Tags: the values of attributes that sessions are found by (docs/decisions/023-attribute-filters.md). A tag is a
 * kind, one character, and a text. They sort by kind first.
 */

export const TagKind = {
  operation: 'A',
  status: 'B',
  errorType: 'C',
  tool: 'D',
  /** The key of an attribute of `--index-attributes`. */
  attributeKey: 'E',
  /** The key and the value of such an attribute, from `attributeTag`. */
  attribute: 'F',
  route: 'G',
} as const;
export type TagKind = (typeof TagKind)[keyof typeof TagKind];

/** Maximum length of a value, UTF-16 units. */
export const MAX_TAG_VALUE = 256;

/** Separates tags in a text, and key and value in a tag. Values do not have them. */
const BETWEEN_TAGS = '\u0001';
const AFTER_KEY = '\u0002';

export function tagOf(kind: TagKind, value: string): string {
  const text = boundedName(value, MAX_TAG_VALUE);
  return kind + text.replaceAll(BETWEEN_TAGS, '\ufffd').replaceAll(AFTER_KEY, '\ufffd');
}

/** The tag of a value of an indexed attribute; with an empty value, what all tags of the key begin with. */
export function attributeTag(key: string, value: string): string {
  return tagOf(TagKind.attribute, key) + AFTER_KEY + tagOf(TagKind.attribute, value).slice(1);
}

/** The tags in a text of `RecordFacts.tags`. */
export function tagsIn(text: string): string[] {
  return text.split(BETWEEN_TAGS);
}

/** One text with the tags of all of these. Tags may repeat. */
export function joinedTags(texts: readonly string[]): string {
  return texts.join(BETWEEN_TAGS);
}

export const NO_TAGS: readonly string[] = [];

/** The tags as one text, each once; undefined if there are none. */
export function tagsText(...lists: readonly (readonly string[])[]): string | undefined {
  const tags = new Set(lists.flat());
  return tags.size === 0 ? undefined : [...tags].join(BETWEEN_TAGS);
}
