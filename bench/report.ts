import type { CurveResult } from './curve.js';
import type { IngestResult } from './ingest.js';
import type { LatencySummary } from './latency.js';
import type { Machine } from './machine.js';
import { DESIGNS, type Design, type ModelCosts, type ModelResult } from './model.js';
import type { BigSessionTimes, ListTimes, PageResult } from './page.js';
import type { PeerResult, PeersResult, PeerTimes } from './peers/measure.js';
import type { QueriesResult, QueryTimes } from './queries.js';
import type { ScaleResult } from './scale.js';
import type { SearchResult } from './search.js';
import { ASIDES, STAGES } from './stage-run.js';
import type { StagesResult } from './stages.js';
import type { StoreRate, StoresResult } from './stores.js';
import type { VisibilityResult, VisibilityTimes } from './visibility.js';

export interface Report {
  readonly machine: Machine;
  readonly quick: boolean;
  /** By kind of span; empty if they were not measured. */
  readonly stages: { readonly [K in StagesResult['kind']]?: StagesResult };
  /** The effect of more cores, by arithmetic from the stages. */
  readonly model: { readonly [K in StagesResult['kind']]?: ModelResult };
  readonly ingest: readonly IngestResult[];
  readonly queries: readonly QueriesResult[];
  readonly visibility: VisibilityResult | undefined;
  readonly page: PageResult | undefined;
  readonly curve: CurveResult | undefined;
  readonly scale: ScaleResult | undefined;
  readonly search: SearchResult | undefined;
  /** By name, if they were measured; Sojourn is among them. */
  readonly peers?: PeersResult['peers'];
  readonly drift?: PeersResult['drift'];
  readonly stores: StoresResult | undefined;
  /** Largest resident memory of any server, bytes; 0 if it cannot be read. */
  readonly peakMemory: number;
  readonly totalSeconds: number;
  /** Empty if everything acknowledged is answered exactly. */
  readonly problems: readonly string[];
}

const UNKNOWN = 'n/a';

/** The report as Markdown tables. */
export function render(report: Report): string {
  const { machine } = report;
  const parts = [
    '# Sojourn benchmark',
    bullets([
      `${machine.date}, Node ${machine.node}, ${machine.platform}`,
      `${machine.cpu}, ${machine.cores} cores, ${gigabytes(machine.memoryBytes)} of memory`,
      `4 kB write and fdatasync where the data is kept: ${ms(machine.syncMs)} ms`,
      'sender, query client and server share these cores; their cost is in every number',
      `${report.quick ? 'quick run, ' : ''}${Math.round(report.totalSeconds)} s in all`,
    ]),
  ];
  if (machine.dataInMemory) {
    parts.push(
      '**The data was kept in memory (tmpfs): durability cost nothing here. Use --data with a directory on a disk.**',
    );
  }
  const stages = Object.values(report.stages);
  if (stages.length > 0) parts.push(...stagesPart(stages), ...modelPart(report.model));
  if (report.ingest.length > 0) parts.push('## Ingest, OTLP/HTTP protobuf gzip', ingestTable(report.ingest));
  for (const queries of report.queries) parts.push(...queriesPart(queries));
  if (report.visibility) parts.push(...visibilityPart(report.visibility));
  if (report.page) parts.push(...pagePart(report.page));
  if (report.curve) parts.push(...curvePart(report.curve));
  if (report.scale) parts.push(...scalePart(report.scale));
  if (report.search) parts.push(...searchPart(report.search));
  if (report.peers) parts.push(...peersPart(report.peers, report.drift ?? {}));
  if (report.stores) parts.push(...storesPart(report.stores));
  parts.push(
    '## Everything',
    bullets([`largest resident memory of a server: ${memory(report.peakMemory || undefined)}`]),
  );
  parts.push(
    report.problems.length === 0
      ? 'Verified: every session listed has exactly what was acknowledged for it.'
      : `MISMATCH MISMATCH MISMATCH\n\n${bullets(report.problems)}`,
  );
  return `${parts.join('\n\n')}\n`;
}

const ASIDE_NAMES: Readonly<Partial<Record<string, string>>> = {
  redactUserIds: 'besides: redaction with default settings',
  redactSets: 'besides: redaction with all built-in sets',
  limit: 'for comparison: one pass, LZ4, one durable write',
};

