import { OWN_SCORE, SCORE, SCORE_EVENT } from '../normalize/score-terms.js';

/** A score that was given by the API, or its deletion. */
export interface GivenScore {
  readonly id: string;
  readonly name: string;
  readonly value?: number | undefined;
  readonly label?: string | undefined;
  readonly comment?: string | undefined;
  readonly source?: string | undefined;
  readonly author: string;
  readonly target: string;
  readonly turn?: string | undefined;
  /** When it was given, nanoseconds since 1970. */
  readonly givenNs: bigint;
  readonly isDeleted?: boolean;
  /** A time within the session, nanoseconds since 1970 in decimal digits: a score is no activity. */
  readonly time: string;
  readonly session?: string | undefined;
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
}

/**
 * The score as an ExportLogsServiceRequest in OTLP/JSON with one log record. It has no service: services of
 * sessions are those of telemetry.
 */
export function scoreRequest(score: GivenScore): Uint8Array {
  const attributes = [
    text('session.id', score.session),
    text(SCORE.name, score.name),
    score.value === undefined ? [] : [{ key: SCORE.value, value: { doubleValue: score.value } }],
    text(SCORE.label, score.label),
    text(SCORE.comment, score.comment),
    text(OWN_SCORE.id, score.id),
    text(OWN_SCORE.given, String(score.givenNs)),
    text(OWN_SCORE.source, score.source),
    text(OWN_SCORE.author, score.author),
    text(OWN_SCORE.target, score.target),
    text(OWN_SCORE.turn, score.turn),
    score.isDeleted ? [{ key: OWN_SCORE.deleted, value: { boolValue: true } }] : [],
  ].flat();
  const record = {
    timeUnixNano: score.time,
    observedTimeUnixNano: String(score.givenNs),
    eventName: SCORE_EVENT,
    attributes,
    ...(score.traceId !== undefined && { traceId: score.traceId }),
    ...(score.spanId !== undefined && { spanId: score.spanId }),
  };
  const scopeLogs = [{ scope: { name: 'sojourn.scores' }, logRecords: [record] }];
  return Uint8Array.from(Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs }] })));
}

function text(key: string, value: string | undefined) {
  return value === undefined ? [] : [{ key, value: { stringValue: value } }];
}
