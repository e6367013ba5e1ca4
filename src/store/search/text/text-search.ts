import type { Buffer } from 'node:buffer';
import type { Normalizer } from '../../../normalize/normalizer.js';
import { readLogRecords, readSpans } from '../../../otlp/read.js';
import { Binder } from '../../../sessionize/bind.js';
import type { ByteString } from '../../../sessionize/records.js';
import { type FoundHit, Matcher, type RecordTexts } from '../../../text-search/matcher.js';
import { canonicalText, type RecordQuery, type TextQuery } from '../../../text-search/text-query.js';
import type { RecordHit } from '../../contract/session.js';
import { GroupLoader, type LoadedGroup } from '../../read/group-loader.js';
import { bytesOfHex, hexOf } from '../../read/group-versions.js';
import { Kept } from '../../read/kept.js';
import type { GroupRow, Reads, SessionRow } from '../../read/reads.js';
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

/** Where records may be that meet one part of a query. */
interface PartCandidates {
  readonly matcher: Matcher;
  readonly documents: readonly TextDocument[];
  /** Bytes of the documents. */
  readonly bytes: number;
  /** How many blocks the documents have. */
  readonly indexed: number;
  /** All blocks of the documents and the tail. */
  readonly blocks: BlockSet;
}

/** Where records may be that meet a query. */
export interface TextCandidates {
  readonly query: TextQuery;
  /** What sessions must have, in the order of the query. */
  readonly has: readonly PartCandidates[];
  readonly hasNot: readonly PartCandidates[];
  /** The one of `has` with the least documents. Sessions are looked for there, and the others confirmed in each. */
  readonly lead: PartCandidates;
  /** The share of the documents of `lead` in all blocks of the log, 0 to 1. */
  readonly share: number;
  /** Blocks that are not indexed, in no document. */
  readonly tail: readonly StoredBlock[];
  /** Whether the index and the tail have all blocks that sessions have records in. */
  readonly isComplete: boolean;
  /** Whether a block is neither indexed nor in the tail. */
  readonly isUnsearched: (block: number) => boolean;
  /** `TextIndexState.untilNs` */
  readonly untilNs: bigint | undefined;
}

