import type { Turn } from '../contract/conversation.js';
import { formatMediaId } from '../contract/media.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import type { Media } from '../conversation/entry.js';
import type { Turn as StoredTurn } from '../conversation/turn.js';
import { given } from './given.js';

/** The contract's item for a turn. */
export function turnItem(turn: StoredTurn): Turn {
  const { tool, media, error } = turn;
  return {
    role: turn.role,
    time: formatRfc3339(turn.timeNs),
    ...given('text', turn.text),
    ...given('reasoning', turn.reasoning),
    ...(media && { media: media.map((one) => mediaItem(one, turn.position.groupKey)) }),
    ...(tool && {
      tool: {
        ...given('name', tool.name),
        ...given('call_id', tool.callId),
        ...given('arguments', tool.arguments),
        ...given('result', tool.result),
      },
    }),
    ...given('truncated', turn.truncated),
    ...given('content_removed', turn.contentRemoved),
    ...given('model', turn.model),
    ...given('provider', turn.provider),
    ...given('input_tokens', turn.inputTokens),
    ...given('output_tokens', turn.outputTokens),
    ...given('latency_ms', turn.latencyMs),
    ...given('finish_reason', turn.finishReason),
    ...(error && { error }),
    ...given('trace_id', turn.traceId),
    ...given('span_id', turn.spanId),
    ...given('log_id', turn.logId),
  };
}

function mediaItem({ type, mimeType, size, uri, digest }: Media, groupKey: string) {
  return {
    type,
    ...given('mime_type', mimeType),
    ...given('size', size),
    ...given('uri', uri),
    ...given('media_id', digest && formatMediaId(digest, groupKey)),
  };
}
