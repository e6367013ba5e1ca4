import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FACTS_VERSION } from '../src/normalize/create.js';
import { RULES_VERSION } from '../src/store/engine/identity.js';
import { type RecordingDigests, recordingDigests } from './support/recording-digests.js';

/**
 * Data on disk was made by the versions FACTS_VERSION and RULES_VERSION. `recording-digests.json` has digests
 * of these versions' results for all recorded telemetry. If the code gives other results, stored sessions
 * have to be made again, which a higher number does. `npm run digests` writes the file again.
 */
interface Recorded {
  readonly factsVersion: number;
  readonly rulesVersion: number;
  readonly recordings: Readonly<Record<string, RecordingDigests>>;
}

const recorded = JSON.parse(readFileSync('test/recording-digests.json', 'utf8')) as Recorded;
const now = recordingDigests();

function others(part: keyof RecordingDigests): string[] {
  return Object.keys(recorded.recordings).filter(
    (name) => now[name]?.[part] !== recorded.recordings[name]![part],
  );
}

test('changed facts have another FACTS_VERSION (src/normalize/create.ts)', () => {
  assert.equal(recorded.factsVersion, FACTS_VERSION, 'run `npm run digests`');
  assert.deepEqual(
    others('facts'),
    [],
    'These give other facts than before: raise FACTS_VERSION, then run `npm run digests`.',
  );
});

test('records with another session, or other counts there, have another RULES_VERSION (src/store/engine/identity.ts)', () => {
  assert.equal(recorded.rulesVersion, RULES_VERSION, 'run `npm run digests`');
  // Other facts make other sessions, and have a version of their own.
  const facts = new Set(others('facts'));
  const sessions = others('sessions').filter((name) => !facts.has(name));
  assert.deepEqual(
    sessions,
    [],
    'These make other sessions than before: raise RULES_VERSION, then run `npm run digests`.',
  );
});

test('every recording has its digests', () => {
  assert.deepEqual(Object.keys(now), Object.keys(recorded.recordings), 'run `npm run digests`');
});
