import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { boundedName } from './bounded-text.js';
import type { ByRank } from './dialects/by-rank.js';
import { fromAll } from './dialects/registry.js';
import type { ToolTerms } from './dialects/terms.js';
import { isToolEvent } from './dialects/tool-events.js';
import type { ToolFacts } from './facts.js';

const toolTerms = <T>(of: (tools: ToolTerms) => ByRank<T> | undefined): readonly T[] =>
  fromAll(({ conversation }) => conversation?.tools && of(conversation.tools));

const toolKey = (name: string): AttributeKey => attributeKey(name, KeyGroup.tool);

const CALL_IDS = toolTerms<string>(({ callIds }) => callIds).map(toolKey);
const SUCCEEDED = toolTerms<string>(({ succeeded }) => succeeded).map(toolKey);
const DURATIONS = toolTerms<string>(({ durations }) => durations).map(toolKey);
const HANDOFFS = toolTerms<{ key: string; value: string }>(({ handoff }) => handoff && [handoff]).map(
  ({ key, value }) => ({ key: toolKey(key), value }),
);
const FAILED_WHERE = fromAll(
  ({ conversation }) => conversation?.failedWhere && [conversation.failedWhere],
).map(({ key, value }) => ({ key: toolKey(key), value }));
const ERROR_TYPE = toolKey('error.type');

/** Maximum length of the id of a call, UTF-16 units. */
const MAX_CALL_ID = 256;
const NS_PER_MS = 1e6;
/** Longer durations are no durations: some 30 years. */
const MAX_DURATION_MS = 1e12;

/**
 * The run of the tool that a record names. Undefined if it is none: a log record of another event, or the
 * hand-off of one agent to another. `eventName` is that of a log record.
 */
export function readTool(
  name: string,
  attributes: AttributeView,
  scope: string,
  eventName: string | undefined,
): ToolFacts | undefined {
  if (eventName !== undefined && !isToolEvent(eventName)) return undefined;
  if (HANDOFFS.some(({ key, value }) => attributes.text(key) === value)) return undefined;
  const callId = CALL_IDS.map((key) => attributes.text(key)).find((id) => id !== undefined);
  const duration = eventName === undefined ? undefined : durationOf(attributes);
  return {
    name,
    scope,
    ...(callId !== undefined && { callId: boundedName(callId, MAX_CALL_ID) }),
    ...(hasFailed(attributes) && { failed: true }),
    ...(duration !== undefined && { durationNs: duration }),
  };
}

function hasFailed(attributes: AttributeView): boolean {
  return (
    attributes.has(ERROR_TYPE) ||
    SUCCEEDED.some((key) => attributes.text(key) === 'false') ||
    FAILED_WHERE.some(({ key, value }) => attributes.text(key) === value)
  );
}

function durationOf(attributes: AttributeView): number | undefined {
  for (const key of DURATIONS) {
    const ms = attributes.number(key);
    if (ms !== undefined && ms >= 0 && ms <= MAX_DURATION_MS) return Math.round(ms * NS_PER_MS);
  }
  return undefined;
}
