/**
 * Writes test/recording-digests.json: digests of this version's results for all recordings
 * (test/facts-version.test.ts).
 */
import { writeFileSync } from 'node:fs';
import { FACTS_VERSION } from '../dist/src/normalize/create.js';
import { RULES_VERSION } from '../dist/src/store/engine/identity.js';
import { recordingDigests } from '../dist/test/support/recording-digests.js';

const recorded = { factsVersion: FACTS_VERSION, rulesVersion: RULES_VERSION, recordings: recordingDigests() };
writeFileSync('test/recording-digests.json', `${JSON.stringify(recorded, undefined, 2)}\n`);
