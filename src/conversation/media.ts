import { cut, MAX_NAME, type Media, type MediaType } from './entry.js';
import { type Fields, field, firstField, isFields, textField } from './json-value.js';

const DATA_URI = /^data:([\w.+-]+\/[\w.+-]+)?[^,]{0,200},/;

/**
 * The placeholder of a part with content that is no text, in the shapes of all providers: `part` is the part itself, and `kind` what it calls itself.
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

  const location =
    typeof holder === 'string'
      ? holder
      : (names(['url', 'uri', 'file_uri', 'fileUri', 'image_url', 'gcs_uri', 'file_id', 'fileId']) ??
        bucket(places));
  const data = places
    .map((place) => firstField(place, ['data', 'bytes', 'base64', 'content', 'blob', 'file_data', 'image']))
    .find((value) => typeof value === 'string' || isFields(value));
  const inline = location?.startsWith('data:') ? location : typeof data === 'string' ? data : undefined;
  const uri = location === undefined || location.startsWith('data:') ? undefined : location;
  const mimeType =
    names(['mime_type', 'mimeType', 'media_type', 'mediaType', 'mimetype']) ??
    DATA_URI.exec(inline?.slice(0, 300) ?? '')?.[1] ??
    formatted(names(['format']), kind);
  return {
    type: mediaType(kind, mimeType, names(['modality'])),
    ...(mimeType !== undefined && { mimeType: cut(mimeType, MAX_NAME) }),
    ...(inline !== undefined && inline !== '' && { size: sizeOf(inline) }),
    ...(uri !== undefined && { uri: cut(uri, MAX_NAME) }),
  };
}

/** Where Amazon Bedrock finds a file: `{"s3Location": {"uri": …}}`. */
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

/** Bytes of content that is base64, with or without what a `data:` address has before it. */
function sizeOf(data: string): number {
  const prefix = DATA_URI.exec(data.slice(0, 300))?.[0].length ?? 0;
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor(((data.length - prefix) * 3) / 4) - padding);
}
