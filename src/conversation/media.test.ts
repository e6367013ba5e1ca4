import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { entryKey } from './entry.js';
import { endingOf, inlineContent, MAX_MEDIA_BYTES, safeTypeOf } from './media-content.js';
import { readMessages } from './messages.js';

const bytes = Buffer.from('\x89PNG\r\n\x1a\n and the rest', 'latin1');
const base64 = bytes.toString('base64');
const uri = `data:image/png;base64,${base64}`;
const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);

/** Parts in the forms of providers, frameworks and conventions, all with the same image. */
const parts: Record<string, object> = {
  'OpenAI chat': { type: 'image_url', image_url: { url: uri } },
  'OpenAI responses': { type: 'input_image', image_url: uri },
  'OpenAI file': { type: 'file', file: { filename: 'a.png', file_data: uri } },
  'OpenAI responses file': { type: 'input_file', filename: 'a.png', file_data: uri },
  'OpenAI image generation': {
    type: 'image_generation_call',
    id: 'ig_1',
    output_format: 'png',
    result: base64,
  },
  'OpenAI audio': { type: 'input_audio', input_audio: { data: base64, format: 'png' } },
  Anthropic: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } },
  'Anthropic document': {
    type: 'document',
    source: { type: 'base64', media_type: 'image/png', data: base64 },
  },
  'Gemini snake case': { inline_data: { mime_type: 'image/png', data: base64 } },
  'Gemini camel case': { inlineData: { mimeType: 'image/png', data: base64 } },
  'the conventions': { type: 'blob', modality: 'image', mime_type: 'image/png', content: base64 },
  'Vercel image': { type: 'image', image: base64 },
  'Vercel file': { type: 'file', mediaType: 'image/png', data: base64 },
  'Vercel buffer': { type: 'image', image: { type: 'Buffer', data: [...bytes] } },
  OpenInference: { message_content: { type: 'image', image: { image: { url: uri } } } },
  Bedrock: { image: { format: 'png', source: { bytes: base64 } } },
  LangChain: { type: 'image', source_type: 'base64', mime_type: 'image/png', data: base64 },
  'LangChain 1': { type: 'image', mime_type: 'image/png', base64 },
  Haystack: { image: { base64_image: base64, mime_type: 'image/png' } },
  'Pydantic AI': { kind: 'binary', media_type: 'image/png', content: base64 },
};

describe('media', () => {
  for (const [name, part] of Object.entries(parts)) {
    test(`of ${name} has its content`, () => {
      const entries = readMessages([{ role: 'user', content: [part] }], 'user');
      const media = entries.flatMap((entry) => entry.media ?? []);
      assert.equal(media.length, 1, JSON.stringify(entries));
      const { size, digest: found, data, uri: elsewhere } = media[0]!;
      assert.deepEqual(
        { size, found, elsewhere },
        { size: bytes.length, found: digest, elsewhere: undefined },
      );
      assert.deepEqual(Buffer.from(data!()), bytes);
    });
  }

  test('of Ollama is beside the text', () => {
    const [entry] = readMessages([{ role: 'user', content: 'what is this?', images: [base64] }], 'user');
    assert.equal(entry?.text, 'what is this?');
    assert.deepEqual(
      entry?.media?.map(({ type, mimeType, digest: found }) => [type, mimeType, found]),
      [['image', 'image/png', digest]],
    );
  });

  test('at an address has no content', () => {
    const url = 'https://example.com/a.png';
    const [entry] = readMessages(
      [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
      'user',
    );
    assert.deepEqual(entry?.media, [{ type: 'image', uri: url }]);
  });

  test('as text has content', () => {
    const source = { type: 'text', media_type: 'text/plain', data: 'Grüße, Welt' };
    const [entry] = readMessages([{ role: 'user', content: [{ type: 'document', source }] }], 'user');
    assert.equal(Buffer.from(entry!.media![0]!.data!()).toString(), 'Grüße, Welt');
    assert.equal(entry!.media![0]!.size, 13);
    const { data, size } = inlineContent('data:text/plain,a%20b');
    assert.equal(Buffer.from(data!()).toString(), 'a b');
    assert.equal(size, 3);
  });

  test('that is truncated, left out or too large has no content', () => {
    assert.deepEqual(inlineContent('iVBORw0…'), { size: 6 });
    assert.deepEqual(inlineContent('<image bytes>').data, undefined);
    assert.deepEqual(inlineContent(''), { size: 0 });
    const large = inlineContent('A'.repeat(Math.ceil(((MAX_MEDIA_BYTES + 3) * 4) / 3)));
    assert.equal(large.data, undefined);
    assert.ok(large.size > MAX_MEDIA_BYTES);
  });

  test('of the same size has another digest', () => {
    const [a, b] = ['AAAA', 'BBBB'].map(
      (data) => readMessages([{ role: 'user', content: [{ type: 'image', image: data }] }], 'user')[0]!,
    );
    assert.notEqual(entryKey(a!), entryKey(b!));
  });
});

describe('content', () => {
  const cases: [content: string, type: string | undefined][] = [
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['GIF89a', 'image/gif'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp'],
    ['\0\0\0\x1cftypavif', 'image/avif'],
    ['RIFF\0\0\0\0WAVEfmt ', 'audio/wav'],
    ['OggS\0', 'audio/ogg'],
    ['\x1aE\xdf\xa3 webm A_OPUS', 'audio/webm'],
    ['\x1aE\xdf\xa3 webm V_VP9', undefined],
    ['ID3\x04', 'audio/mpeg'],
    ['\xff\xfb\x90\x00', 'audio/mpeg'],
    ['\xff\xff\xff\xff', undefined],
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', undefined],
    ['<!doctype html><script>x()</script>', undefined],
    [' GIF89a', undefined],
    ['%PDF-1.7', undefined],
    ['', undefined],
  ];
  for (const [content, type] of cases) {
    test(`${JSON.stringify(content)} is ${type ?? 'bytes'}`, () => {
      assert.equal(safeTypeOf(Buffer.from(content, 'latin1')), type);
    });
  }

  test('has the file extension of its type', () => {
    assert.deepEqual(['image/jpeg', 'audio/mpeg', 'image/png', undefined].map(endingOf), [
      'jpg',
      'mp3',
      'png',
      'bin',
    ]);
  });
});