function stagesPart(results: readonly StagesResult[]): string[] {
  const micros = (value: number): string => value.toFixed(1);
  const times = (ratio: number | undefined): string =>
    ratio === undefined ? '1 ×' : `${ratio.toFixed(1)} ×`;
  const stages = [...STAGES, ...ASIDES] as const;
  const name = (stage: (typeof stages)[number]): string => ASIDE_NAMES[stage] ?? stage;
  return [
    '## Stages of taking in: CPU µs a span, and as a multiple of gunzip of the same bytes',
    table(
      ['', ...results.flatMap(({ kind }) => [`${kind}, µs`, `${kind}, gunzip`])],
      [
        ...stages.map((stage) => [
          name(stage),
          ...results.flatMap((result) => [
            micros(result[stage]),
            times(stage === 'gunzip' ? undefined : result.ratio[stage]),
          ]),
        ]),
        [
          'append and fold',
          ...results.flatMap(({ append, fold, ratio }) => [
            micros(append + fold),
            times(ratio.append + ratio.fold),
          ]),
        ],
        ['bytes on disk a span', ...results.flatMap(({ diskBytes }) => [whole(diskBytes), ''])],
        [
          'besides: admitting by an API key, µs a request',
          ...results.flatMap(({ admit }) => [micros(admit.request), '']),
        ],
        ['the same a span', ...results.flatMap(({ admit }) => [admit.span.toFixed(2), ''])],
        ['spans measured', ...results.flatMap(({ spans }) => [whole(spans), ''])],
      ],
    ),
  ];
}

function modelPart(results: Report['model']): string[] {
  const each = Object.entries(results);
  const tableOf = (design: Design): string =>
    table(
      ['cores', ...each.flatMap(([kind]) => [`${kind} spans/s`, 'limited by', 'cores busy'])],
      (each[0]?.[1].points[design] ?? []).map(({ cores }, i) => [
        String(cores),
        ...each.flatMap(([, { points }]) => {
          const { spansPerSecond, limit, busyCores } = points[design][i]!;
          return [whole(spansPerSecond), limit, busyCores.toFixed(1)];
        }),
      ]),
    );
  return [
    '## On more cores: a model by arithmetic from these stages, not a measurement',
    ...(Object.keys(DESIGNS) as Design[]).flatMap((design) => [`${DESIGNS[design]}:`, tableOf(design)]),
    table(
      ['µs a span', ...each.map(([kind]) => kind)],
      (Object.keys(each[0]?.[1].costs ?? {}) as (keyof ModelCosts)[]).map((part) => [
        part,
        ...each.map(([, { costs }]) => costs[part].toFixed(2)),
      ]),
    ),
  ];
}

function curvePart({ points, diskBytes }: CurveResult): string[] {
  const stages = [...STAGES, 'limit'] as const;
  const row = (point: CurveResult['points'][number]): string[] => [
    (point.spans / 1e6).toFixed(2),
    ...stages.map((stage) => point[stage].toFixed(2)),
    point.ratio.decode.toFixed(1),
    (point.ratio.append + point.ratio.fold).toFixed(1),
    whole(point.diskBytes),
    memory(point.memory),
  ];
  return [
    '## The curve: CPU µs a thin span, as they become many',
    table(
      ['million spans', ...stages, 'decode, gunzip', 'append and fold, gunzip', 'disk bytes', 'memory'],
      points.map(row),
    ),
    bullets([`${whole(diskBytes)} bytes on disk a span after a clean stop`]),
  ];
}

function scalePart(result: ScaleResult): string[] {
  const { sessions, diskBytes, startMs, memory: resident, queries } = result;
  return [
    `## ${whole(sessions)} sessions`,
    bullets([
      `start-up: ${startMs.map((each) => `${whole(each)} ms`).join(', ')}`,
      `resident memory: ${memory(resident.started)} after the start, ${memory(resident.queried)} after the queries`,
      `on disk: ${gigabytes(diskBytes)}`,
    ]),
    ...idleQueries(queries),
  ];
}

function searchPart(result: SearchResult): string[] {
  const { sessions, textBytes, diskBytes, indexBytes, peakMemory, queries } = result;
  return [
    `## Content search: ${whole(sessions)} sessions, ${gigabytes(textBytes)} of text`,
    bullets([
      `on disk: ${gigabytes(diskBytes)}, of which the index is ${gigabytes(indexBytes)}: ${decimal((100 * indexBytes) / textBytes)} % of the text`,
      `resident memory after the queries: ${memory(peakMemory)}`,
    ]),
    ...idleQueries(queries),
  ];
}

