import { Buffer } from 'node:buffer';
import type { Random } from '../../src/demo/random.js';
import { nested, varint } from '../support/wire-bytes.js';
import { bounded, mutateBytes } from './mutate-bytes.js';
import type { Mutator } from './target.js';

/** A field as it is on the wire; the content of a length-delimited one without its length. */
interface Field {
  readonly number: number;
  readonly type: number;
  readonly content: Uint8Array;
}

const VARINTS = [
  0n,
  1n,
  2n,
  127n,
  128n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const LENGTH = 2;

/**
 * Changes a message as a message: fields at any depth are removed, repeated, exchanged, moved, given other
 * values, numbers and types. The lengths around them stay right, so that the change is reached.
 */
export const mutateProtobuf: Mutator = (input, random, other) => {
  const fields = fieldsOf(input);
  if (fields === undefined || fields.length === 0 || random.chance(0.1))
    return mutateBytes(input, random, other);
  return bounded(encode(mutated(fields, random, fieldsOf(other) ?? [], 0)));
};

function mutated(fields: readonly Field[], random: Random, others: readonly Field[], depth: number): Field[] {
  const at = random.int(0, fields.length - 1);
  const field = fields[at]!;
  const put = (...by: Field[]): Field[] => [...fields.slice(0, at), ...by, ...fields.slice(at + 1)];
  if (field.type === LENGTH && depth < 12 && random.chance(0.75)) {
    const inner = fieldsOf(field.content);
    if (inner !== undefined && inner.length > 0) {
      const parts = others.filter(({ number, type }) => number === field.number && type === LENGTH);
      const from = parts.length === 0 ? [] : (fieldsOf(random.pick(parts).content) ?? []);
      return put({ ...field, content: encode(mutated(inner, random, from, depth + 1)) });
    }
  }
  switch (random.int(0, 9)) {
    case 0:
      return put();
    case 1:
      return put(field, ...Array<Field>(random.chance(0.9) ? 1 : 40).fill(field));
    case 2:
      return others.length === 0 ? put() : put(field, random.pick(others));
    case 3:
      return put({ ...field, number: random.chance(0.8) ? random.int(1, 17) : random.int(1, 2 ** 29 - 1) });
    case 4:
      return put({ ...field, type: random.int(0, 5) });
    case 5:
      return [...put(), field];
    case 6:
      return put({
        ...field,
        content: nested([random.int(1, 7), random.int(1, 2)], random.int(1, 20)),
        type: LENGTH,
      });
    default:
      return put({ ...field, content: otherValue(field, random, others) });
  }
}

function otherValue({ type, content }: Field, random: Random, others: readonly Field[]): Uint8Array {
  if (random.chance(0.2)) {
    const same = others.filter((each) => each.type === type);
    if (same.length > 0) return random.pick(same).content;
  }
  if (type === 0) return bigVarint(random.pick(VARINTS));
  if (type === 1 || type === 5) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(random.pick(VARINTS));
    return bytes.subarray(0, type === 1 ? 8 : 4);
  }
  return mutateBytes(content, random, content);
}

/** The fields of a message; undefined if it is none. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    if (tag === undefined || tag.value < 8) return undefined;
    at = tag.end;
    const type = tag.value % 8;
    const value = readVarint(bytes, at);
    let end: number;
    if (type === 0) end = value?.end ?? Number.POSITIVE_INFINITY;
    else if (type === 1) end = at + 8;
    else if (type === 5) end = at + 4;
    else if (type === LENGTH && value !== undefined) {
      at = value.end;
      end = at + value.value;
    } else return undefined;
    if (end > bytes.length) return undefined;
    fields.push({ number: Math.floor(tag.value / 8), type, content: bytes.subarray(at, end) });
    at = end;
  }
  return fields;
}

function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = start; at < Math.min(bytes.length, start + 10); at++) {
    value += (bytes[at]! & 0x7f) * 2 ** (7 * (at - start));
    if (bytes[at]! < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}

function encode(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(({ number, type, content }) => [
      varint(number * 8 + type),
      ...(type === LENGTH ? [varint(content.length)] : []),
      content,
    ]),
  );
}

function bigVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
