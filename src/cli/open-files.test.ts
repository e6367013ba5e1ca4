import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOutOfFiles, isTight, limitIn, tooFewFiles } from './open-files.js';

test('the soft limit is read in the format of Linux', () => {
  const limits = `Limit                     Soft Limit           Hard Limit           Units
Max processes             95974                95974                processes
Max open files            1024                 1048576              files
`;
  assert.equal(limitIn(limits), 1024);
  assert.equal(
    limitIn('Max open files            unlimited            unlimited            files'),
    undefined,
  );
  assert.equal(limitIn(''), undefined);
});

test('a low limit is reported with the remedy', () => {
  assert.ok(isTight(100) && !isTight(1024) && !isTight(undefined));
  assert.match(tooFewFiles(20), /only 20 files: allow more, as with "ulimit -n 4096"/);
});

test('errors caused by the limit of files are recognised by code and by text', () => {
  assert.ok(isOutOfFiles(Object.assign(new Error('x'), { code: 'EMFILE' })));
  assert.ok(isOutOfFiles(new Error('EMFILE: too many open files, open x')));
  assert.ok(!isOutOfFiles(new Error('ENOENT')) && !isOutOfFiles(undefined));
});
