import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeText } from './outcome.js';

test('an outcome is readable where numbers and ids were', () => {
  assert.equal(outcomeText('ToolError: order # is out of stock'), 'ToolError: order … is out of stock');
  assert.equal(outcomeText('no answer after # ms from #'), 'no answer after … ms from …');
  assert.equal(outcomeText('issue ##: # left'), 'issue …: … left');
  assert.equal(outcomeText('no parser for C#'), 'no parser for C#');
});
