import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CONFORMANCE_SETTINGS, span } from '../../../../test/conformance/bench.js';
import { QUIET } from '../../../../test/support/engine.js';
import { spanBatch } from '../../../../test/support/telemetry.js';
import { createNormalizer } from '../../../normalize/create.js';
import type { Store, StoreOptions } from '../../contract/store.js';
import { findLogEnd } from '../../records/log-end.js';
import { postingsOf } from '../../search/text/posting-part.js';
import { connect, openLogReader } from '../database.js';
import { LOG_FOLDER } from '../schema.js';
import { openSqliteStore } from '../store.js';
import { TEXT_FILE, TextFile } from './text-file.js';
import { indexStep } from './text-steps.js';

/** What leaves the log leaves the index of content search, down to the bytes of its file. */

const SESSIONS = 40;
const LIMIT_MS = 60_000;

const HOUR_MS = 3_600_000;

let directory: string;
let store: Store;

/** All words that the index has. */
function words(): Set<string> {
  const db = connect(directory, TEXT_FILE, true);
  try {
    const pages = db.prepare('SELECT data FROM text_page').all();
    return new Set(
      pages.flatMap(({ data }) =>
        Array.from(postingsOf(Buffer.from(data as Uint8Array)), ({ term }) => term.toString()),
      ),
    );
  } finally {
    db.close();
  }
}

/** Every fourth session is two days old. */
function startOf(session: number): number {
  return session % 4 === 0 ? session - 2 * 86_400 : session;
}

function index(): void {
  const file = new TextFile(directory);
  const log = openLogReader(directory);
  try {
    while (indexStep(file, log, findLogEnd(join(directory, LOG_FOLDER)).last, { leastBytes: 1 }));
  } finally {
    log.close();
    file.close();
  }
}

/** Whether a file of the index has these bytes anywhere. */
function isInFiles(text: string): boolean {
  return readdirSync(directory)
    .filter((name) => name.startsWith(TEXT_FILE))
    .some((name) => readFileSync(join(directory, name)).includes(text));
}

/** A promise, and what resolves it. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function open(more: Partial<StoreOptions> = {}): Promise<Store> {
  const { nowNs, ...settings } = CONFORMANCE_SETTINGS;
  return openSqliteStore(
    { ...settings, directory, contentSearch: true, events: QUIET, ...more },
    { writer: { nowNs } },
  );
}

describe('erasure from the index of content search', () => {
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sojourn-texts-'));
    store = await open();
    const normalizer = await createNormalizer({
      ...CONFORMANCE_SETTINGS.normalizer,
      userIdKey: new Uint8Array(32),
    });
    for (let i = 1; i <= SESSIONS; i++) {
      const name = `ordinary${i} commonword ${i === 7 ? 'unmistakable' : ''}`;
      await store.writer.append(
        'default',
        spanBatch(normalizer, [span(`${i}`, '1', `s${i}`, startOf(i), { name })]),
      );
    }
    index();
  });
  after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('leaves no word of what was erased, and all of the rest', async () => {
    assert(words().has('unmistakable') && words().has('ordinary7'));
    assert(
      isInFiles('unmistakable'),
      'pages of the index are readable enough for this test to mean something',
    );
    const begun = await store.erasures!.erase('default', { kind: 'sessions', sessions: ['s7'] });
    assert('job' in begun);
    const deadline = performance.now() + LIMIT_MS;
    while ((await store.erasures!.erasure('default', begun.job.id))?.state !== 'done') {
      assert(performance.now() < deadline);
      await delay(5);
    }
    assert(!isInFiles('unmistakable'));
    const left = words();
    assert(!left.has('unmistakable') && !left.has('ordinary7'));
    index();
    const again = words();
    assert(!again.has('unmistakable') && !again.has('ordinary7'));
    for (let i = 1; i <= SESSIONS; i++) if (i !== 7) assert(again.has(`ordinary${i}`), `ordinary${i}`);
    assert(again.has('commonword'));
  });

  it('loses what retention removes', async () => {
    await store.close();
    const passed = deferred();
    const events = { ...QUIET, retained: () => passed.resolve() };
    store = await open({ events, retention: { keepMs: 24 * HOUR_MS, keepMsOf: new Map() } });
    await passed.promise;
    const left = words();
    index();
    const again = words();
    for (let i = 1; i <= SESSIONS; i++) {
      const isKept = i !== 7 && i % 4 !== 0;
      if (!isKept) assert(!left.has(`ordinary${i}`), `ordinary${i}`);
      assert.equal(again.has(`ordinary${i}`), isKept, `ordinary${i}`);
    }
  });
});
