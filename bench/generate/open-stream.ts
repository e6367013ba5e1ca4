import { ConversationStream } from './conversations.js';
import { GenAiStream } from './genai.js';
import { HistoryStream } from './history.js';
import type { TelemetryStream } from './stream.js';
import { WebStream } from './web.js';
import { FULL_SPANS, THIN_SPANS } from './web-spans.js';

/** The description of a stream; equal descriptions give equal telemetry. */
export interface StreamDescription {
  readonly kind: 'web' | 'thin' | 'genai' | 'history' | 'conversations';
  /** 0 to 14; part of the session ids, so that streams into one server differ. */
  readonly stream: number;
  readonly seed: number;
  /** Milliseconds since 1970: when it begins (web, thin, genai) or ends (history, conversations). */
  readonly timeMs: number;
  /** Number of sessions of a history or of conversations; other streams have no end. */
  readonly sessions?: number;
}

export function openStream(description: StreamDescription): TelemetryStream {
  const { kind, stream, seed, timeMs, sessions = 0 } = description;
  switch (kind) {
    case 'web':
      return new WebStream(FULL_SPANS, stream, seed, timeMs);
    case 'thin':
      return new WebStream(THIN_SPANS, stream, seed, timeMs);
    case 'genai':
      return new GenAiStream(stream, seed, timeMs);
    case 'history':
      return new HistoryStream(stream, seed, timeMs, sessions);
    case 'conversations':
      return new ConversationStream(stream, seed, timeMs, sessions);
  }
}
