import { useState } from 'react';
import { Icon } from '../../components/Icon.js';
import { Popover } from '../../components/Popover.js';
import { type ColumnChoice, chooseColumns, moved, USUAL, withColumn } from './column-choice.js';
import { COLUMNS } from './columns.js';

interface ColumnMenuProps {
  readonly choice: ColumnChoice;
  /** Number of chosen columns for which the page is too narrow. */
  readonly leftOut: number;
}

/** Chooses the columns of the table and their order. */
export function ColumnMenu({ choice, leftOut }: ColumnMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const hidden = COLUMNS.filter(({ id }) => !choice.shown.includes(id));
  return (
    <div className="column-menu">
      {leftOut > 0 && (
        <span className="muted">{leftOut === 1 ? '1 column does' : `${leftOut} columns do`} not fit</span>
      )}
      <Popover
        label="Columns"
        isSmall
        isOpen={isOpen}
        onOpen={setOpen}
        button={
          <>
            <Icon name="columns" />
            Columns
          </>
        }
      >
        <ul className="column-list">
          {[...choice.shown.map((id) => COLUMNS.find((column) => column.id === id)!), ...hidden].map(
            ({ id, title }) => {
              const at = choice.shown.indexOf(id);
              return (
                <li key={id}>
                  <label>
                    <input
                      type="checkbox"
                      checked={at >= 0}
                      onChange={(event) => chooseColumns(withColumn(choice, id, event.target.checked))}
                    />
                    {title}
                  </label>
                  {at >= 0 && (
                    <>
                      <button
                        type="button"
                        className="icon-button"
                        aria-label={`Move ${title} to the left`}
                        disabled={at === 0}
                        onClick={() => chooseColumns(moved(choice, id, -1))}
                      >
                        <Icon name="chevron-left" />
                      </button>
                      <button
                        type="button"
                        className="icon-button"
                        aria-label={`Move ${title} to the right`}
                        disabled={at === choice.shown.length - 1}
                        onClick={() => chooseColumns(moved(choice, id, 1))}
                      >
                        <Icon name="chevron-right" />
                      </button>
                    </>
                  )}
                </li>
              );
            },
          )}
        </ul>
        <button
          type="button"
          className="button button-small"
          disabled={choice === USUAL}
          onClick={() => chooseColumns(USUAL)}
        >
          Usual columns
        </button>
      </Popover>
    </div>
  );
}
