import { useEffect, useState } from 'react';
import { Icon } from './Icon.js';

const SHOWN_MS = 1_500;

interface CopyButtonProps {
  /** A function where making the text is work that only a copy is worth. */
  readonly text: string | (() => string);
  readonly label: string;
}

/** Puts `text` on the clipboard, and says so for a moment. */
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

/** Whether it worked; where it did not, the text is on the page to be selected by hand. */
async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Refused, or a page by plain HTTP from another machine, where there is no clipboard but for what is selected.
    return copySelected(text);
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  // A dialog that is open takes the focus from all that is outside of it.
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
