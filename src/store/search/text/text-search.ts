import type { Buffer } from 'node:buffer';
import type { Normalizer } from '../../../normalize/normalizer.js';
import { readLogRecords, readSpans } from '../../../otlp/read.js';
import { Binder } from '../../../sessionize/bind.js';
import type { ByteString } from '../../../sessionize/records.js';
import { type FoundHit, Matcher, type RecordTexts } from '../../../text-search/matcher.js';
import { canonicalText, type TextQuery } from '../../../text-search/text-query.js';
import type { RecordHit } from '../../contract/session.js';
import { GroupLoader, type LoadedGroup } from '../../read/group-loader.js';
import { bytesOfHex, hexOf } from '../../read/group-versions.js';
import { Kept } from '../../read/kept.js';
import type { GroupRow, Reads } from '../../read/reads.js';
import type { UserSessions } from '../../read/user-sessions.js';
import { type ChunkPlace, decodePlaces, encodeRecords, type RecordSource } from '../../records/block.js';
import { GroupDecoder } from '../../records/group-decoder.js';
import { GroupKeys } from '../../records/group-keys.js';
import type { StoredBlock } from '../../records/log.js';
import { recordsOfBlock, recordsOfChunk } from './block-records.js';
import { BlockSet } from './block-set.js';
import type { TextDocument } from './documents.js';
import { FindDocuments } from './find-documents.js';
import { logTexts, spanTexts } from './record-texts.js';
import type { TextIndex } from './text-index.js';

/** Blocks that are not indexed are looked through up to this size and number. */
const MOST_TAIL_BYTES = 4 * 1024 * 1024;
const MOST_TAIL_BLOCKS = 20_000;

/** Blocks that are read at a time. */
const BLOCKS_AT_ONCE = 32;

/** Groups of a session that are looked up at a time. */
const GROUPS_AT_ONCE = 512;

/** Places that are shown of a session. */
const MOST_HITS = 3;

/** Places are looked for in the first group of a session that has any, and up to this number of groups from there on. */
const HIT_GROUPS = 16;

/** Limit of kept results, in sessions, and the overhead of a result in the same unit. */
const MOST_KEPT_SESSIONS = 50_000;
const RESULT_SESSIONS = 100;

export interface TextSearchOptions {
  readonly normalizer: Normalizer;
  /** Called often. An error that it throws aborts the read. */
  readonly checkpoint: () => void;
}

/** One snapshot of a project. */
export interface TextMoment {
  readonly reads: Reads;
  readonly index: TextIndex;
  readonly project: number;
  /** Undefined if traces are not grouped by user. */
  readonly users: UserSessions | undefined;
}

/** Where records may be that meet a query. */
export interface TextCandidates {
  readonly query: TextQuery;
  readonly documents: readonly TextDocument[];
  /** Bytes of the documents. */
  readonly bytes: number;
  /** The share of the documents in all blocks of the log, 0 to 1. */
  readonly share: number;
  /** Blocks that are not indexed, in no document. */
  readonly tail: readonly StoredBlock[];
  /** Whether the index and the tail have all blocks that sessions have records in. */
  readonly isComplete: boolean;
  /** `TextIndexState.untilNs` */
  readonly untilNs: bigint | undefined;
  /** All blocks of the documents and the tail. */
  readonly blocks: BlockSet;
}

/** A session that has records that meet a query. */
export interface FoundText {
  readonly no: number;
  readonly id: string;
}

/**
 * Finds the sessions that have records that meet a query, exactly, in the telemetry that is indexed or short
 * enough to be looked through (docs/decisions/022-content-search.md).
 */
export class TextSearch {
  readonly #options: TextSearchOptions;
  readonly #loader: GroupLoader;
  readonly #decoder: GroupDecoder;
  readonly #find = new FindDocuments();
  readonly #kept = new Kept<readonly FoundText[]>(MOST_KEPT_SESSIONS);

  constructor(options: TextSearchOptions) {
    this.#options = options;
    this.#loader = new GroupLoader(options.normalizer, options.checkpoint);
    this.#decoder = new GroupDecoder(options.normalizer);
  }

