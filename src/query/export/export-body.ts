import { createHash } from 'node:crypto';
import { EXPORT_VERSION, type ExportSummary } from '../../contract/export.js';
import type { ExportFormat } from '../../contract/export-format.js';
import { formatRfc3339 } from '../../contract/timestamp.js';
import type { ExportRequest } from '../query-service.js';
import type { ExportPart } from './export-part.js';
import type { WrittenGroup } from './parquet.js';

export interface ExportBodyOptions {
  readonly format: ExportFormat;
  readonly project: string;
  /** As in `ExportSummary`. */
  readonly filters: string;
}

const NOTHING = new Uint8Array();

/** Makes the bytes of an export out of its parts, and sums them up. */
export class ExportBody {
  readonly #options: ExportBodyOptions;
  readonly #hash = createHash('sha256');
  readonly #groups: WrittenGroup[] = [];
  #bytes = 0;
  #sessions = 0;
  #records = 0;
  #inexact = 0;
  #damaged = 0;
  #asOfNs = 0n;
  #rest: Required<Pick<ExportRequest, 'cursor' | 'waiting'>> | undefined;
  #isComplete: boolean | undefined;

  constructor(options: ExportBodyOptions) {
    this.#options = options;
  }

  /** Sessions that are complete, and bytes, up to now. */
  get sessions(): number {
    return this.#sessions;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What the request for the part after the last one has. Undefined if nothing follows. */
  get rest(): Pick<ExportRequest, 'cursor' | 'waiting'> | undefined {
    return this.#rest;
  }

  /** The bytes of the next part. */
  async add(part: ExportPart): Promise<Uint8Array> {
    this.#sessions += part.sessions;
    this.#records += part.records ?? 0;
    this.#inexact += part.inexact ?? 0;
    this.#damaged += part.damaged ?? 0;
    this.#asOfNs = part.asOfNs;
    if (part.isComplete !== undefined) this.#isComplete = part.isComplete && this.#isComplete !== false;
    this.#rest = part.next === undefined ? undefined : { cursor: part.next, waiting: part.waiting ?? [] };
    if (this.#options.format !== 'parquet') return this.#counted(part.body);
    const { PARQUET_START } = await import('./parquet.js');
    const start = this.#bytes === 0 ? this.#counted(PARQUET_START) : NOTHING;
    if (part.group !== undefined) this.#groups.push({ group: part.group, offset: this.#bytes });
    return Buffer.concat([start, this.#counted(part.body)]);
  }

  /** The bytes behind the last part. */
  async end(): Promise<Uint8Array> {
    if (this.#options.format !== 'parquet') return NOTHING;
    const { parquetEnd } = await import('./parquet.js');
    const { project, filters } = this.#options;
    const facts = {
      'sojourn.version': String(EXPORT_VERSION),
      'sojourn.project': project,
      'sojourn.filters': filters,
    };
    return this.#counted(await parquetEnd(this.#groups, facts));
  }

  /** Must be called once, behind `end`. */
  summary(): ExportSummary {
    const isTelemetry = this.#options.format === 'otlp';
    return {
      version: EXPORT_VERSION,
      ...this.#options,
      as_of: formatRfc3339(this.#asOfNs),
      sessions: this.#sessions,
      ...(isTelemetry && { records: this.#records, inexact_records: this.#inexact }),
      ...(this.#damaged > 0 && { damaged_sessions: this.#damaged }),
      ...(this.#isComplete !== undefined && { is_complete: this.#isComplete }),
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      ...(this.#rest !== undefined && { next_cursor: this.#rest.cursor }),
    };
  }

  #counted(bytes: Uint8Array): Uint8Array {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    return bytes;
  }
}
