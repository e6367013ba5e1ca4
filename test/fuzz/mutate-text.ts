import { Buffer } from 'node:buffer';
import { bounded, mutateBytes } from './mutate-bytes.js';
import type { Mutator } from './target.js';

/** Texts that trouble parsers of any format. */
const ODD = [
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '\r\n',
    '\t',
    '+',
    '-',
    '.',
    '..',
    '/',
    '\\',
    '"',
    "'",
    '&',
    '=',
    ';',
    ',',
    '%',
    '%00',
  ],
  ...[
    '%C3%A4',
    '%F0%9F%98%80',
    '%ED%A0%80',
    '\u00e4',
    '\ud83d\ude00',
    '\ufeff',
    '\u2028',
    '\u202e',
    '\uffff',
    'İ',
    'ß',
  ],
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '1e999',
    '0x10',
    '00',
    '1.5',
    '9007199254740993',
    '9223372036854775808',
    'NaN',
    'Infinity',
  ],
  ...['null', 'true', 'false', 'undefined', '__proto__', 'constructor', 'toString', 'hasOwnProperty'],
  ...['[]', '{}', '[[[[', '{{{{', '(((((', '*****', 'a{1000}', '(?i)', '\\p{L}', '\\C', '$', '^', '|'],
];

/** Mutates text by tokens of its language and by odd ones; sometimes by bytes, so that it may be no UTF-8. */
export function textMutator(tokens: readonly string[]): Mutator {
  const words = [...tokens, ...tokens, ...ODD];
  return (input, random, other) => {
    if (random.chance(0.2)) return mutateBytes(input, random, other);
    const text = Buffer.from(input).toString();
    const at = random.int(0, text.length);
    const some = random.int(1, random.chance(0.8) ? 4 : 64);
    const before = text.slice(0, at);
    const after = text.slice(at);
    const make = (): string => {
      switch (random.int(0, 6)) {
        case 0:
          return before + random.pick(words) + after;
        case 1:
          return before + random.pick(words) + after.slice(some);
        case 2:
          return before + after.slice(some);
        case 3:
          return before + after.slice(0, some).repeat(random.int(2, 6)) + after.slice(some);
        case 4:
          return (
            before +
            String.fromCodePoint(random.int(0, random.chance(0.8) ? 127 : 0xd7ff)) +
            after.slice(random.int(0, 1))
          );
        case 5: {
          const from = Buffer.from(other).toString();
          const start = random.int(0, from.length);
          return before + from.slice(start, start + some * 4) + after;
        }
        default: {
          const turned = after.slice(0, some);
          return (
            before +
            (turned === turned.toUpperCase() ? turned.toLowerCase() : turned.toUpperCase()) +
            after.slice(some)
          );
        }
      }
    };
    return bounded(Buffer.from(make()));
  };
}
