import { useEffect, useState } from 'react';
import { Icon } from './Icon.js';

const SHOWN_MS = 1_500;

interface CopyButtonProps {
  /** A function if the text is expensive to make: it is called only for a copy. */
  readonly text: string | (() => string);
  readonly label: string;
}

/** Copies `text` to the clipboard, and shows that for a moment. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = window.setTimeout(() => setCopied(false), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    setCopied(await putOnClipboard(typeof text === 'string' ? text : text()));
  };
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={copied ? 'Copied' : label}
      title={copied ? 'Copied' : label}
      onClick={() => void copy()}
    >
      <Icon name={copied ? 'check' : 'copy'} />
    </button>
  );
}

/** Returns whether the copy worked. If not, the reader can still select the text by hand. */
async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The clipboard is refused, or missing on a page over plain HTTP from another machine. Copying a
    // selection works there.
    return copySelected(text);
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  // An open dialog takes the focus from all elements outside of it.
  (focused?.closest('dialog') ?? document.body).append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
