import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Icon } from '../../components/Icon.js';
import { useShortcuts } from '../../shell/shortcuts.js';

interface SearchFieldProps {
  readonly value: string | undefined;
  readonly onSearch: (value: string | undefined) => void;
}

/** What can be searched, each with what it finds. */
const EXAMPLES = [
  ['refund order', 'Both words in one message, span or log record'],
  ['"out of stock"', 'These words, one after the other'],
  ['check*', 'Words that begin so'],
  ['refund -test', 'The first word without the second'],
  ['refund in:assistant', 'Said by the assistant; also in:user, in:system'],
  ['assistant:refund -user:refund', 'The assistant says it somewhere in the session, the user nowhere'],
  [
    'timeout in:errors',
    'Only there; also in:messages, in:tools, in:spans, in:attributes, in:logs, in:ids, in:resource',
  ],
] as const;

/** Finds sessions by the words of their telemetry. While the field is empty and has the focus, it says how. */
export function SearchField({ value = '', onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(value), [value]);
  useShortcuts({ '/': () => input.current?.focus() });
  const search = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = text.trim();
    onSearch(wanted === '' ? undefined : wanted);
  };
  return (
    <search>
      <form
        className="search-field"
        onSubmit={search}
        onFocus={() => setHelpOpen(true)}
        onBlur={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget)) setHelpOpen(false);
        }}
        onKeyDown={({ key }) => {
          if (key === 'Escape') setHelpOpen(false);
        }}
      >
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          className="input"
          aria-label="Search in messages, tools, spans, logs and errors"
          placeholder="Search telemetry"
          maxLength={512}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setHelpOpen(true);
            // The cross of the field.
            if (event.target.value === '' && value !== '') onSearch(undefined);
          }}
        />
        {isHelpOpen && text === '' && (
          <SearchHelp
            onChoose={(example) => {
              setText(example);
              input.current?.focus();
            }}
          />
        )}
      </form>
    </search>
  );
}

/** Examples, each of which goes into the field. */
function SearchHelp({ onChoose }: { readonly onChoose: (example: string) => void }) {
  return (
    <section className="popover-panel search-help" aria-label="How to search">
      <ul className="menu">
        {EXAMPLES.map(([example, meaning]) => (
          <li key={example}>
            <button
              type="button"
              className="menu-item"
              // The field keeps the focus, also where a click gives none to buttons.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(example)}
            >
              <code>{example}</code>
              <span className="muted">{meaning}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