function idleQueries(queries: readonly QueryTimes[]): string[] {
  return [
    "Queries of one client, nothing else; the server's own time (Server-Timing): p50 / p99 ms (requests)",
    table(
      ['', 'items', 'idle'],
      queries.map((each) => [each.name, String(each.items ?? ''), withCount(each.server)]),
    ),
  ];
}

function peersPart(peers: NonNullable<Report['peers']>, drift: PeersResult['drift']): string[] {
  const parts = ['## Peers, each with the same requests, one after the other'];
  for (const kind of ['web', 'genai'] as const) {
    const own = peers.sojourn?.[kind]?.ratio;
    const times = (value: number | undefined): string =>
      value === undefined ? UNKNOWN : `${value.toFixed(1)} ×`;
    const ofOwn = (value: number | undefined): string =>
      value === undefined || own === undefined ? UNKNOWN : `${(value / own).toFixed(2)} ×`;
    const row = (peer: PeerResult, each: PeerTimes): string[] => [
      `${peer.title}, ${peer.version ?? UNKNOWN}`,
      peer.isDurable ? 'durable' : 'not durable',
      whole(each.spansPerSecond),
      `${each.stillBusy ? '< ' : ''}${whole(each.sustainedSpansPerSecond)}`,
      latency(each.ack),
      `${each.stillBusy ? '> ' : ''}${decimal(each.cpuMicrosPerSpan)}`,
      times(each.ratio),
      ofOwn(each.ratio),
      whole(each.diskBytesPerSpan),
      memory(each.peakMemory),
      each.listed === undefined ? 'none' : `${latency(each.listMs)} (${each.listed} ${peer.lists})`,
    ];
    const measured = Object.values(peers).flatMap((peer) => {
      const each = peer[kind];
      return each ? [row(peer, each)] : [];
    });
    parts.push(
      `### ${kind} spans`,
      table(
        [
          '',
          'a 200 is',
          'acknowledged/s',
          'sustained/s',
          'ack p50 / p99, ms',
          'CPU µs a span',
          'of gunzip',
          'of Sojourn',
          'disk bytes a span',
          'memory',
          'newest 100, p50 / p99, ms',
        ],
        measured,
      ),
    );
  }
  const remarks = Object.values(peers).flatMap((peer) => [
    `${peer.title}: ${peer.acknowledgement}`,
    ...(peer.skipped === undefined ? [] : [`${peer.title}: **skipped**: ${peer.skipped}`]),
    ...(['web', 'genai'] as const).flatMap((kind) =>
      (peer[kind]?.failures ?? []).map((failure) => `${peer.title}: ${kind}: refused: ${failure}`),
    ),
  ]);
  const drifts = Object.entries(drift).map(([kind, ratio]) => `${kind} ${ratio.toFixed(2)}`);
  parts.push(
    bullets([
      ...remarks,
      `Sojourn measured again at the end, multiple of gunzip over that at the start: ${drifts.join(', ')}`,
    ]),
  );
  return parts;
}

