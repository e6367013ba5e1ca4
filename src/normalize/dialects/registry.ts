import { anthropicSdk } from './anthropic-sdk.js';
import { awsRum } from './aws-rum.js';
import { type ByRank, inOrder } from './by-rank.js';
import { claudeCode } from './claude-code.js';
import { codex } from './codex.js';
import { common } from './common.js';
import { copilotChat } from './copilot-chat.js';
import { dash0 } from './dash0.js';
import { datadog } from './datadog.js';
import { type Dialect, type GenAiDialect, isGenAi } from './dialect.js';
import { elastic } from './elastic.js';
import { embrace } from './embrace.js';
import { faro } from './faro.js';
import { galileo } from './galileo.js';
import { geminiCli } from './gemini-cli.js';
import { genkit } from './genkit.js';
import { googleAdk } from './google-adk.js';
import { haystack } from './haystack.js';
import { honeycomb } from './honeycomb.js';
import { honeyHive } from './honeyhive.js';
import { hyperDx } from './hyperdx.js';
import { laminar } from './laminar.js';
import { langChain4j } from './langchain4j.js';
import { langfuse } from './langfuse.js';
import { langSmith } from './langsmith.js';
import { langWatch } from './langwatch.js';
import { liteLlm } from './litellm.js';
import { liveKit } from './livekit.js';
import { logfire } from './logfire.js';
import { mastra } from './mastra.js';
import { metricKit } from './metrickit.js';
import { mlflow } from './mlflow.js';
import { msAgentFramework } from './ms-agent-framework.js';
import { openClaw } from './openclaw.js';
import { openInference } from './openinference.js';
import { openLit } from './openlit.js';
import { openLlmetry } from './openllmetry.js';
import { openTelemetry } from './opentelemetry.js';
import { openTracing } from './opentracing.js';
import { otelGenAi } from './otel-genai.js';
import { pydanticAi } from './pydantic-ai.js';
import { rubyLlm } from './ruby-llm.js';
import { semanticKernel } from './semantic-kernel.js';
import { sentry } from './sentry.js';
import { splunk } from './splunk.js';
import { springAi } from './spring-ai.js';
import { strands } from './strands.js';
import { vercelAi } from './vercel-ai.js';
import { voltAgent } from './voltagent.js';
import { weave } from './weave.js';

/**
 * All dialects. Their order matters in two ways. The first dialect with model calls that recognises a record
 * reads it (U1), so specific ones come before general ones. Keys of one meaning are read in this order,
 * unless a rank decides (`by-rank.ts`).
 */
export const DIALECTS: readonly Dialect[] = [
  // Conventions, browsers and apps.
  openTelemetry,
  openTracing,
  elastic,
  faro,
  splunk,
  hyperDx,
  embrace,
  datadog,
  honeycomb,
  dash0,
  metricKit,
  awsRum,
  common,
  // Dialects that report model calls.
  claudeCode,
  geminiCli,
  openClaw,
  pydanticAi,
  anthropicSdk,
  logfire,
  voltAgent,
  langChain4j,
  springAi,
  googleAdk,
  strands,
  msAgentFramework,
  semanticKernel,
  liveKit,
  genkit,
  mastra,
  vercelAi,
  mlflow,
  langSmith,
  liteLlm,
  langfuse,
  haystack,
  openLit,
  openInference,
  openLlmetry,
  sentry,
  // Near the end, because its session keys have the most general names of all.
  codex,
  copilotChat,
  otelGenAi,
  // Additional names, beside those of other dialects.
  langWatch,
  laminar,
  honeyHive,
  galileo,
  weave,
  rubyLlm,
];

/** The dialects that report model calls. */
export const GENAI_DIALECTS: readonly GenAiDialect[] = DIALECTS.filter(isGenAi);

/** The values of all dialects for one meaning, in reading order. */
export function fromAll<T>(of: (dialect: Dialect) => ByRank<T> | undefined): readonly T[] {
  return inOrder(DIALECTS.map(of));
}

/** Names of the metrics that report usage. */
export const METRIC_NAMES: ReadonlySet<string> = new Set(
  GENAI_DIALECTS.flatMap(({ metrics = [] }) => metrics.map(({ name }) => name)),
);
