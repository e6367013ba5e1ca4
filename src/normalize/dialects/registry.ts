import { anthropicSdk } from './anthropic-sdk.js';
import { claudeCode } from './claude-code.js';
import { codex } from './codex.js';
import type { Dialect } from './dialect.js';
import { geminiCli } from './gemini-cli.js';
import { genkit } from './genkit.js';
import { googleAdk } from './google-adk.js';
import { haystack } from './haystack.js';
import { langChain4j } from './langchain4j.js';
import { langfuse } from './langfuse.js';
import { langSmith } from './langsmith.js';
import { liteLlm } from './litellm.js';
import { liveKit } from './livekit.js';
import { logfire } from './logfire.js';
import { mastra } from './mastra.js';
import { mlflow } from './mlflow.js';
import { msAgentFramework } from './ms-agent-framework.js';
import { openClaw } from './openclaw.js';
import { openInference } from './openinference.js';
import { openLit } from './openlit.js';
import { openLlmetry } from './openllmetry.js';
import { otelGenAi } from './otel-genai.js';
import { pydanticAi } from './pydantic-ai.js';
import { semanticKernel } from './semantic-kernel.js';
import { sentry } from './sentry.js';
import { springAi } from './spring-ai.js';
import { strands } from './strands.js';
import { vercelAi } from './vercel-ai.js';
import { voltAgent } from './voltagent.js';

/** All dialects, the particular before the general: the first that recognises a record reads it (U1). */
export const DIALECTS: readonly Dialect[] = [
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
  // Near the end for its keys of the session, which have the most general names of all.
  codex,
  otelGenAi,
];

/** Names of the metrics that tell of usage. */
export const METRIC_NAMES: ReadonlySet<string> = new Set(
  DIALECTS.flatMap(({ metrics = [] }) => metrics.map(({ name }) => name)),
);
