import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../src/demo/random.js';
import { failureOf, fuzz } from './fuzz.js';
import { readInputs } from './inputs.js';
import { mutateBytes } from './mutate-bytes.js';
import { type FuzzTarget, MAX_INPUT_BYTES } from './target.js';
import { TARGETS, type TargetName } from './targets.js';

/** The short form of `npm run fuzz`: what it kept, and some thousand inputs that are the same each time. */

/** Executions for each unit of a target's share. */
const RUNS = 40;

describe('every promise is kept', () => {
  for (const name of Object.keys(TARGETS) as TargetName[]) {
    test(`of ${name}`, async (t) => {
      const { share, open } = TARGETS[name];
      const target = await open();
      t.after(() => target.close?.());
      for (const input of readInputs('regressions', name)) {
        assert.equal(await failureOf(target, input), undefined, Buffer.from(input).toString('base64'));
      }
      const corpus = readInputs('corpus', name);
      const runs = target.seeds.length + corpus.length + share * RUNS;
      const { findings } = await fuzz(target, { runs, corpus, random: new Random(name) });
      for (const { input, error } of findings) {
        error.message += `\nwith the input ${Buffer.from(input).toString('base64')}`;
        throw error;
      }
    });
  }
});

/** Fails for an input that begins with these characters. */
function targetWithFault(fault: string): FuzzTarget {
  return {
    seeds: [Uint8Array.from(Buffer.from('seed '.repeat(20)))],
    mutate: mutateBytes,
    run: (input) => {
      assert.ok(input.length <= MAX_INPUT_BYTES);
      if (Buffer.from(input).toString('latin1').includes(fault)) throw new RangeError('a fault');
    },
  };
}

test('a fault is found, and the input that shows it is made short', async () => {
  const { findings, runs } = await fuzz(targetWithFault('ds'), { runs: 20_000, random: new Random('fault') });
  assert.ok(runs >= 20_000);
  assert.deepEqual(
    findings.map(({ input, error }) => [Buffer.from(input).toString(), error.message]),
    [['ds', 'a fault']],
  );
});

test('the same seed makes the same inputs', async () => {
  const inputsOf = async (seed: string): Promise<string[]> => {
    const inputs: string[] = [];
    const onInput = (input: Uint8Array): void => void inputs.push(Buffer.from(input).toString('hex'));
    await fuzz(targetWithFault('never'), { runs: 1000, random: new Random(seed), onInput });
    return inputs;
  };
  assert.deepEqual(await inputsOf('a'), await inputsOf('a'));
  assert.notDeepEqual(await inputsOf('a'), await inputsOf('b'));
});
