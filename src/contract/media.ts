/** What the API needs to know of the content of media. */
export { endingOf, SAFE_TYPES, safeTypeOf } from '../conversation/media-content.js';

/** Which content of which group an id names; undefined where it is none. */
export function parseMediaId(mediaId: string): { digest: string; groupKey: string } | undefined {
  const [, digest, groupKey] = MEDIA_ID.exec(mediaId) ?? [];
  return digest === undefined || groupKey === undefined ? undefined : { digest, groupKey };
}

export function formatMediaId(digest: string, groupKey: string): string {
  return digest + groupKey;
}

/** A digest of the content, then the key of its group: a trace id, or a byte longer. */
const MEDIA_ID = /^([0-9a-f]{32})([0-9a-f]{32}(?:[0-9a-f]{2})?)$/;
