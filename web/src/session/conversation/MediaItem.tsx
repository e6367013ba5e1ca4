import { useState } from 'react';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { safeLink } from '../../format/safe-link.js';
import { mediaKind, mediaLabel, mediaUrl, type TurnMedia } from './media.js';

interface MediaItemProps {
  readonly media: TurnMedia;
  readonly sessionId: string;
  /** The role of the sender. */
  readonly speaker: string;
}

/** An image, audio or a file of a turn. Content at another address is shown as a link and never loaded. */
export function MediaItem({ media, sessionId, speaker }: MediaItemProps) {
  const [isBroken, setBroken] = useState(false);
  const label = mediaLabel(media);
  const kind = mediaKind(media);
  const url = media.media_id === undefined ? undefined : mediaUrl(sessionId, media.media_id);
  if (url !== undefined && kind === 'image' && !isBroken) {
    return (
      <figure className="turn-media">
        <a href={url} target="_blank" rel="noopener noreferrer">
          <img
            src={url}
            alt={`${label}, sent by ${speaker}`}
            loading="lazy"
            onError={() => setBroken(true)}
          />
        </a>
        <figcaption>{label}</figcaption>
      </figure>
    );
  }
  if (url !== undefined && kind === 'audio') {
    return (
      <figure className="turn-media">
        {/* biome-ignore lint/a11y/useMediaCaption: the only transcript is the turn itself */}
        <audio src={url} controls preload="none" aria-label={`${label}, sent by ${speaker}`} />
        <figcaption>{label}</figcaption>
      </figure>
    );
  }
  const address = media.uri === undefined ? undefined : safeLink(media.uri);
  return (
    <p className="turn-media">
      {url === undefined ? (
        `[${label}]`
      ) : (
        <a href={url} download>
          {label}
        </a>
      )}{' '}
      {address === undefined ? (
        visibleText(media.uri ?? '')
      ) : (
        <a href={address} title={address} target="_blank" rel="noopener noreferrer nofollow">
          {visibleText(media.uri!)}
        </a>
      )}
    </p>
  );
}
