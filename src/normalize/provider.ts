import { BoundedMemo } from './bounded-memo.js';
import { boundedText } from './bounded-text.js';
import { isNoValue } from './no-value.js';

/** Maximum length of a provider's name, UTF-16 units. */
const MAX_LENGTH = 256;

/**
 * OpenTelemetry's current names of providers (semantic conventions, `gen_ai.provider.name`), by their other
 * names: those of conventions before 1.37, and those of instrumentations and client libraries.
 */
const TODAY = new Map(
  Object.entries({
    // Names in capitals with an underscore within them are those of LangChain4j.
    openai: ['open_ai'],
    'aws.bedrock': ['bedrock', 'aws', 'aws_bedrock', 'amazon_bedrock', 'amazon-bedrock'],
    'azure.ai.inference': ['az.ai.inference'],
    'azure.ai.openai': ['az.ai.openai', 'azure', 'azure_openai', 'azure-openai', 'azure_open_ai'],
    'gcp.gemini': ['gemini', 'google.generative-ai', 'googleai', 'google_ai_gemini'],
    'gcp.gen_ai': ['google', 'google_genai', 'google-genai'],
    'gcp.vertex_ai': [
      'vertex_ai',
      'vertexai',
      'vertex',
      'google.vertex',
      'google_vertex',
      'google-vertex',
      'google_vertex_ai_gemini',
    ],
    'ibm.watsonx.ai': ['watsonx'],
    mistral_ai: ['mistral', 'mistralai'],
    moonshot_ai: ['moonshot', 'moonshotai'],
    together_ai: ['togetherai', 'together-ai', 'together.ai'],
    x_ai: ['xai', 'x-ai'],
  }).flatMap(([today, others]) => others.map((other) => [other, today] as const)),
);

/** Names of frameworks that are written in the provider's place. */
const FRAMEWORKS = new Set([
  '_other',
  'crewai',
  'gcp.vertex.agent',
  'langchain',
  'langgraph',
  'spring_ai',
  'strands-agents',
]);

/** Providers by the hosts of their APIs; `*` is one part of the name, such as a region. */
const HOSTS = Object.entries({
  'aws.bedrock': ['bedrock-runtime.*.amazonaws.com', 'bedrock-runtime-fips.*.amazonaws.com'],
  'azure.ai.inference': ['*.services.ai.azure.com', 'models.inference.ai.azure.com'],
  'azure.ai.openai': ['*.openai.azure.com', '*.cognitiveservices.azure.com'],
  'gcp.gemini': ['generativelanguage.googleapis.com'],
  'gcp.vertex_ai': ['aiplatform.googleapis.com', '*-aiplatform.googleapis.com'],
  anthropic: ['api.anthropic.com'],
  avian: ['api.avian.io'],
  cerebras: ['api.cerebras.ai'],
  cohere: ['api.cohere.com', 'api.cohere.ai'],
  deepseek: ['api.deepseek.com'],
  fireworks: ['api.fireworks.ai'],
  groq: ['api.groq.com'],
  minimax: ['api.minimax.io', 'api.minimaxi.com', 'api.minimax.chat'],
  mistral_ai: ['api.mistral.ai', 'codestral.mistral.ai'],
  moonshot_ai: ['api.moonshot.ai', 'api.moonshot.cn'],
  novita: ['api.novita.ai'],
  openai: ['api.openai.com', '*.api.openai.com'],
  openrouter: ['openrouter.ai', 'api.openrouter.ai'],
  perplexity: ['api.perplexity.ai'],
  together_ai: ['api.together.ai', 'api.together.xyz'],
  voyageai: ['api.voyageai.com'],
  x_ai: ['api.x.ai', '*.api.x.ai'],
  zai: ['api.z.ai'],
  zhipuai: ['open.bigmodel.cn'],
}).flatMap(([provider, hosts]) => hosts.map((host) => [hostPattern(host), provider] as const));

function hostPattern(host: string): RegExp {
  return new RegExp(`^${host.replaceAll('.', '\\.').replaceAll('*', '[a-z0-9-]+')}$`);
}

/** The parts of an address around its host: scheme, credentials, port, path. */
const AROUND_HOST = /^[a-z][a-z0-9+-]*:\/\/(?:[^@/]*@)?|(?::\d{1,5})?(?:\/.*)?$/g;

/**
 * Addresses, recognised by a scheme, a port, four numbers or their suffix. Names of providers contain dots as
 * well (`azure.ai.openai`, `ibm.watsonx.ai`), but none of these suffixes.
 */
const ADDRESS =
  /^[a-z][a-z0-9+-]*:\/\/|:\d{1,5}(?:\/|$)|^\[|^(?:\d{1,3}\.){3}\d{1,3}$|^localhost$|\.(?:com|net|org|io|dev|app|cloud|xyz|cn|de|eu|fr|uk|us|arpa|corp|home|internal|intranet|lan|local|localhost|test)$/;

/** Client libraries append the called interface of the provider: `openai.responses`. */
const INTERFACE = /\.(?:chat|completions?|responses|messages|embeddings?)$/;

/**
 * OpenTelemetry's current name of the provider; unknown names in lower case, at most 256 characters.
 * Undefined for blank names, placeholders, names of frameworks, and addresses of unknown providers.
 */
export function normalizeProvider(raw: string): string | undefined {
  return raw.length > MAX_LENGTH ? normalized(raw) : known.get(raw, normalized);
}

/** Telemetry repeats the same few names. */
const known = new BoundedMemo<string | undefined>(256);

function normalized(raw: string): string | undefined {
  // Lower case can be longer, so it comes before the limit.
  const text = boundedText(raw.toLowerCase(), MAX_LENGTH);
  const name = boundedText(text?.replace(INTERFACE, ''), MAX_LENGTH);
  if (name === undefined || FRAMEWORKS.has(name) || isNoValue(name)) return undefined;
  return TODAY.get(name) ?? providerAt(name) ?? (ADDRESS.test(name) ? undefined : name);
}

/** Whether a text in the provider's place is an address. */
export function isAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && ADDRESS.test(text.toLowerCase());
}

/** The provider whose API answers at an address in lower case: a host name, or a URL. */
export function providerAt(address: string): string | undefined {
  if (!address.includes('.')) return undefined;
  const host = address.replace(AROUND_HOST, '');
  return HOSTS.find(([pattern]) => pattern.test(host))?.[1];
}
