import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Icon } from '../../components/Icon.js';
import { useShortcuts } from '../../shell/shortcuts.js';

interface SearchFieldProps {
  readonly value: string | undefined;
  readonly onSearch: (value: string | undefined) => void;
}

/** Finds sessions by the words of their telemetry. */
export function SearchField({ value = '', onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
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
      <form className="search-field" onSubmit={search}>
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          className="input"
          aria-label="Search in messages, tools, spans, logs and errors"
          placeholder="Search telemetry"
          title={HINT}
          maxLength={512}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            // The cross of the field.
            if (event.target.value === '' && value !== '') onSearch(undefined);
          }}
        />
      </form>
    </search>
  );
}

const HINT =
  'Words, "phrases", prefixes* and -exclusions. in:messages, in:assistant, in:tools, in:errors … narrow where';
