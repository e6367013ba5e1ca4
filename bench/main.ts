/** `npm run bench`: measures the built server from outside and prints tables; see docs/benchmarks.md. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Bench } from './bench.js';
import { type CurveResult, measureCurve } from './curve.js';
import { type IngestResult, measureIngest } from './ingest.js';
import { describeMachine } from './machine.js';
import { model } from './model.js';
import { HELP, type Options, parseOptions } from './options.js';
import { measurePage, type PageResult } from './page.js';
import { measurePeers, type PeersResult } from './peers/measure.js';
import { drawPlots } from './plots/draw.js';
import { measureQueries, type QueriesResult } from './queries.js';
import { type Report, render } from './report.js';
import { measureScale, type ScaleResult } from './scale.js';
import { measureSearch, type SearchResult } from './search.js';
import { measureStages, type StagesResult } from './stages.js';
import { measureStores, type StoresResult } from './stores.js';
import { measureVisibility, type VisibilityResult } from './visibility.js';

/** Relative to the compiled file. */
const DOCS = fileURLToPath(new URL('../../docs', import.meta.url));
type SpanKind = StagesResult['kind'];

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function measure(bench: Bench): Promise<Report> {
  const began = performance.now();
  const { only, quick } = bench.options;
  const machine = describeMachine(bench.root, new Date());
  const stages: StagesResult[] = [];
  const ingest: IngestResult[] = [];
  const queries: QueriesResult[] = [];
  let visibility: VisibilityResult | undefined;
  let page: PageResult | undefined;
  let curve: CurveResult | undefined;
  let scale: ScaleResult | undefined;
  let search: SearchResult | undefined;
  let peers: PeersResult | undefined;
  let stores: StoresResult | undefined;
  for (const scenario of only) {
    switch (scenario) {
      case 'stages':
        stages.push(await measureStages(bench, 'web'), await measureStages(bench, 'genai'));
        break;
      case 'ingest-web':
        ingest.push(await measureIngest(bench, 'web'));
        break;
      case 'ingest-genai':
        ingest.push(await measureIngest(bench, 'genai'));
        break;
      case 'queries-100k':
        queries.push(await measureQueries(bench, scenario, 100_000));
        break;
      case 'queries-1m':
        queries.push(await measureQueries(bench, scenario, 1_000_000));
        break;
      case 'queries-10m':
        queries.push(await measureQueries(bench, scenario, 10_000_000));
        break;
      case 'visibility':
        visibility = await measureVisibility(bench);
        break;
      case 'page':
        page = await measurePage(bench);
        break;
      case 'curve':
        curve = await measureCurve(bench);
        break;
      case 'scale':
        scale = await measureScale(bench);
        break;
      case 'search':
        search = await measureSearch(bench);
        break;
      case 'peers':
        peers = await measurePeers(bench);
        break;
      case 'stores':
        stores = await measureStores(bench);
        break;
    }
  }
  const { peakMemory, problems } = bench;
  const totalSeconds = (performance.now() - began) / 1000;
  return {
    machine,
    quick,
    stages: byKind(stages),
    model: byKind(stages.map((each) => ({ kind: each.kind, ...model(each) }))),
    ingest,
    queries,
    visibility,
    page,
    curve,
    scale,
    search,
    ...peers,
    stores,
    peakMemory,
    totalSeconds,
    problems,
  };
}

/** `.web` and `.genai`. */
function byKind<T extends { readonly kind: SpanKind }>(results: readonly T[]): { [K in SpanKind]?: T } {
  return Object.fromEntries(results.map((result) => [result.kind, result]));
}

async function run(options: Options): Promise<number> {
  const bench = new Bench(options);
  const interrupted = () => {
    bench.clean();
    process.exit(EXIT_FAILED);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const report = await measure(bench);
    process.stdout.write(render(report));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    return report.problems.length === 0 ? 0 : EXIT_FAILED;
  } catch (error) {
    for (const text of [...bench.problems, ...bench.serverFailures()]) bench.progress(text);
    bench.progress(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT_FAILED;
  } finally {
    bench.clean();
  }
}

function readOptions(): Options | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return undefined;
  }
}

const options = readOptions();
if (!options) process.exitCode = EXIT_USAGE;
else if (options.help) process.stdout.write(HELP);
else if (options.plots) for (const path of drawPlots(DOCS)) process.stdout.write(`${path}\n`);
else process.exitCode = await run(options);
