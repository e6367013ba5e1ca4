import { transcodeJson } from '../otlp/decode-request.js';
import { finish } from '../otlp/steps.js';
import { planOf } from '../redact/plan.js';
import { type RedactionRule, RedactionRulesError, type SetName } from '../redact/policy.js';
import { type Change, createRedactor, redactText } from '../redact/redactor.js';
import type { RedactOptions } from './redact-options.js';

/** The environment of `redact`. */
export interface RedactContext {
  /** Reads a text file; throws if it cannot. */
  readFile(path: string): string;
  /** @throws RedactionRulesError */
  readRules(file: string | undefined, sets: readonly SetName[]): Promise<RedactionRule[]>;
  print(text: string): void;
  printError(text: string): void;
}

/** Hashes of this command are not those of a server, whose key is secret. */
const TRIAL_KEY = new Uint8Array(32);
const LONGEST_SHOWN = 120;

/** Shows what the settings do to the content of a file; nothing is stored. Resolves to the exit code. */
export async function redact(options: RedactOptions, context: RedactContext): Promise<number> {
  const { printError } = context;
  let content: string;
  let rules: RedactionRule[];
  try {
    rules = await context.readRules(options.redact, options.redactSets);
    content = context.readFile(options.try);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    printError(
      `sojourn: ${error instanceof RedactionRulesError ? reason : `--try: cannot read ${options.try}: ${reason}`}\n`,
    );
    return 1;
  }
  const { userIds, content: storesContent } = options;
  const plan = planOf({ rules, userIds, content: storesContent }, TRIAL_KEY);
  const changes: Change[] = [];
  const onChange = (change: Change): void => void changes.push(change);
  const requests = requestsIn(content);
  if (requests === undefined) {
    context.print(redactText(plan, content, onChange));
    printError(summary(changes));
    return 0;
  }
  const redactor = createRedactor(plan, onChange);
  for (const { signal, body } of requests) {
    try {
      const { rejected } = finish(redactor.steps(signal, transcodeJson(signal, body).bytes));
      for (const [reason, count] of rejected) context.print(`${count} left out: ${reason}\n`);
    } catch (error) {
      printError(`sojourn: --try: ${options.try}: ${(error as Error).message}\n`);
      return 1;
    }
  }
  for (const change of changes) context.print(`${lineOf(change)}\n`);
  printError(summary(changes));
  return 0;
}

interface TriedRequest {
  readonly signal: 'traces' | 'logs';
  readonly body: Buffer;
}

/** The OTLP requests of a text, one or one a line; undefined if it is any other text. */
function requestsIn(content: string): TriedRequest[] | undefined {
  const whole = requestOf(content);
  if (whole !== undefined) return [whole];
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  const requests = lines.map(requestOf);
  return requests.length > 0 && requests.every((request) => request !== undefined) ? requests : undefined;
}

function requestOf(text: string): TriedRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const signal =
    'resourceSpans' in value || 'resource_spans' in value
      ? 'traces'
      : 'resourceLogs' in value || 'resource_logs' in value
        ? 'logs'
        : undefined;
  return signal && { signal, body: Buffer.from(text) };
}

function lineOf({ rule, place, path, before, after, isFailure }: Change): string {
  const where = path === '' ? place : `${place} ${path}`;
  const result = after === undefined ? 'removed' : `-> ${shortened(after)}`;
  return `${rule}: ${where}: ${shortened(before)} ${result}${isFailure ? ' (the rule could not be applied)' : ''}`;
}

function shortened(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length > LONGEST_SHOWN ? `${quoted.slice(0, LONGEST_SHOWN - 1)}…` : quoted;
}

function summary(changes: readonly Change[]): string {
  if (changes.length === 0) return 'No rule fires.\n';
  const counts = new Map<string, number>();
  for (const { rule } of changes) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const each = [...counts].map(([rule, count]) => `${rule} ${count}`).join(', ');
  return `${changes.length} ${changes.length === 1 ? 'value' : 'values'} changed: ${each}.\n`;
}