function storesPart({ skipped, version, rates, lists }: StoresResult): string[] {
  if (skipped !== undefined) return ['## SQLite and PostgreSQL', `Not measured: ${skipped}.`];
  const times = (value: number | undefined, of: number | undefined): string =>
    value === undefined || of === undefined ? UNKNOWN : (value / of).toFixed(2);
  const micros = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1));
  const row = (each: StoreRate): string[] => {
    const own = rates.find(({ kind, store }) => kind === each.kind && store === 'sqlite');
    const { database } = each;
    const bytes = (part: 'walBytes' | 'logBytes' | 'rowBytes') => (database ? whole(database[part]) : '');
    return [
      `${each.kind}, ${each.store}, ${each.processes}`,
      whole(each.spansPerSecond),
      times(each.spansPerSecond, own?.spansPerSecond),
      whole(each.readableSpansPerSecond),
      times(each.readableSpansPerSecond, own?.readableSpansPerSecond),
      whole(each.lagMs),
      withCount(each.visible),
      latency(each.ack),
      micros(each.serverMicros),
      micros(each.databaseMicros),
      whole(each.diskBytes),
      bytes('logBytes'),
      bytes('rowBytes'),
      bytes('walBytes'),
      database ? (database.commits * 1000).toFixed(1) : '',
    ];
  };
  const parts = [
    `## SQLite and PostgreSQL ${version}: ingest at full rate`,
    table(
      [
        'spans, store, processes',
        'acknowledged/s',
        '× SQLite',
        'readable/s',
        '× SQLite',
        'lag at the end, ms',
        'visible p50 / p99, ms',
        'ack p50 / p99, ms',
        'server µs/span',
        'database µs/span',
        'disk bytes/span',
        'of the log',
        'of rows',
        'WAL bytes/span',
        'commits/1,000 spans',
      ],
      rates.map(row),
    ),
    'Readable: all spans over the time until readers see every one of them. All share the cores of this machine.',
  ];
  if (lists === undefined) return parts;
  const medians = lists.queries.map(({ sqlite, postgres }) => ({
    name: sqlite.name,
    sqlite: sqlite.server ?? sqlite.client,
    postgres: postgres.server ?? postgres.client,
    items: postgres.items,
  }));
  parts.push(
    `### Lists of ${whole(lists.sessions)} sessions, p50 / p99 ms of the server (requests)`,
    table(
      ['', 'items', 'SQLite', 'PostgreSQL', '× SQLite, p50'],
      medians.map(({ name, items, sqlite, postgres }) => [
        name,
        String(items ?? ''),
        withCount(sqlite),
        withCount(postgres),
        times(postgres?.p50, sqlite?.p50),
      ]),
    ),
    bullets([
      `filled at ${whole(lists.fillSpansPerSecond.sqlite)} and ${whole(lists.fillSpansPerSecond.postgres)} acknowledged spans/s; all were readable ${whole(lists.lagMs.sqlite)} and ${whole(lists.lagMs.postgres)} ms later`,
    ]),
  );
  return parts;
}

function ingestTable(results: readonly IngestResult[]): string {
  const row = (name: string, cell: (result: IngestResult) => string) => [name, ...results.map(cell)];
  return table(
    ['', ...results.map((result) => `${result.kind} spans`)],
    [
      row('acknowledged spans/s', (r) => whole(r.spansPerSecond)),
      row('requests/s × spans', (r) => `${whole(r.requestsPerSecond)} × ${whole(r.spansPerRequest)}`),
      row('ack p50 / p99 / max, ms', (r) => latency(r.ack, true)),
      row('server CPU, cores', (r) => decimal(r.serverCores)),
      row('sender CPU, cores', (r) => decimal(r.senderCores)),
      row('CPU put off past the window, ms', (r) =>
        r.deferredCpuMs === undefined ? UNKNOWN : whole(r.deferredCpuMs),
      ),
      row('server memory, peak', (r) => memory(r.peakMemory)),
      row('disk bytes per span', (r) => whole(r.diskBytesPerSpan)),
      row('encoded bytes per span', (r) => whole(r.encodedBytesPerSpan)),
      row('gzip ratio', (r) => `${r.gzipRatio.toFixed(1)} : 1`),
      row(
        'window, s',
        (r) => `${r.windowSeconds.toFixed(1)}${r.ranOut ? ' (ended early: --memory-mb)' : ''}`,
      ),
      row('connections', (r) => String(r.connections)),
      row('retries', (r) => String(r.retries)),
      row('clean stop, ms', (r) => whole(r.stopMs)),
      row('sessions verified', (r) => whole(r.sessionsChecked)),
      row('sender alone, spans/s', (r) => whole(r.senderCeiling)),
    ],
  );
}

