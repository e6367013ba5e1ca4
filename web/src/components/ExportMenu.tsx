import { useState } from 'react';
import { Icon } from './Icon.js';
import { Popover } from './Popover.js';
import './export-menu.css';

export interface ExportChoice {
  readonly name: string;
  /** What the file has and is for. */
  readonly note: string;
  /** Address of the file, relative to the page's base. */
  readonly href: string;
}

/** A button that opens a menu of files. The browser saves them by itself, so they may be of any size. */
export function ExportMenu({
  label,
  choices,
  isSmall = false,
}: {
  readonly label: string;
  readonly choices: readonly ExportChoice[];
  readonly isSmall?: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="export-end">
      <Popover
        button={
          <>
            <Icon name="download" /> <span className="export-word">Export</span>
          </>
        }
        label={label}
        isSmall={isSmall}
        isOpen={isOpen}
        onOpen={setOpen}
      >
        <ul className="export-menu">
          {choices.map(({ name, note, href }) => (
            <li key={name}>
              <a href={href} download onClick={() => setOpen(false)}>
                <strong>{name}</strong>
                <span className="muted">{note}</span>
              </a>
            </li>
          ))}
        </ul>
      </Popover>
    </div>
  );
}