  /** Where records may be that meet a query. */
  async candidates({ reads, index, project }: TextMoment, query: TextQuery): Promise<TextCandidates> {
    const last = await reads.lastBlock();
    const { documents, state } = await index.snapshot(async (rows) => {
      const state = await rows.state();
      return { state, documents: await this.#find.find(rows, state.parts, project, query) };
    });
    const waiting = [...state.again];
    const isMuch = waiting.length + last - state.indexedTo > MOST_TAIL_BLOCKS;
    for (let block = state.indexedTo + 1; !isMuch && block <= last; block++) waiting.push(block);
    const tail: StoredBlock[] = [];
    let tailBytes = isMuch ? Number.POSITIVE_INFINITY : 0;
    for (let at = 0; at < waiting.length && tailBytes <= MOST_TAIL_BYTES; at += BLOCKS_AT_ONCE) {
      this.#options.checkpoint();
      for (const block of await reads.storedBlocks(waiting.slice(at, at + BLOCKS_AT_ONCE))) {
        tailBytes += block.bytes.length;
        if (block.project === project) tail.push(block);
      }
    }
    const isComplete = tailBytes <= MOST_TAIL_BYTES;
    const looked = isComplete ? tail : [];
    const blocks = new BlockSet();
    let bytes = 0;
    let indexed = 0;
    for (const document of documents) {
      bytes += document.bytes;
      indexed += document.blocks.length;
      for (const block of document.blocks) blocks.add(block);
    }
    for (const { id } of looked) blocks.add(id);
    return {
      query,
      documents,
      bytes,
      share: last === 0 ? 0 : indexed / last,
      tail: looked,
      isComplete,
      untilNs: state.untilNs,
      blocks,
    };
  }

  /** All sessions that have a record that meets the query. Looks through all candidates. */
  async sessions(moment: TextMoment, candidates: TextCandidates): Promise<readonly FoundText[]> {
    const { reads, project } = moment;
    const { query, documents, tail } = candidates;
    const tailEnd = tail.at(-1)?.id ?? 0;
    const name = JSON.stringify([
      ...[project, await reads.version(), canonicalText(query), tailEnd],
      ...[candidates.blocks.size, candidates.isComplete],
    ]);
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const found = await this.sessionsIn(moment, query, documents, tail);
    this.#kept.put(name, found, RESULT_SESSIONS + found.length);
    return found;
  }

  /** The sessions that have a record in some documents or blocks that meets the query. */
  async sessionsIn(
    moment: TextMoment,
    query: TextQuery,
    documents: readonly TextDocument[],
    tail: readonly StoredBlock[] = [],
  ): Promise<readonly FoundText[]> {
    const matcher = new Matcher(query);
    const keys = new Set<ByteString>();
    const blocks = documents.flatMap((document) => document.blocks);
    for (let at = 0; at < blocks.length; at += BLOCKS_AT_ONCE) {
      for (const block of await moment.reads.storedBlocks(blocks.slice(at, at + BLOCKS_AT_ONCE)))
        this.#look(block, matcher, keys);
    }
    for (const block of tail) this.#look(block, matcher, keys);
    return this.#confirm(moment, [...keys], matcher);
  }

  /** Where the first groups of a session with such records meet the query; empty if it has none. */
  async hitsIn(
    { reads, ...moment }: TextMoment,
    candidates: TextCandidates,
    id: string,
  ): Promise<readonly RecordHit[]> {
    const row = await reads.session(moment.project, id);
    if (row === undefined) return [];
    const matcher = new Matcher(candidates.query);
    const range = { of: 'records', direction: 'forward', limit: GROUPS_AT_ONCE } as const;
    let hits: readonly PlacedHit[] = [];
    let before = 0;
    let end = Number.POSITIVE_INFINITY;
    for (let rows: GroupRow[] = await reads.groups(row, range); rows.length > 0; ) {
      const possible = rows
        .map(({ key, places }, i) => ({ key, places, at: before + i }))
        .filter(({ places }) => decodePlaces(places).some(({ block }) => candidates.blocks.has(block)));
      const mayMatch = (
        { at }: { readonly at: number },
        places: readonly ChunkPlace[],
        blocks: ReadonlyMap<number, Buffer>,
      ): boolean =>
        // A group behind the last one that is looked at ends the search.
        at >= end ||
        places.some((place) => {
          this.#options.checkpoint();
          return mayBeIn(place, blocks.get(place.block)!, matcher);
        });
      for await (const loaded of this.#loader.groups({ reads, ...moment }, possible, mayMatch)) {
        if (loaded.row.at >= end) return hits.map(withSpeaker);
        const more = hitsOf(loaded, matcher, id);
        if (more.length === 0) continue;
        hits = firstOf([...hits, ...more]);
        if (hits.length === MOST_HITS) return hits.map(withSpeaker);
        end = Math.min(end, loaded.row.at + HIT_GROUPS);
      }
      before += rows.length;
      if (rows.length < GROUPS_AT_ONCE || before >= end) break;
      rows = await reads.groups(row, { ...range, from: rows.at(-1)! });
    }
    return hits.map(withSpeaker);
  }

  /** Adds the groups of the records of a block that meet the query, in whatever session and version. */
  #look(block: StoredBlock, matcher: Matcher, keys: Set<ByteString>): void {
    this.#options.checkpoint();
    const before = keys.size;
    for (const { run, spans, logs } of recordsOfBlock(block)) {
      for (const span of spans ?? []) {
        if (matcher.matches(spanTexts(span))) keys.add(bytesOfHex(span.trace_id));
      }
      const untraced: number[] = [];
      for (const [i, log] of (logs ?? []).entries()) {
        if (!matcher.matches(logTexts(log))) continue;
        if (log.trace_id === undefined) untraced.push(i);
        else keys.add(bytesOfHex(log.trace_id));
      }
      if (untraced.length === 0) continue;
      const batch = this.#decoder.run(run, block.bytes);
      const groupKeys = new GroupKeys();
      for (const i of untraced) keys.add(groupKeys.of(batch, i));
    }
    if (keys.size > before) this.#loader.keep(block.id, block.bytes);
  }

