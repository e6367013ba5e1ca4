import {
  parseRules,
  type RedactionRule,
  RedactionRulesError,
  rulesOfSets,
  type SetName,
} from './redact/policy.js';
import { readSettingsFile } from './settings-file.js';

/**
 * The rules of the file of `--redact`, if there is one, and then those of the chosen sets.
 * @throws RedactionRulesError if the file cannot be read or is invalid.
 */
export async function readRedactionRules(
  file: string | undefined,
  sets: readonly SetName[],
): Promise<RedactionRule[]> {
  const own = file === undefined ? [] : await readRules(file);
  // A set that the file names has its place and its action there.
  return [...own, ...rulesOfSets(sets.filter((set) => !own.some(({ name }) => name === set)))];
}

async function readRules(file: string): Promise<RedactionRule[]> {
  const content = await readSettingsFile('redact', file, (message) => new RedactionRulesError(message));
  return parseRules(content, `--redact: ${file}`);
}