/** A session that meets a query. */
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
    const { state, documentsOf } = await index.snapshot(async (rows) => {
      const state = await rows.state();
      const documentsOf = new Map<RecordQuery, readonly TextDocument[]>();
      for (const part of [...query.has, ...query.hasNot])
        documentsOf.set(part, await this.#find.find(rows, state.parts, project, part));
      return { state, documentsOf };
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
    const again = new Set(state.again);
    const candidatesOf = (part: RecordQuery): PartCandidates =>
      partCandidates(part, documentsOf.get(part)!, looked);
    const has = query.has.map(candidatesOf);
    const lead = has.reduce((least, each) => (each.bytes < least.bytes ? each : least));
    return {
      query,
      has,
      hasNot: query.hasNot.map(candidatesOf),
      lead,
      share: last === 0 ? 0 : lead.indexed / last,
      tail: looked,
      isComplete,
      isUnsearched: (block) => !isComplete && (block > state.indexedTo || again.has(block)),
      untilNs: state.untilNs,
    };
  }

  /** All sessions that meet the query. Looks through all documents of `lead`. */
  async sessions(moment: TextMoment, candidates: TextCandidates): Promise<readonly FoundText[]> {
    const { reads, project } = moment;
    const { query, has, hasNot, lead, tail } = candidates;
    const tailEnd = tail.at(-1)?.id ?? 0;
    const name = JSON.stringify([
      ...[project, await reads.version(), canonicalText(query), tailEnd, candidates.isComplete],
      ...[...has, ...hasNot].map(({ blocks }) => blocks.size),
    ]);
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const found = await this.sessionsIn(moment, candidates, lead.documents, tail);
    this.#kept.put(name, found, RESULT_SESSIONS + found.length);
    return found;
  }

  /** The sessions that meet the query and have a record for its `lead` in some documents or blocks. */
  async sessionsIn(
    moment: TextMoment,
    candidates: TextCandidates,
    documents: readonly TextDocument[],
    tail: readonly StoredBlock[] = [],
  ): Promise<readonly FoundText[]> {
    const { lead, has, hasNot } = candidates;
    const keys = new Set<ByteString>();
    const blocks = documents.flatMap((document) => document.blocks);
    for (let at = 0; at < blocks.length; at += BLOCKS_AT_ONCE) {
      for (const block of await moment.reads.storedBlocks(blocks.slice(at, at + BLOCKS_AT_ONCE)))
        this.#look(block, lead.matcher, keys);
    }
    for (const block of tail) this.#look(block, lead.matcher, keys);
    const found = await this.#confirm(moment, [...keys], lead.matcher);
    if (has.length + hasNot.length === 1) return found;
    const meeting: FoundText[] = [];
    for (const session of found)
      if (await this.#meetsOthers(moment, candidates, session.id)) meeting.push(session);
    return meeting;
  }

  /** Whether a session meets all of a query besides its `lead`. */
  async #meetsOthers(moment: TextMoment, candidates: TextCandidates, id: string): Promise<boolean> {
    const row = await moment.reads.session(moment.project, id);
    if (row === undefined) return false;
    const { lead, has, hasNot } = candidates;
    for (const part of [...has, ...hasNot]) {
      if (part === lead) continue;
      const hits = await this.#hits(moment, candidates, part, row, 1);
      if (hits.length > 0 !== has.includes(part)) return false;
    }
    return true;
  }

  /**
   * Where a session meets the query: the first places by time, of each of its `has` alike. Empty if it does not meet
   * it.
   */
  async hitsIn(moment: TextMoment, candidates: TextCandidates, id: string): Promise<readonly RecordHit[]> {
    const row = await moment.reads.session(moment.project, id);
    if (row === undefined) return [];
    const { has, hasNot } = candidates;
    const found: (readonly PlacedHit[])[] = [];
    for (const part of has) {
      const hits = await this.#hits(moment, candidates, part, row, MOST_HITS);
      if (hits.length === 0) return [];
      found.push(hits);
    }
    for (const part of hasNot) {
      if ((await this.#hits(moment, candidates, part, row, 1)).length > 0) return [];
    }
    return ofEach(found).map(withSpeaker);
  }

  /** The first places of a session that meet a part of a query: all in the first groups that have any, at most `limit`. */
  async #hits(
    { reads, ...moment }: TextMoment,
    { isUnsearched }: TextCandidates,
    { matcher, blocks: mayHave }: PartCandidates,
    row: SessionRow,
    limit: number,
  ): Promise<readonly PlacedHit[]> {
    const range = { of: 'records', direction: 'forward', limit: GROUPS_AT_ONCE } as const;
    let hits: readonly PlacedHit[] = [];
    let before = 0;
    let end = Number.POSITIVE_INFINITY;
    for (let rows: GroupRow[] = await reads.groups(row, range); rows.length > 0; ) {
      const possible = rows
        .map(({ key, places }, i) => ({ key, places, at: before + i }))
        .filter(({ places }) =>
          decodePlaces(places).some(({ block }) => mayHave.has(block) || isUnsearched(block)),
        );
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
        if (loaded.row.at >= end) return hits;
        const more = hitsOf(loaded, matcher, row.id);
        if (more.length === 0) continue;
        hits = firstOf([...hits, ...more], limit);
        if (hits.length === limit) return hits;
        end = Math.min(end, loaded.row.at + HIT_GROUPS);
      }
      before += rows.length;
      if (rows.length < GROUPS_AT_ONCE || before >= end) break;
      rows = await reads.groups(row, { ...range, from: rows.at(-1)! });
    }
    return hits;
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

function partCandidates(
  part: RecordQuery,
  documents: readonly TextDocument[],
  tail: readonly StoredBlock[],
): PartCandidates {
  const blocks = new BlockSet();
  let bytes = 0;
  let indexed = 0;
  for (const document of documents) {
    bytes += document.bytes;
    indexed += document.blocks.length;
    for (const block of document.blocks) blocks.add(block);
  }
  for (const { id } of tail) blocks.add(id);
  return { matcher: new Matcher(part), documents, bytes, indexed, blocks };
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
  return firstOf(hits, MOST_HITS);
}

/** The first ones by time. */
function firstOf(hits: readonly PlacedHit[], limit: number): PlacedHit[] {
  return hits
    .toSorted(({ place: a }, { place: b }) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))
    .slice(0, limit);
}

/** Of several lists by turns, each place once and in the order of time, as many as are shown. */
function ofEach(lists: readonly (readonly PlacedHit[])[]): PlacedHit[] {
  const chosen = new Map<string, PlacedHit>();
  for (let at = 0; at < MOST_HITS; at++) {
    for (const hits of lists) {
      const hit = hits[at];
      if (hit !== undefined && chosen.size < MOST_HITS) chosen.set(nameOf(hit), hit);
    }
  }
  return firstOf([...chosen.values()], MOST_HITS);
}

/** Equal for the same text of the same record. */
function nameOf({ place: { kind, timeNs, traceId, spanId }, hit: { field, snippet } }: PlacedHit): string {
  return JSON.stringify([kind, String(timeNs), traceId, spanId, field, snippet.join('')]);
}

function withSpeaker({ hit, place, speaker: speakerOf }: PlacedHit): RecordHit {
  const speaker = speakerOf();
  return { ...place, ...hit, ...(speaker !== undefined && { speaker }) };
}
