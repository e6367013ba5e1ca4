import { Buffer } from 'node:buffer';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Kept inputs, in `test/fuzz/`: a file for each target, with an input in base64 on each line. Lines that begin with
 * `#` are comments. `corpus/` has inputs that together execute what was ever reached, `regressions/` those that
 * once broke a promise.
 */

const FOLDER = new URL('../../../test/fuzz/', import.meta.url);

/** Longest input of a corpus, and the most inputs of a target. */
const MOST_BYTES = 1024;
const MOST_INPUTS = 250;

export function readInputs(kind: 'corpus' | 'regressions', target: string): Uint8Array[] {
  const file = fileOf(kind, target);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => Uint8Array.from(Buffer.from(line, 'base64')));
}

/** Replaces the corpus of a target by the shortest of these inputs. */
export function writeCorpus(target: string, inputs: readonly Uint8Array[]): void {
  const lines = new Set(
    inputs
      .filter(({ length }) => length > 0 && length <= MOST_BYTES)
      .sort((a, b) => a.length - b.length)
      .map((input) => Buffer.from(input).toString('base64')),
  );
  const file = fileOf('corpus', target);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    [...lines]
      .slice(0, MOST_INPUTS)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

export function addRegression(target: string, input: Uint8Array, reason: string): void {
  const file = fileOf('regressions', target);
  mkdirSync(dirname(file), { recursive: true });
  const comment = reason.split('\n', 1)[0]!.slice(0, 200);
  appendFileSync(file, `# ${comment}\n${Buffer.from(input).toString('base64')}\n`);
}

function fileOf(kind: string, target: string): string {
  return fileURLToPath(new URL(`${kind}/${target}.txt`, FOLDER));
}
