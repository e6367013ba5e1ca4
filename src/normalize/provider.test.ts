import assert from 'node:assert/strict';
import test from 'node:test';
import { normalizeProvider } from './provider.js';

const names: Readonly<Record<string, string>> = {
  openai: 'openai',
  OpenAI: 'openai',
  'openai.responses': 'openai',
  'az.ai.inference': 'azure.ai.inference',
  'az.ai.openai': 'azure.ai.openai',
  Azure: 'azure.ai.openai',
  'azure-openai.chat': 'azure.ai.openai',
  gemini: 'gcp.gemini',
  'google.generative-ai': 'gcp.gemini',
  Google: 'gcp.gen_ai',
  vertex_ai: 'gcp.vertex_ai',
  'google.vertex.chat': 'gcp.vertex_ai',
  xai: 'x_ai',
  'xai.chat': 'x_ai',
  AWS: 'aws.bedrock',
  'amazon-bedrock': 'aws.bedrock',
  MistralAI: 'mistral_ai',
  'anthropic.messages': 'anthropic',
  'aws.bedrock': 'aws.bedrock',
  'azure.ai.openai': 'azure.ai.openai',
  ' groq ': 'groq',
  'my-gateway': 'my-gateway',
  'api.openai.com': 'openai',
  'api.openai.com:443': 'openai',
  'https://api.openai.com/v1': 'openai',
  'eu.api.openai.com': 'openai',
  'api.anthropic.com': 'anthropic',
  'generativelanguage.googleapis.com': 'gcp.gemini',
  'europe-west1-aiplatform.googleapis.com': 'gcp.vertex_ai',
  'api.mistral.ai': 'mistral_ai',
  'api.groq.com': 'groq',
  'api.deepseek.com': 'deepseek',
  'api.x.ai': 'x_ai',
  'mine.openai.azure.com': 'azure.ai.openai',
  'bedrock-runtime.eu-west-1.amazonaws.com': 'aws.bedrock',
  'ibm.watsonx.ai': 'ibm.watsonx.ai',
  'microsoft.agent_framework': 'microsoft.agent_framework',
  'vertex.anthropic.messages': 'vertex.anthropic',
  constructor: 'constructor',
  ['__proto__']: '__proto__',
};
for (const [sent, today] of Object.entries(names)) {
  test(`${sent} is ${today}`, () => assert.equal(normalizeProvider(sent), today));
}

test('a text that is not a provider gives undefined', () => {
  for (const name of ['', '  ', '_OTHER', 'strands-agents', 'Langchain', 'gcp.vertex.agent', '.chat']) {
    assert.equal(normalizeProvider(name), undefined, name);
  }
});

test('an address is not a provider, unless its owner is known', () => {
  for (const address of [
    '127.0.0.1',
    '127.0.0.1:45841',
    '[::1]:8000',
    'localhost',
    'litellm:4000',
    'http://gateway/v1',
    'llm.example.com',
    'llm.example.com:8443',
    'gateway.prod.svc.cluster.local',
    'my-openrouter.example.com',
    'gateway-1.eu-west-1.elb.amazonaws.com',
    'openai.com.evil.example.org',
  ]) {
    assert.equal(normalizeProvider(address), undefined, address);
  }
});

test('names are bounded, even if lower case is longer', () => {
  assert.equal(normalizeProvider('x'.repeat(10_000))?.length, 256);
  assert.ok(normalizeProvider('İ'.repeat(200))!.length <= 256);
});
