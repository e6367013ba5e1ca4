import { WireType } from '../otlp/wire.js';
import type { Place } from './policy.js';

/**
 * The messages of OTLP by their fields, as far as redaction must know them: where texts and attributes are.
 * Every other field of a message is a number or an id.
 */

export const KIND = { plain: 0, text: 1, attribute: 2, value: 3, message: 4, unknown: 5 } as const;
type Kind = (typeof KIND)[keyof typeof KIND];

export interface Field {
  readonly kind: Kind;
  readonly place: Place;
  readonly message?: Message;
}

export interface Message {
  readonly name: 'span' | 'log' | 'event' | 'link' | 'status' | 'resource' | 'scope' | 'fields';
  /** By tag. */
  readonly fields: readonly (Field | undefined)[];
  /** Number of the field with attributes. */
  readonly attributes?: number;
  /** Tag of the name of an event or log record. */
  readonly nameTag?: number;
}

const length = (field: number): number => (field << 3) | WireType.length;
const varint = (field: number): number => (field << 3) | WireType.varint;
const fixed64 = (field: number): number => (field << 3) | WireType.fixed64;
const fixed32 = (field: number): number => (field << 3) | WireType.fixed32;

const plain = (...tags: number[]): [number, Field][] =>
  tags.map((tag) => [tag, { kind: KIND.plain, place: 'attributes' }]);
const text = (field: number, place: Place): [number, Field] => [length(field), { kind: KIND.text, place }];
const attributes = (field: number, place: Place): [number, Field] => [
  length(field),
  { kind: KIND.attribute, place },
];
const message = (field: number, place: Place, message: Message): [number, Field] => [
  length(field),
  { kind: KIND.message, place, message },
];

/** One more than the greatest tag of a known field. */
const TAGS = 136;

function fieldsOf(known: readonly [number, Field][]): readonly (Field | undefined)[] {
  const byTag = new Array<Field | undefined>(TAGS).fill(undefined);
  for (const [tag, field] of known) byTag[tag] = field;
  return byTag;
}

const EVENT: Message = {
  name: 'event',
  attributes: 3,
  nameTag: length(2),
  fields: fieldsOf([...plain(fixed64(1), varint(4)), text(2, 'events'), attributes(3, 'events')]),
};
const LINK: Message = {
  name: 'link',
  attributes: 4,
  fields: fieldsOf([
    ...plain(length(1), length(2), varint(5), fixed32(6)),
    text(3, 'links'),
    attributes(4, 'links'),
  ]),
};
const STATUS: Message = { name: 'status', fields: fieldsOf([...plain(varint(3)), text(2, 'status')]) };

/** opentelemetry.proto.trace.v1.Span */
export const SPAN: Message = {
  name: 'span',
  attributes: 9,
  fields: fieldsOf([
    ...plain(length(1), length(2), length(4)),
    ...plain(varint(6), fixed64(7), fixed64(8), varint(10), varint(12), varint(14), fixed32(16)),
    text(3, 'links'),
    text(5, 'name'),
    attributes(9, 'attributes'),
    message(11, 'events', EVENT),
    message(13, 'links', LINK),
    message(15, 'status', STATUS),
  ]),
};

/** opentelemetry.proto.logs.v1.LogRecord */
export const LOG_RECORD: Message = {
  name: 'log',
  attributes: 6,
  nameTag: length(12),
  fields: fieldsOf([
    ...plain(length(9), length(10)),
    ...plain(fixed64(1), fixed64(11), varint(2), varint(7), fixed32(8)),
    text(3, 'name'),
    [length(5), { kind: KIND.value, place: 'body' }],
    attributes(6, 'attributes'),
    text(12, 'name'),
  ]),
};

const RESOURCE: Message = {
  name: 'resource',
  attributes: 1,
  fields: fieldsOf([...plain(varint(2)), attributes(1, 'resource')]),
};
const SCOPE: Message = {
  name: 'scope',
  attributes: 3,
  fields: fieldsOf([...plain(varint(4)), text(1, 'scope'), text(2, 'scope'), attributes(3, 'scope')]),
};

/** ResourceSpans and ResourceLogs, without the scopes. */
export const RESOURCE_FIELDS: Message = {
  name: 'fields',
  fields: fieldsOf([message(1, 'resource', RESOURCE), text(3, 'resource')]),
};
/** ScopeSpans and ScopeLogs, without the records. */
export const SCOPE_FIELDS: Message = {
  name: 'fields',
  fields: fieldsOf([message(1, 'scope', SCOPE), text(3, 'scope')]),
};
