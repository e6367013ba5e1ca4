import { formatBytes } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { withProject } from '../../api/project.js';
import type { Turn } from '../queries.js';

export type TurnMedia = NonNullable<Turn['media']>[number];

/** Types that the server serves as they are; all others are downloads. */
const IMAGES = /^image\/(?:png|jpe?g|gif|webp|avif)$/;
const SOUNDS = /^audio\/(?:x-)?(?:wav|wave|vnd\.wave|mpeg|mp3|ogg|webm)(?:;|$)/;

/** How an item of media is shown. */
export function mediaKind({ media_id, mime_type = '' }: TurnMedia): 'image' | 'audio' | 'file' | 'none' {
  if (media_id === undefined) return 'none';
  const type = mime_type.toLowerCase();
  if (IMAGES.test(type)) return 'image';
  return SOUNDS.test(type) ? 'audio' : 'file';
}

/** The address of the content on the server. */
export function mediaUrl(sessionId: string, mediaId: string): string {
  return withProject(
    `api/v1/sessions/by-id/media/${encodeURIComponent(mediaId)}?id=${encodeURIComponent(sessionId)}`,
  );
}

/** Describes an item: `Image, image/png, 48.2 kB`. */
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
