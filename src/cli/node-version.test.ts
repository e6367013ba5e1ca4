import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nodeVersionProblem } from './node-version.js';

it('accepts Node.js from 20.19 on', () => {
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '24.11.1', '25.0.0-nightly']) {
    assert.equal(nodeVersionProblem(version), undefined, version);
  }
  for (const version of ['20.18.3', '18.20.0', '4.9.1']) {
    assert.match(nodeVersionProblem(version) ?? '', new RegExp(`20\\.19 or newer; this is ${version}$`));
  }
});
