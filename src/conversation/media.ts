import { cut, MAX_NAME, type Media, type MediaType } from './entry.js';
import { type Fields, field, firstField, isFields, textField } from './json-value.js';
import { byteContent, type InlineContent, inlineContent, safeTypeOf, textContent } from './media-content.js';

/** Fields of the content, in a part or in one of its objects. */
const CONTENTS = [
  'data',
  'bytes',
  'base64',
  'base64_image',
  'content',
  'blob',
  'file_data',
  'image',
  'result',
];

/**
 * The placeholder of a part whose content is not text, in the forms of all providers. `part` is the part
 * itself, and `kind` is its type.
 */
export function readMedia(part: Fields, kind: string): Media {
  const holder = [
    kind,
    'image_url',
    'input_audio',
    'image',
    'audio',
    'video',
    'document',
    'file',
    'video_url',
  ]
    .map((name) => field(part, name))
    .find((value) => isFields(value) || typeof value === 'string');
  const outer = isFields(holder) ? holder : part;
  // OpenInference: {"image": {"image": {"url": …}}}
  const inner = field(outer, kind);
  const content = isFields(inner) ? inner : outer;
  const source = field(content, 'source');
  const places = [isFields(source) ? source : undefined, content, part].filter(isFields);
  const names = (wanted: readonly string[]): string | undefined =>
    places.map((place) => textField(place, wanted)).find((text) => text !== undefined);

  const isBare = typeof holder === 'string' && isBase64(holder);
  const location =
    typeof holder === 'string'
      ? isBare
        ? `data:;base64,${holder}`
        : holder
      : (names(['url', 'uri', 'file_uri', 'fileUri', 'image_url', 'gcs_uri', 'file_id', 'fileId']) ??
        bucket(places));
  const inline = location?.startsWith('data:') ? inlineContent(location) : contentIn(places);
  const uri = location === undefined || location.startsWith('data:') ? undefined : location;
  const mimeType =
    names(['mime_type', 'mimeType', 'media_type', 'mediaType', 'mimetype']) ??
    inline?.mimeType ??
    formatted(names(['format', 'output_format']), kind) ??
    (inline?.data && safeTypeOf(inline.data()));
  return {
    type: mediaType(kind, mimeType, names(['modality'])),
    ...(mimeType !== undefined && { mimeType: cut(mimeType, MAX_NAME) }),
    ...(inline !== undefined && inline.size > 0 && { size: inline.size }),
    ...(inline?.digest !== undefined && { digest: inline.digest }),
    ...(inline?.data !== undefined && { data: inline.data }),
    ...(uri !== undefined && { uri: cut(uri, MAX_NAME) }),
  };
}

/** Whether a text is content, and not an address or an id. */
function isBase64(text: string): boolean {
  if (text.length < 16 || /^data:|[:\s]/.test(text.slice(0, 64))) return false;
  const { data } = inlineContent(text);
  return data !== undefined && (text.length > MAX_ID || safeTypeOf(data()) !== undefined);
}

/** Ids of files at providers are shorter, characters. */
const MAX_ID = 512;

/** An image as plain base64, as Ollama sends it. */
export function readImage(base64: string): Media {
  return readMedia({ data: base64 }, 'image');
}

function contentIn(places: readonly Fields[]): InlineContent | undefined {
  for (const place of places) {
    const value = firstField(place, CONTENTS);
    if (typeof value === 'string') {
      return field(place, 'type') === 'text' ? textContent(value) : inlineContent(value);
    }
    const bytes = isFields(value) ? field(value, 'data') : undefined;
    if (Array.isArray(bytes)) return byteContent(bytes);
    if (isFields(value)) return undefined;
  }
  return undefined;
}

/** The address of a file of Amazon Bedrock: `{"s3Location": {"uri": …}}`. */
function bucket(places: readonly Fields[]): string | undefined {
  for (const place of places) {
    const location = field(place, 's3Location');
    if (isFields(location)) return textField(location, ['uri']);
  }
  return undefined;
}

function formatted(format: string | undefined, kind: string): string | undefined {
  if (format === undefined || !/^[\w.+-]{1,40}$/.test(format)) return undefined;
  if (/image/.test(kind)) return `image/${format}`;
  if (/audio/.test(kind)) return `audio/${format}`;
  if (/video/.test(kind)) return `video/${format}`;
  return format === 'pdf' ? 'application/pdf' : undefined;
}

function mediaType(kind: string, mimeType: string | undefined, modality: string | undefined): MediaType {
  for (const hint of [mimeType?.split('/')[0], modality, kind]) {
    const type = (['image', 'audio', 'video'] as const).find((name) => hint?.toLowerCase().includes(name));
    if (type !== undefined) return type;
  }
  return mimeType === 'application/pdf' || kind.includes('document') ? 'document' : 'file';
}
