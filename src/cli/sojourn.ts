#!/usr/bin/env node
import { nodeVersionProblem } from './node-version.js';
import { isOutOfFiles, openFilesLimit, tooFewFiles } from './open-files.js';

// Asked while there is a file left to ask with.
openFilesLimit();
// Everything else is loaded only after this check: an older Node.js may not even be able to load it.
const problem = nodeVersionProblem(process.versions.node);
if (problem === undefined) {
  try {
    const { runProcess } = await import('./process.js');
    await runProcess();
  } catch (error) {
    // Modules are files too: loaded before there may be too many.
    if (!isOutOfFiles(error)) throw error;
    process.stderr.write(`sojourn: ${tooFewFiles(openFilesLimit())}\n`);
    process.exitCode = 1;
  }
} else {
  process.stderr.write(`sojourn: ${problem}\n`);
  process.exitCode = 1;
}
