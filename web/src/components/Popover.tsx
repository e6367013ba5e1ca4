import { type ReactNode, useEffect, useId, useRef } from 'react';

interface PopoverProps {
  /** Content of the button that opens the panel. */
  readonly button: ReactNode;
  readonly label: string;
  readonly isSmall?: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly children: ReactNode;
}

/** A panel below its button. Esc and a click elsewhere close it, and the focus returns to the button. */
export function Popover({ button, label, isSmall = false, isOpen, onOpen, children }: PopoverProps) {
  const place = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) return;
    const onPointer = (event: PointerEvent): void => {
      if (!place.current?.contains(event.target as Node)) onOpen(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      onOpen(false);
      opener.current?.focus();
    };
    document.addEventListener('pointerdown', onPointer);
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      document.removeEventListener('keydown', onKey, true);
    };
  }, [isOpen, onOpen]);
  return (
    <div className="popover" ref={place}>
      <button
        ref={opener}
        type="button"
        className={isSmall ? 'button button-small' : 'button'}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => onOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <div className="popover-panel" id={id} role="dialog" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}
