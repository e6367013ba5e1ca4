import { type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { boundedText } from './bounded-text.js';
import type { ScoreFacts } from './facts.js';
import {
  givenInstant,
  MAX_SCORE_ID,
  MAX_SCORE_LABEL,
  MAX_SCORE_NAME,
  MAX_SCORE_VALUE,
  OWN_SCORE,
  SCORE,
  SCORE_UNITS,
  SENDER_SCORE,
} from './score-terms.js';

const NAME = attributeKey(SCORE.name, KeyGroup.event);
const VALUE = attributeKey(SCORE.value, KeyGroup.event);
const LABEL = attributeKey(SCORE.label, KeyGroup.event);
const OWN = keysOf(OWN_SCORE);
const SENDER = keysOf(SENDER_SCORE);

function keysOf({ id, given, deleted }: Readonly<Record<'id' | 'given' | 'deleted', string>>) {
  return {
    id: attributeKey(id, KeyGroup.event),
    given: attributeKey(given, KeyGroup.event),
    deleted: attributeKey(deleted, KeyGroup.event),
  };
}

/** The score of a log record with the name `SCORE_EVENT`; undefined if it has no name. */
export function readScore(attributes: AttributeView): ScoreFacts | undefined {
  const name = boundedText(attributes.text(NAME), MAX_SCORE_NAME);
  if (name === undefined) return undefined;
  const value = attributes.number(VALUE);
  const label = boundedText(attributes.text(LABEL), MAX_SCORE_LABEL);
  return {
    name,
    ...(value !== undefined && Math.abs(value) <= MAX_SCORE_VALUE && { units: unitsOf(value) }),
    ...(label !== undefined && { label }),
    ...(versionOf(attributes, OWN) ?? senderVersionOf(attributes)),
  };
}

/** Undefined without an id. */
function versionOf(
  attributes: AttributeView,
  keys: typeof OWN,
): Pick<ScoreFacts, 'id' | 'givenNs' | 'isDeleted'> | undefined {
  const id = boundedText(attributes.text(keys.id), MAX_SCORE_ID);
  if (id === undefined) return undefined;
  return {
    id,
    givenNs: givenInstant(attributes.text(keys.given)),
    ...(attributes.boolean(keys.deleted) === true && { isDeleted: true }),
  };
}

function senderVersionOf(attributes: AttributeView): Partial<ScoreFacts> | undefined {
  const version = versionOf(attributes, SENDER);
  return version && { ...version, isOfSender: true };
}

/** The nearest whole number of millionths. */
export function unitsOf(value: number): number {
  // Without the sign of zero.
  return Math.round(value * SCORE_UNITS) + 0;
}
