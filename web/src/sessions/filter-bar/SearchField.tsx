import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../../components/Icon.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import type { AnyFilter } from '../filters.js';
import type { Counted } from '../overview/use-overview.js';
import { MeaningList } from './MeaningList.js';
import { useMeanings } from './use-meanings.js';

interface SearchFieldProps {
  readonly value: string | undefined;
  /** The range and filters of the list. */
  readonly counted: Counted;
  /** Why the server cannot search for the value. */
  readonly problem: string | undefined;
  readonly onSearch: (value: string | undefined) => void;
  /** Called with a filter that was chosen in place of the words. */
  readonly onChoose: (name: AnyFilter, value: string) => void;
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

/**
 * Finds sessions by the words of their telemetry. While the field has the focus, it says how to search if it is empty,
 * and what else has the name in it: a service, a route, a page.
 */
export function SearchField({ value = '', counted, problem, onSearch, onChoose }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const problemId = useId();
  const input = useRef<HTMLInputElement>(null);
  const helpId = useId();
  const isHelpShown = isHelpOpen && text === '';
  const describedBy = [problem && problemId, isHelpShown && helpId].filter(Boolean).join(' ');
  useEffect(() => setText(value), [value]);
  useShortcuts({ '/': () => input.current?.focus() });
  const search = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = text.trim();
    setHelpOpen(false);
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
        onKeyDown={(event) => {
          if (event.key === 'Escape') setHelpOpen(false);
          else moveFocus(event);
        }}
      >
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          className="input"
          aria-label="Search in messages, tools, spans, logs and errors"
          aria-invalid={problem !== undefined}
          aria-describedby={describedBy === '' ? undefined : describedBy}
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
        {isHelpShown && (
          <SearchHelp
            id={helpId}
            onChoose={(example) => {
              setText(example);
              input.current?.focus();
            }}
          />
        )}
        {isHelpOpen && text !== '' && (
          <OtherMeanings
            text={text}
            counted={counted}
            onChoose={(name, chosen) => {
              setHelpOpen(false);
              setText('');
              onChoose(name, chosen);
            }}
          />
        )}
      </form>
      {problem !== undefined && (
        <p className="search-problem error-text" id={problemId} role="alert">
          {problem}
        </p>
      )}
    </search>
  );
}

interface OtherMeaningsProps extends Pick<SearchFieldProps, 'counted' | 'onChoose'> {
  readonly text: string;
}

/** The values of filters that have the text in them, each with its sessions. Nothing where there are none. */
function OtherMeanings({ text, counted, onChoose }: OtherMeaningsProps) {
  const meanings = useMeanings(text, counted);
  if (meanings.length === 0) return null;
  return (
    <section className="popover-panel search-meanings" aria-label="Filters of this name">
      <p className="menu-none muted">
        <kbd>Enter</kbd> searches for the words. This name is also a filter:
      </p>
      <MeaningList meanings={meanings} onChoose={onChoose} />
    </section>
  );
}

/** Moves the focus between the field and the examples below it. */
function moveFocus(event: KeyboardEvent<HTMLFormElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, button')];
  stops[stops.indexOf(event.target as HTMLElement) + step]?.focus();
  event.preventDefault();
}

interface SearchHelpProps {
  readonly id: string;
  readonly onChoose: (example: string) => void;
}

/** Examples, each of which goes into the field. Arrow keys lead to them. */
function SearchHelp({ id, onChoose }: SearchHelpProps) {
  return (
    <section id={id} className="popover-panel search-help" aria-label="How to search">
      <ul className="menu">
        {EXAMPLES.map(([example, meaning]) => (
          <li key={example}>
            <button
              type="button"
              className="menu-item"
              tabIndex={-1}
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
