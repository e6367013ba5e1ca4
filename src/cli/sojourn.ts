#!/usr/bin/env node
import { nodeVersionProblem } from './node-version.js';

// Everything else is loaded only after this check: an older Node.js may not even be able to load it.
const problem = nodeVersionProblem(process.versions.node);
if (problem === undefined) {
  const { runProcess } = await import('./process.js');
  await runProcess();
} else {
  process.stderr.write(`sojourn: ${problem}\n`);
  process.exitCode = 1;
}
