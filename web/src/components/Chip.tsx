import { visibleText } from '../format/text.js';
import { Icon } from './Icon.js';

interface ChipProps {
  /** What the value is of, such as `service`. */
  readonly name?: string;
  readonly value: string;
  readonly title?: string;
  /** With it the chip has a button that takes it away. */
  readonly onRemove?: () => void;
}

/** A short value in a capsule; a removable one stands for a filter. */
export function Chip({ name, value, title, onRemove }: ChipProps) {
  const text = visibleText(value);
  return (
    <span className="chip" title={title ?? text}>
      {name !== undefined && <span className="chip-name">{name}</span>}
      <span className="chip-value">{text}</span>
      {onRemove !== undefined && (
        <button
          type="button"
          className="chip-remove"
          aria-label={`Remove filter ${name ?? ''} ${text}`}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}