  /** The sessions of the records of these groups that meet the query, as they count now. */
  async #confirm(
    moment: TextMoment,
    keys: readonly ByteString[],
    matcher: Matcher,
  ): Promise<readonly FoundText[]> {
    const { reads, project } = moment;
    const ids = new Set<string>();
    for (let at = 0; at < keys.length; at += GROUPS_AT_ONCE) {
      const some = keys.slice(at, at + GROUPS_AT_ONCE);
      const places = await reads.places(some.map((key) => ({ project, key })));
      const rows = some.flatMap((key, i) => {
        const found = places[i];
        return found === undefined ? [] : [{ key, places: found }];
      });
      for await (const loaded of this.#loader.groups(moment, rows)) {
        for (const { session, texts } of countedRecords(loaded, (session) => !ids.has(session)))
          if (!ids.has(session) && matcher.matches(texts)) ids.add(session);
      }
    }
    const found: FoundText[] = [];
    for (const id of ids) {
      const row = await reads.session(project, id);
      if (row !== undefined) found.push({ no: row.no, id });
    }
    return found;
  }
}

/** Where a record is. */
type RecordPlace = Pick<RecordHit, 'kind' | 'timeNs' | 'traceId' | 'spanId'>;

interface PlacedHit extends FoundHit {
  readonly place: RecordPlace;
}

/** Whether a chunk has records that meet the query, in whatever session and version. */
function mayBeIn(place: ChunkPlace, block: Buffer, matcher: Matcher): boolean {
  for (const { spans, logs } of recordsOfChunk(place, block)) {
    if (spans?.some((span) => matcher.matches(spanTexts(span)))) return true;
    if (logs?.some((log) => matcher.matches(logTexts(log)))) return true;
  }
  return false;
}

/** A record that counts. */
interface CountedRecord {
  readonly session: string;
  readonly texts: RecordTexts;
  readonly place: RecordPlace;
}

/** The records of a group that count, in the sessions that are wanted. */
function* countedRecords(
  { group, logSources }: LoadedGroup,
  isWanted: (session: string) => boolean,
): Generator<CountedRecord> {
  const binder = new Binder(group);
  const traceId = group.traceId === '' ? {} : { traceId: hexOf(group.traceId) };
  for (const span of group.spans.values()) {
    const { session } = binder.span(span);
    if (session === undefined || !isWanted(session)) continue;
    const [view] = readSpans(encodeRecords([span.source!]).spans);
    const spanId = hexOf(span.id);
    const place = { kind: 'span', timeNs: span.startNs, ...traceId, spanId } as const;
    yield { session, texts: spanTexts(view!), place };
  }
  for (const log of group.logs.values()) {
    const { session } = binder.log(log);
    if (session === undefined || !isWanted(session)) continue;
    const [view] = readLogRecords(encodeRecords([logSources.get(log.id) as RecordSource]).logs);
    const spanId = log.spanId === '' ? {} : { spanId: hexOf(log.spanId) };
    const place = { kind: 'log', timeNs: log.timeNs, ...traceId, ...spanId } as const;
    yield { session, texts: logTexts(view!), place };
  }
}

/** Where the records of a group in a session meet a query: the first ones by time. */
function hitsOf(loaded: LoadedGroup, matcher: Matcher, id: string): PlacedHit[] {
  const hits: PlacedHit[] = [];
  for (const { texts, place } of countedRecords(loaded, (session) => session === id)) {
    if (!matcher.matches(texts)) continue;
    for (const hit of matcher.hits(texts, MOST_HITS)) hits.push({ ...hit, place });
  }
  return firstOf(hits);
}

/** The first ones by time. */
function firstOf(hits: readonly PlacedHit[]): PlacedHit[] {
  return hits
    .toSorted(({ place: a }, { place: b }) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))
    .slice(0, MOST_HITS);
}

function withSpeaker({ hit, place, speaker: speakerOf }: PlacedHit): RecordHit {
  const speaker = speakerOf();
  return { ...place, ...hit, ...(speaker !== undefined && { speaker }) };
}
