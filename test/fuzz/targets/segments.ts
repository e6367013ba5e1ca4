import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';
import { checkLog } from '../../../src/store/records/check-log.js';
import { closedSegments, compact } from '../../../src/store/records/compaction.js';
import { DamagedBlockError, type NewBlock } from '../../../src/store/records/log.js';
import type { LogFile, LogFiles } from '../../../src/store/records/log-files.js';
import { LogReader } from '../../../src/store/records/log-reader.js';
import { newLock } from '../../../src/store/records/segment-lock.js';
import { SegmentLog } from '../../../src/store/records/segment-log.js';
import { FaultyFiles } from '../../support/faulty-files.js';
import { mutateBytes } from '../mutate-bytes.js';
import { assertSame } from '../same.js';
import type { FuzzTarget } from '../target.js';

const DIRECTORY = '/log';
const APPENDS = 5;
/** An edit of an input: the file, the offset in it (2 bytes), what is done, and with which byte. */
const EDIT_BYTES = 5;
const MOST_EDITS = 8;

type Contents = ReadonlyMap<string, Buffer>;

/**
 * The segment files of a log, with bytes changed, cut off, taken out or put in. Each block is read as it was
 * written, or is an error that names it. Of a changed byte, `check` finds exactly the blocks that cannot be read.
 */
export async function openSegments(): Promise<FuzzTarget> {
  const contents = writtenFiles();
  const paths = [...contents.keys()];
  const expected = blocksOf(contents);
  const untouched = checkLog(filesOf(contents), DIRECTORY, { durableId: expected.length, isInUse: false });
  assert.deepEqual(untouched.findings, []);
  return {
    seeds: paths.flatMap((path, file) =>
      Array.from({ length: contents.get(path)!.length / 8 }, (_, i) =>
        Uint8Array.of(file, (8 * i) >> 8, (8 * i) & 255, 0, 1 << (i % 8)),
      ),
    ),
    mutate: mutateBytes,
    run: (input) => {
      const changed = edited(contents, paths, input);
      const files = filesOf(changed);
      const reader = new LogReader(DIRECTORY, files);
      const unreadable: number[] = [];
      for (const [i, written] of expected.entries()) {
        const number = i + 1;
        try {
          const read = reader.read(number);
          // The end of the log is gone: callers know which blocks there were, and name the missing one.
          if (read === undefined) unreadable.push(number);
          else assertSame(read, written, `block ${number}`);
        } catch (error) {
          if (!(error instanceof DamagedBlockError)) throw error;
          assert.match(error.message, new RegExp(`^block ${number}\\b`), 'the error names the block');
          unreadable.push(number);
        }
      }
      // A segment whose start is damaged too cannot be searched for blocks.
      if (input.length >= 2 * EDIT_BYTES || !isFlipsOnly(input)) return;
      const { findings } = checkLog(files, DIRECTORY, { durableId: expected.length, isInUse: false });
      const lost = new Set(
        findings.flatMap(({ lost }) =>
          lost === undefined
            ? []
            : Array.from({ length: lost.last - lost.first + 1 }, (_, i) => lost.first + i),
        ),
      );
      assertSame(
        [...lost].sort((a, b) => a - b),
        unreadable,
        'what check finds, and what cannot be read',
      );
    },
  };
}

/** Two closed segments, one of them cold, and the one that is written. */
function writtenFiles(): Contents {
  const faulty = new FaultyFiles(() => 0);
  const log = new SegmentLog({ directory: DIRECTORY, files: faulty, segmentBytes: 300 });
  for (let i = 0; i < APPENDS; i++) log.append([block(`block ${i} `.repeat(3)), block(`${i}`)]);
  log.close();
  const [first] = closedSegments(faulty, DIRECTORY, Number.POSITIVE_INFINITY);
  for (const steps = compact(faulty, DIRECTORY, first!, newLock(), 60); !steps.next().done; );
  const names = faulty.list(DIRECTORY).sort();
  assert.ok(
    names.some((name) => name.endsWith('.cold')) && names.some((name) => name.endsWith('.index')),
    names.join(),
  );
  return new Map(names.map((name) => [`${DIRECTORY}/${name}`, faulty.bytes(`${DIRECTORY}/${name}`)]));
}

function block(text: string): NewBlock {
  const bytes = Buffer.from(text);
  return {
    project: 1,
    records: bytes.length,
    directory: Uint8Array.of(bytes.length, 0),
    data: lz4.compressSync(bytes),
    leastNs: 5n,
    greatestNs: 2n ** 60n,
  };
}

function blocksOf(contents: Contents): unknown[] {
  const reader = new LogReader(DIRECTORY, filesOf(contents));
  return Array.from({ length: 2 * APPENDS }, (_, i) => {
    const read = reader.read(i + 1);
    assert.ok(read !== undefined);
    return { ...read, directory: Buffer.from(read.directory), bytes: Buffer.from(read.bytes) };
  });
}

/** Whether no block is moved: blocks that are moved can be found by a search, but not by the index of a segment. */
function isFlipsOnly(input: Uint8Array): boolean {
  return input.every((byte, at) => at % EDIT_BYTES !== 3 || byte % 8 < 5);
}

/** The files after the edits of an input. */
function edited(contents: Contents, paths: readonly string[], input: Uint8Array): Contents {
  const changed = new Map(contents);
  for (let at = 0; at + EDIT_BYTES <= Math.min(input.length, MOST_EDITS * EDIT_BYTES); at += EDIT_BYTES) {
    const [file, high, low, kind, byte] = input.subarray(at, at + EDIT_BYTES) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    const path = paths[file % paths.length]!;
    const bytes = changed.get(path)!;
    if (bytes.length === 0) continue;
    const offset = (high * 256 + low) % bytes.length;
    changed.set(path, applied(bytes, offset, kind, byte));
  }
  return changed;
}

function applied(bytes: Buffer, offset: number, kind: number, byte: number): Buffer {
  const [before, after] = [bytes.subarray(0, offset), bytes.subarray(offset)];
  switch (kind % 8) {
    case 5:
      return Buffer.concat([before, after.subarray(1 + (byte % 32))]);
    case 6:
      return Buffer.concat([before, Buffer.alloc(1 + (byte % 32), byte), after]);
    case 7:
      return Buffer.concat([before, bytes.subarray(byte % bytes.length), after]);
    default: {
      const copy = Buffer.from(bytes);
      copy[offset]! ^= byte;
      return copy;
    }
  }
}

/** Files that can be read. */
function filesOf(contents: Contents): LogFiles {
  const refuse = (): never => {
    throw new Error('these files are not written');
  };
  return {
    makeDirectory: refuse,
    list: () => [...contents.keys()].map((path) => path.slice(DIRECTORY.length + 1)),
    openForReading: (path): LogFile => {
      const bytes = contents.get(path);
      if (bytes === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      return {
        size: () => bytes.length,
        read: (buffer, at) => (at >= bytes.length ? 0 : bytes.copy(buffer, 0, at, at + buffer.length)),
        isRemoved: () => false,
        close: () => {},
        ...{ write: refuse, truncate: refuse, sync: refuse },
      };
    },
    ...{
      openForWriting: refuse,
      remove: refuse,
      rename: refuse,
      syncDirectory: refuse,
      modifiedMs: refuse,
      freeBytes: refuse,
    },
  };
}
