import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import type { ByRank } from './dialects/by-rank.js';
import { fromAll } from './dialects/registry.js';
import type { ToolTerms } from './dialects/terms.js';
import { attributeTag, NO_TAGS, TagKind, tagOf } from './tags.js';

const toolTerms = <T>(of: (tools: ToolTerms) => ByRank<T> | undefined): readonly T[] =>
  fromAll(({ conversation }) => conversation?.tools && of(conversation.tools));

const tagKey = (name: string): AttributeKey => attributeKey(name, KeyGroup.tag);

const OPERATION = tagKey('gen_ai.operation.name');
const ERROR_TYPE = tagKey('error.type');
const ROUTE = tagKey('http.route');
const STATUSES = [tagKey('http.response.status_code'), tagKey('http.status_code')];

/** Only runs of tools have these. */
const TOOL_NAMES = toolTerms<string>(({ names }) => names).map(tagKey);
/** Runs of tools are told by these, and have the names under keys that other spans have too. */
const TOOL_KINDS = toolTerms<{ key: string; value: RegExp }>(({ kinds }) => kinds).map(({ key, value }) => ({
  key: tagKey(key),
  value,
}));
const LOOSE_NAMES = toolTerms<string>(({ looseNames }) => looseNames).map(tagKey);
const TOOL_SPANS = toolTerms<RegExp>(({ spans }) => spans && [spans]);
const BEFORE_NAME = toolTerms<RegExp>(({ beforeName }) => beforeName && [beforeName]);

/** Statuses of failed requests. Others are nearly the same in all sessions. */
const FAILED = /^[45]\d\d$/;

/** Reads the tags of records, and the indexed attributes of resources and scopes. */
export class TagReader {
  readonly #indexed: readonly (readonly [name: string, key: AttributeKey])[];

  /** @param indexed names of the attributes of `--index-attributes`. */
  constructor(indexed: readonly string[]) {
    this.#indexed = [...new Set(indexed)].map((name) => [name, tagKey(name)]);
  }

  /** The tags of a resource or scope. */
  surroundings(attributes: AttributeView): readonly string[] {
    return (attributes.groups & KeyGroup.tag) === 0 ? NO_TAGS : this.#indexedTags(attributes);
  }

  /**
   * The tags of a record's own attributes. `spanName` is called for runs of tools that no attribute names; the
   * result must not be cached by the attributes alone if it was.
   */
  record(attributes: AttributeView, spanName: () => string): readonly string[] {
    const tags = this.#indexedTags(attributes);
    const add = (kind: TagKind, key: AttributeKey): boolean => {
      const value = attributes.text(key);
      if (value !== undefined) tags.push(tagOf(kind, value));
      return value !== undefined;
    };
    add(TagKind.operation, OPERATION);
    add(TagKind.errorType, ERROR_TYPE);
    add(TagKind.route, ROUTE);
    const status = STATUSES.map((key) => attributes.text(key)).find((code) => code !== undefined);
    if (status !== undefined && FAILED.test(status)) tags.push(tagOf(TagKind.status, status));
    if (TOOL_NAMES.some((key) => add(TagKind.tool, key))) return tags;
    const kind = TOOL_KINDS.find(({ key }) => attributes.has(key));
    if (kind?.value.test(attributes.text(kind.key) ?? '') !== true) return tags;
    if (LOOSE_NAMES.some((key) => add(TagKind.tool, key))) return tags;
    const name = toolIn(spanName());
    if (name !== undefined) tags.push(tagOf(TagKind.tool, name));
    return tags;
  }

  #indexedTags(attributes: AttributeView): string[] {
    const tags: string[] = [];
    for (const [name, key] of this.#indexed) {
      const value = attributes.text(key);
      if (value !== undefined) tags.push(tagOf(TagKind.attributeKey, name), attributeTag(name, value));
    }
    return tags;
  }
}

/** The name of the tool in the name of a span of its run. */
function toolIn(spanName: string): string | undefined {
  const before = BEFORE_NAME.map((pattern) => pattern.exec(spanName)?.[0]).find((text) => text !== undefined);
  const name = spanName.slice(before?.length ?? 0);
  return name === '' || TOOL_SPANS.some((pattern) => pattern.test(name)) ? undefined : name;
}
