#!/usr/bin/env node
import { nodeVersionProblem } from './node-version.js';
import { isOutOfFiles, openFilesLimit, tooFewFiles } from './open-files.js';

// Read now, because later there may be no file descriptor left to read it.
openFilesLimit();
// Everything else is loaded only after this check, because an older Node.js may be unable to load it.
const problem = nodeVersionProblem(process.versions.node);
if (problem === undefined) {
  try {
    const { runProcess } = await import('./process.js');
    await runProcess();
  } catch (error) {
    // Modules are files too, so they are loaded before the limit may be reached.
    if (!isOutOfFiles(error)) throw error;
    process.stderr.write(`sojourn: ${tooFewFiles(openFilesLimit())}\n`);
    process.exitCode = 1;
  }
} else {
  process.stderr.write(`sojourn: ${problem}\n`);
  process.exitCode = 1;
}
