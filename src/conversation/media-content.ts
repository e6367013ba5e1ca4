import { createHash } from 'node:crypto';

/** Inline content of a message. */
export interface InlineContent {
  /** The media type in a `data:` address. */
  readonly mimeType?: string;
  /** Bytes. Approximate if the text is not valid base64. */
  readonly size: number;
  /** Its name: 32 hexadecimal digits. Missing if it is too large or incomplete. */
  readonly digest?: string;
  /** Decodes it. */
  readonly data?: () => Uint8Array;
}

/** Bytes. Of larger content, only the size is kept. */
export const MAX_MEDIA_BYTES = 16 * 1024 * 1024;

const DATA_URI = /^data:([\w.+-]+\/[\w.+-]+)?([^,]{0,200}),/;
const BASE64 = /^[\w+/-]*={0,2}$/;

/** Content as base64, or as a `data:` address. */
export function inlineContent(text: string): InlineContent {
  const [prefix = '', mimeType, parameters = ''] = DATA_URI.exec(text.slice(0, 300)) ?? [];
  const type = mimeType === undefined ? {} : { mimeType };
  const body = text.slice(prefix.length);
  if (prefix !== '' && !/;base64$/i.test(parameters)) {
    return { ...type, ...contentOf(Buffer.byteLength(body), () => Buffer.from(percentDecoded(body))) };
  }
  const size = sizeOf(body);
  // A placeholder of a library, or truncated content.
  if (!BASE64.test(/\s/.test(body) ? body.replace(/\s+/g, '') : body)) return { ...type, size };
  return { ...type, ...contentOf(size, () => Buffer.from(body, 'base64')) };
}

/** Content that is text. */
export function textContent(text: string): InlineContent {
  return contentOf(Buffer.byteLength(text), () => Buffer.from(text));
}

/** Content as a list of bytes, as in the JSON of a Node.js buffer. */
export function byteContent(bytes: readonly unknown[]): InlineContent {
  return contentOf(bytes.length, () => Uint8Array.from(bytes, Number));
}

function contentOf(size: number, data: () => Uint8Array): InlineContent {
  if (size === 0 || size > MAX_MEDIA_BYTES) return { size };
  const bytes = data();
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  return { size: bytes.length, digest, data };
}

/** Size of the base64 content in bytes. */
function sizeOf(body: string): number {
  const padding = body.endsWith('==') ? 2 : body.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((body.length * 3) / 4) - padding);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);

/** Types that a browser can show inside of a page, by their first bytes. None of them can run code. */
const SAFE: readonly (readonly [type: string, fits: (bytes: Uint8Array) => boolean])[] = [
  ['image/png', (bytes) => ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', (bytes) => ascii(bytes, 0, 3) === '\xff\xd8\xff'],
  ['image/gif', (bytes) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6))],
  ['image/webp', (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP'],
  ['image/avif', (bytes) => /^ftypavi[fs]$/.test(ascii(bytes, 4, 12))],
  ['audio/wav', (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WAVE'],
  ['audio/ogg', (bytes) => ascii(bytes, 0, 4) === 'OggS'],
  ['audio/webm', (bytes) => ascii(bytes, 0, 4) === '\x1aE\xdf\xa3' && !/V_/.test(ascii(bytes, 0, 4096))],
  ['audio/mpeg', (bytes) => ascii(bytes, 0, 3) === 'ID3' || isMpegFrame(bytes)],
];

/** The header of an MPEG layer III frame, with valid sync, version, layer, bit rate and sampling rate. */
function isMpegFrame([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  return (
    first === 0xff &&
    (second & 0xe6) === 0xe2 &&
    (second & 0x18) !== 0x08 &&
    (third & 0xf0) !== 0xf0 &&
    (third & 0xf0) !== 0 &&
    (third & 0x0c) !== 0x0c
  );
}

export const SAFE_TYPES: readonly string[] = SAFE.map(([type]) => type);

/**
 * The type of content that is safe to show inside of a page, whatever its sender says. Undefined for all
 * other content.
 */
export function safeTypeOf(bytes: Uint8Array): string | undefined {
  return SAFE.find(([, fits]) => fits(bytes))?.[0];
}

/** The file extension of this type. */
export function endingOf(type: string | undefined): string {
  const endings: Readonly<Record<string, string>> = { 'audio/mpeg': 'mp3', 'image/jpeg': 'jpg' };
  return type === undefined ? 'bin' : (endings[type] ?? type.slice(type.indexOf('/') + 1));
}
