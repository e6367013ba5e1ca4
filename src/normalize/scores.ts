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
} from './score-terms.js';

const NAME = attributeKey(SCORE.name, KeyGroup.event);
const VALUE = attributeKey(SCORE.value, KeyGroup.event);
const LABEL = attributeKey(SCORE.label, KeyGroup.event);
const ID = attributeKey(OWN_SCORE.id, KeyGroup.event);
const GIVEN = attributeKey(OWN_SCORE.given, KeyGroup.event);
const DELETED = attributeKey(OWN_SCORE.deleted, KeyGroup.event);

/** The score of a log record with the name `SCORE_EVENT`; undefined if it has no name. */
export function readScore(attributes: AttributeView): ScoreFacts | undefined {
  const name = boundedText(attributes.text(NAME), MAX_SCORE_NAME);
  if (name === undefined) return undefined;
  const value = attributes.number(VALUE);
  const label = boundedText(attributes.text(LABEL), MAX_SCORE_LABEL);
  const id = boundedText(attributes.text(ID), MAX_SCORE_ID);
  return {
    name,
    ...(value !== undefined && Math.abs(value) <= MAX_SCORE_VALUE && { units: unitsOf(value) }),
    ...(label !== undefined && { label }),
    ...(id !== undefined && { id, givenNs: givenInstant(attributes.text(GIVEN)) }),
    ...(id !== undefined && attributes.boolean(DELETED) === true && { isDeleted: true }),
  };
}

/** The nearest whole number of millionths. */
export function unitsOf(value: number): number {
  // Without the sign of zero.
  return Math.round(value * SCORE_UNITS) + 0;
}
