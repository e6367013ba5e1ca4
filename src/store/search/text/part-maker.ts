import type { Buffer } from 'node:buffer';
import type { ResourceView } from '../../../otlp/read.js';
import { addTerms } from '../../../text-search/words.js';
import type { BlockTimes, StoredBlock } from '../../records/log.js';
import { recordsOfBlock } from './block-records.js';
import { encodeDocuments, type TextDocument } from './documents.js';
import { PartBuilder, type PostingPage, pagesOf } from './posting-part.js';
import { eachLogText, eachResourceText, eachSpanText } from './record-texts.js';

/** Default of `documentBytes`. */
const DOCUMENT_BYTES = 64 * 1024;

/** A part of the index, to be stored. */
export interface NewPart {
  /** How many documents it has. */
  readonly count: number;
  /** Encoded by `encodeDocuments`. */
  readonly documents: Buffer;
  readonly pages: Iterable<PostingPage>;
}

interface OpenDocument {
  readonly project: number;
  bytes: number;
  leastNs: bigint;
  greatestNs: bigint;
  readonly blocks: number[];
  readonly terms: Set<string>;
  /** The texts whose terms are there: each call of an agent repeats its history. */
  readonly texts: Set<string>;
}

/** Makes a part of blocks. */
export class PartMaker {
  readonly #documentBytes: number;
  readonly #builder = new PartBuilder();
  readonly #documents: TextDocument[] = [];
  /** By project. */
  readonly #open = new Map<number, OpenDocument>();

  /** `documentBytes`: a document is closed at this size of its blocks. */
  constructor(documentBytes = DOCUMENT_BYTES) {
    this.#documentBytes = documentBytes;
  }

  /** Blocks of a project must be added in ascending order. */
  add(block: StoredBlock & BlockTimes): void {
    const { id, project, bytes, leastNs, greatestNs } = block;
    if (block.records === 0) return;
    let document = this.#open.get(project);
    if (document === undefined) {
      document = { project, bytes: 0, leastNs, greatestNs, blocks: [], terms: new Set(), texts: new Set() };
      this.#open.set(project, document);
    }
    document.blocks.push(id);
    document.bytes += bytes.length;
    if (leastNs < document.leastNs) document.leastNs = leastNs;
    if (greatestNs > document.greatestNs) document.greatestNs = greatestNs;
    addTermsOf(block, document);
    if (document.bytes >= this.#documentBytes) this.#close(document);
  }

  /** The part of all blocks that were added. Undefined if none of them has records. */
  part(): NewPart | undefined {
    for (const document of [...this.#open.values()]) this.#close(document);
    if (this.#documents.length === 0) return undefined;
    return {
      count: this.#documents.length,
      documents: encodeDocuments(this.#documents),
      pages: pagesOf(this.#builder.postings()),
    };
  }

  #close({ terms, texts: _, ...document }: OpenDocument): void {
    this.#open.delete(document.project);
    this.#builder.add(this.#documents.length, terms);
    this.#documents.push(document);
  }
}

function addTermsOf(block: StoredBlock, { terms, texts }: OpenDocument): void {
  let resource: ResourceView | undefined;
  const add = (_area: unknown, _field: unknown, text: string): void => {
    if (texts.has(text)) return;
    texts.add(text);
    addTerms(text, terms);
  };
  for (const { spans, logs } of recordsOfBlock(block)) {
    for (const record of spans ?? logs) {
      if (record.resource === resource) continue;
      resource = record.resource;
      eachResourceText(resource, add);
    }
    for (const span of spans ?? []) eachSpanText(span, add);
    for (const log of logs ?? []) eachLogText(log, add);
  }
}
