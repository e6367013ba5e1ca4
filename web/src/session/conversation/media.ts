import { formatBytes } from '../../format/number.js';
import { visibleText } from '../../format/text.js';
import type { Turn } from '../queries.js';

export type TurnMedia = NonNullable<Turn['media']>[number];

/** What the server shows with a type of its own; all else is a download. */
const IMAGES = /^image\/(?:png|jpe?g|gif|webp|avif)$/;
const SOUNDS = /^audio\/(?:x-)?(?:wav|wave|vnd\.wave|mpeg|mp3|ogg|webm)(?:;|$)/;

/** How an item of media is shown. */
export function mediaKind({ media_id, mime_type = '' }: TurnMedia): 'image' | 'audio' | 'file' | 'none' {
  if (media_id === undefined) return 'none';
  const type = mime_type.toLowerCase();
  if (IMAGES.test(type)) return 'image';
  return SOUNDS.test(type) ? 'audio' : 'file';
}

/** Where the server has the content. */
export function mediaUrl(sessionId: string, mediaId: string): string {
  return `/api/v1/sessions/by-id/media/${encodeURIComponent(mediaId)}?id=${encodeURIComponent(sessionId)}`;
}

/** What is known of it, in words: `Image, image/png, 48.2 kB`. */
export function mediaLabel({ type, mime_type, size }: TurnMedia): string {
  const name = `${type[0]!.toUpperCase()}${type.slice(1)}`;
  return [
    name,
    mime_type === undefined ? undefined : visibleText(mime_type),
    size === undefined ? undefined : formatBytes(size),
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