function queriesPart(result: QueriesResult): string[] {
  const { idle, halfLoad, fullLoad } = result;
  const isTimed = idle.every((each) => each.server !== undefined);
  const timesOf = (each: QueryTimes | undefined) => withCount(isTimed ? each?.server : each?.client);
  const rows = idle.map((each, i) => [
    each.name,
    each.items === undefined ? '' : String(each.items),
    timesOf(each),
    timesOf(halfLoad.queries[i]),
    timesOf(fullLoad.queries[i]),
  ]);
  const columns = [
    'idle',
    `${whole(halfLoad.spansPerSecond)} spans/s`,
    `full ingest, ${whole(fullLoad.spansPerSecond)} spans/s`,
  ];
  const parts = [
    `## Queries over ${whole(result.sessions)} sessions`,
    isTimed
      ? "The server's own time (Server-Timing): p50 / p99 ms (requests)"
      : 'The server sends no Server-Timing header: as the client sees it, p50 / p99 ms (requests)',
    table(['', 'items', ...columns], rows),
  ];
  parts.push(
    bullets([
      `filled at ${whole(result.fillSpansPerSecond)} spans/s; ${whole(result.sessionsChecked)} sessions verified at the end`,
      `start-up on the filled data: ${result.startMs.map((each) => `${whole(each)} ms`).join(', ')}`,
      `server memory, peak: ${memory(result.peakMemory)}; disk: ${gigabytes(result.diskBytes)}`,
    ]),
  );
  return parts;
}

function visibilityPart(result: VisibilityResult): string[] {
  const row = (name: string, times: VisibilityTimes) => [
    name,
    latency(times.visible, true),
    `${Math.round(times.atOnce * 100)} %`,
    latency(times.ack),
    String(times.visible?.count ?? 0),
  ];
  return [
    '## From acknowledgement to visibility',
    table(
      ['', 'p50 / p99 / max, ms', 'found by the first read', 'ack of the probe p50 / p99, ms', 'probes'],
      [
        row('idle', result.idle),
        row(`full ingest, ${whole(result.spansPerSecond)} spans/s`, result.fullLoad),
      ],
    ),
  ];
}

function pagePart({ skipped, list, sessions }: PageResult): string[] {
  const head = '## The web page, in Chromium without a window';
  if (skipped !== false) return [head, `Skipped: ${skipped}.`];
  return [
    head,
    table(
      ['', 'median', 'worst', 'runs'],
      [...(list ? listRows(list) : []), ...sessions.flatMap(sessionRows)],
    ),
  ];
}

function listRows({ cold, warm, coldMainThread, firstLoadBytes }: ListTimes): string[][] {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)}`;
  const kinds = Object.entries(firstLoadBytes);
  const total = kinds.reduce((sum, [, bytes]) => sum + bytes, 0);
  return [
    medianRow('first rows, empty cache, ms', cold),
    medianRow('main thread until then, all tasks, ms', coldMainThread.taskMs),
    medianRow('of that scripts, ms', coldMainThread.scriptMs),
    medianRow('of that layout, ms', coldMainThread.layoutMs),
    medianRow('first rows, cache filled, ms', warm),
    ['first load, compressed, kB', kilobytes(total), '', '1'],
    ...kinds.map(([kind, bytes]) => [`of that ${kind}, kB`, kilobytes(bytes), '', '1']),
  ];
}

function sessionRows(times: BigSessionTimes): string[][] {
  const traces = times.traces === 1 ? '1 trace' : `${whole(times.traces)} traces`;
  const name = `${traces}, ${whole(times.spans)} spans`;
  return [
    medianRow(`${name}: drawn after the click, ms`, times.clicked),
    medianRow(`${name}: its address, empty cache, ms`, times.cold),
    [
      `${name}: frames/s while scrolling`,
      decimal(times.framesPerSecond?.median),
      decimal(times.framesPerSecond?.lowest),
      String(times.longestFrame?.count ?? 0),
    ],
    medianRow(`${name}: longest frame, ms`, times.longestFrame),
  ];
}

function medianRow(name: string, summary: LatencySummary | undefined): string[] {
  if (summary === undefined) return [name, UNKNOWN, UNKNOWN, '0'];
  return [name, ms(summary.p50), ms(summary.max), String(summary.count)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function latency(summary: LatencySummary | undefined, withMax = false): string {
  if (!summary) return UNKNOWN;
  const { p50, p99, max } = summary;
  return (withMax ? [p50, p99, max] : [p50, p99]).map(ms).join(' / ');
}

function withCount(summary: LatencySummary | undefined): string {
  return summary ? `${latency(summary)} (${summary.count})` : UNKNOWN;
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : whole(value);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function decimal(value: number | undefined): string {
  return value === undefined ? UNKNOWN : value.toFixed(2);
}

function memory(bytes: number | undefined): string {
  return bytes === undefined ? UNKNOWN : `${whole(bytes / 1e6)} MB`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
