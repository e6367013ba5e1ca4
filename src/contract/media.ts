/** The parts of media content that the API uses. */
export { endingOf, SAFE_TYPES, safeTypeOf } from '../conversation/media-content.js';

/** The content and group that an id names; undefined if it is not an id. */
export function parseMediaId(mediaId: string): { digest: string; groupKey: string } | undefined {
  const [, digest, groupKey] = MEDIA_ID.exec(mediaId) ?? [];
  return digest === undefined || groupKey === undefined ? undefined : { digest, groupKey };
}

export function formatMediaId(digest: string, groupKey: string): string {
  return digest + groupKey;
}

/** A digest of the content, then the key of its group: a trace id, or one byte more. */
const MEDIA_ID = /^([0-9a-f]{32})([0-9a-f]{32}(?:[0-9a-f]{2})?)$/;
