import { visibleText } from '../../../client/src/text/visible-text.js';
import { Icon } from './Icon.js';

interface ChipProps {
  /** Name of the value, such as `service`. */
  readonly name?: string;
  readonly value: string;
  readonly title?: string;
  /** If present, the chip has a remove button. */
  readonly onRemove?: () => void;
}

/** A short value in a rounded box. A removable chip represents a filter. */
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
