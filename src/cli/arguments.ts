import { parseArgs } from 'node:util';
import { nearest } from '../nearest.js';
import { shown } from '../settings.js';

/** A flag of a command. */
export interface FlagDefinition {
  /** Without `--`. */
  readonly name: string;
  /** One letter, used with a single dash. */
  readonly short?: string;
  /** Whether it may be given without a value, which then is `on`. */
  readonly isSwitch: boolean;
}

export interface ParsedArguments {
  /** Values by name, in the order given. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  /** One line for each flag that is unknown or lacks its value. */
  readonly errors: readonly string[];
}

const SWITCH_VALUE = /^(?:on|off|true|false)$/i;

/**
 * Splits a command's arguments. Never throws. Values are validated later, with the settings. A switch takes
 * its value with `=` or as the next word, if that is on, off, true or false.
 */
export function parseArguments(
  args: readonly string[],
  definitions: readonly FlagDefinition[],
): ParsedArguments {
  // Not strict, because the parser reports only one error at a time and has no suggestions.
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      definitions.map(({ name, short, isSwitch }) => [
        name,
        { type: isSwitch ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const known = new Map(definitions.map((definition) => [definition.name, definition]));
  const flags = new Map<string, string[]>();
  const positionals: string[] = [];
  const errors: string[] = [];

  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const definition = known.get(token.name);
    if (definition === undefined) {
      errors.push(unknownFlag(token.rawName, known.keys()));
      continue;
    }
    let value = token.value;
    if (definition.isSwitch) {
      const next = tokens[at + 1];
      if (value === undefined && next?.kind === 'positional' && SWITCH_VALUE.test(next.value)) {
        value = next.value;
        at++;
      }
      value ??= 'on';
    } else if (value === undefined || (isFlag(value) && !token.inlineValue)) {
      errors.push(`--${definition.name} needs a value`);
      continue;
    }
    flags.set(definition.name, [...(flags.get(definition.name) ?? []), value]);
  }
  return { flags, positionals, errors };
}

/** Whether a word is a flag. A negative number is a value, if an invalid one. A dash is standard output. */
function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-' && !/^-\.?\d/.test(word);
}

function unknownFlag(rawName: string, known: Iterable<string>): string {
  const meant = nearest(rawName.replace(/^-+/, ''), known);
  const name = JSON.stringify(rawName) === `"${rawName}"` && rawName.length <= 80 ? rawName : shown(rawName);
  return `unknown flag ${name}; ${meant === undefined ? 'see --help' : `did you mean --${meant}?`}`;
}
