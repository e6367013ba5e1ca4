import { Icon } from '../../components/Icon.js';
import { type ThumbTarget, useThumb } from './use-thumb.js';
import './scores.css';

interface ThumbsProps {
  readonly sessionId: string;
  /** What is judged, for screen readers. */
  readonly label: string;
  readonly target?: ThumbTarget;
}

const WHOLE: ThumbTarget = {};

/** Two buttons by which the reader says whether it was helpful; the pressed one takes that back. */
export function Thumbs({ sessionId, label, target = WHOLE }: ThumbsProps) {
  const thumb = useThumb(sessionId, target);
  if (thumb === undefined) return null;
  return (
    <fieldset className="thumbs" disabled={thumb.isPending}>
      <legend className="visually-hidden">{label}</legend>
      {[true, false].map((isUp) => (
        <button
          key={String(isUp)}
          type="button"
          className="icon-button thumb"
          aria-label={isUp ? 'Helpful' : 'Not helpful'}
          title={isUp ? 'Helpful' : 'Not helpful'}
          aria-pressed={thumb.isUp === isUp}
          onClick={() => thumb.set(thumb.isUp === isUp ? undefined : isUp)}
        >
          <Icon name={isUp ? 'thumb-up' : 'thumb-down'} />
        </button>
      ))}
      {thumb.error !== null && (
        <span role="alert" className="error-text">
          Not saved: {thumb.error.message}
        </span>
      )}
    </fieldset>
  );
}
