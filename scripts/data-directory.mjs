// Keeps the data directory of this version for the tests of later ones, or, with --answers, what this version answers
// about the directories that are kept: for changes of answers that are meant. See test/data-directories/README.md.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  answersOf,
  keepAnswers,
  keepRelease,
  keptReleases,
  restoreRelease,
  sendRecordings,
} from '../dist/test/support/release-data.js';
import { startServer } from '../dist/test/support/server.js';

const manifest = fileURLToPath(new URL('../package.json', import.meta.url));
const { version } = JSON.parse(readFileSync(manifest, 'utf8'));

if (process.argv[2] === '--answers') {
  for (const kept of keptReleases()) {
    await onServer(
      (data) => restoreRelease(kept, data),
      async (server) => keepAnswers(kept, await answersOf(server)),
    );
  }
} else if (keptReleases().includes(version)) {
  console.error(`The data directory of ${version} is kept already. A release that is out never changes.`);
  process.exitCode = 1;
} else {
  await onServer(
    () => {},
    async (server, data) => {
      await sendRecordings(server);
      const answers = await answersOf(server);
      await server.stop();
      keepRelease(version, data, answers);
    },
  );
}

async function onServer(prepare, use) {
  const data = mkdtempSync(join(tmpdir(), 'sojourn-data-'));
  try {
    prepare(data);
    const server = await startServer({ data });
    try {
      await use(server, data);
    } finally {
      await server.dispose();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
