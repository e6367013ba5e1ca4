import { Buffer } from 'node:buffer';
import type { Random } from '../../src/demo/random.js';
import { bounded } from './mutate-bytes.js';
import type { Mutator } from './target.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const ODD: readonly Json[] = [
  ...[null, true, false, 0, -0, 1, -1, 1.5, 1e21, 2 ** 53, 2 ** 63, 2 ** 64, -(2 ** 63)],
  ...[
    '',
    '0',
    '-0',
    '1e3',
    '9223372036854775807',
    '9223372036854775808',
    '-1',
    'NaN',
    '-Infinity',
    'x',
    '\ud800',
    'ä',
  ],
  ...['00000000000000000000000000000000', '0000000000000000', 'AAAA', 'A===', '_-_-'],
  [],
  {},
];
const NAMES = ['__proto__', 'constructor', 'values', 'key', 'value', 'spans', 'resource', 'attributes', ''];

/**
 * Changes JSON as a tree: members and elements anywhere are removed, repeated, renamed, exchanged, nested, or
 * given other values. `ofText` changes the text instead, sometimes.
 */
export function jsonMutator(ofText: Mutator): Mutator {
  return (input, random, other) => {
    const tree = parsed(input);
    if (tree === undefined || random.chance(0.2)) return ofText(input, random, other);
    const parts = parsed(other) ?? null;
    return bounded(Buffer.from(JSON.stringify(mutated(tree, random, parts))));
  };
}

function parsed(input: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(input).toString()) as Json;
  } catch {
    return undefined;
  }
}

function mutated(value: Json, random: Random, other: Json): Json {
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (names.length === 0 || random.chance(0.08)) return instead(value, random, other);
  const name = random.pick(names);
  const inner = (value as { [name: string]: Json })[name]!;
  if (Array.isArray(value)) {
    const at = Number(name);
    if (random.chance(0.1)) return value.toSpliced(at, 1);
    if (random.chance(0.1))
      return value.toSpliced(at, 0, ...Array<Json>(random.chance(0.9) ? 1 : 30).fill(inner));
    return value.with(at, mutated(inner, random, partOf(other, name, random)));
  }
  const { [name]: _, ...rest } = value as { [name: string]: Json };
  if (random.chance(0.08)) return rest;
  if (random.chance(0.08)) return { ...rest, [random.pick([...NAMES, snakeCase(name)])]: inner };
  return { ...(value as object), [name]: mutated(inner, random, partOf(other, name, random)) };
}

function instead(value: Json, random: Random, other: Json): Json {
  switch (random.int(0, 5)) {
    case 0:
      return other;
    case 1: {
      let nested = value;
      for (let level = random.int(1, 20); level > 0; level--) {
        nested = random.chance(0.5) ? [nested] : { arrayValue: { values: [nested] } };
      }
      return nested;
    }
    case 2:
      return typeof value === 'number' ? String(value) : typeof value === 'string' ? Number(value) : [value];
    case 3:
      return typeof value === 'string' ? value.slice(0, random.int(0, value.length)) : random.pick(ODD);
    default:
      return random.pick(ODD);
  }
}

function partOf(other: Json, name: string, random: Random): Json {
  if (typeof other !== 'object' || other === null) return other;
  const members = other as { [name: string]: Json };
  if (Object.hasOwn(members, name)) return members[name]!;
  const names = Object.keys(members);
  return names.length === 0 ? null : members[random.pick(names)]!;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
