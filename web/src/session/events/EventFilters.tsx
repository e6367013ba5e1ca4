import { type FormEvent, useId, useState } from 'react';
import { Chip } from '../../components/Chip.js';
import { type EventSearch, SEVERITIES } from '../search.js';

interface EventFiltersProps {
  readonly search: EventSearch;
  readonly onChange: (search: EventSearch) => void;
  /** Names of the loaded events, as suggestions. */
  readonly names: readonly string[];
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** Chooses which events to load, and which of the loaded ones to show. */
export function EventFilters({ search, onChange, names, text, onText }: EventFiltersProps) {
  const { name: chosen = [], severity, spanEvents = false, order } = search;
  const [typed, setTyped] = useState('');
  const list = useId();
  const change = (changes: { [K in keyof EventSearch]?: EventSearch[K] | undefined }): void => {
    const { name = chosen, ...rest } = { severity, order, spanEvents: spanEvents || undefined, ...changes };
    onChange({
      ...(name.length > 0 && { name }),
      ...(rest.severity !== undefined && { severity: rest.severity }),
      ...(rest.spanEvents === true && { spanEvents: true }),
      ...(rest.order !== undefined && { order: rest.order }),
    });
  };
  const add = (name: string): void => {
    setTyped('');
    if (name !== '' && !chosen.includes(name)) change({ name: [...chosen, name] });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add(typed.trim());
  };
  return (
    <div className="event-filters">
      <input
        className="input"
        type="search"
        placeholder="Search what is loaded"
        aria-label="Search the events that are loaded"
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
      <form onSubmit={submit}>
        <input
          className="input"
          list={list}
          placeholder="Event name"
          aria-label="Only events of this name"
          value={typed}
          onChange={(event) => {
            const { value } = event.target;
            // A name that is chosen from the list needs no Enter.
            if (names.includes(value) && !('inputType' in event.nativeEvent)) add(value);
            else setTyped(value);
          }}
        />
        <datalist id={list}>
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </form>
      <select
        className="input"
        aria-label="Least severity"
        value={severity ?? ''}
        onChange={(event) => change({ severity: SEVERITIES.find((each) => each === event.target.value) })}
      >
        <option value="">Any severity</option>
        {SEVERITIES.map((each) => (
          <option key={each} value={each}>
            {each === 'FATAL' ? each : `${each} and above`}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="button"
        aria-pressed={spanEvents}
        onClick={() => change({ spanEvents: spanEvents ? undefined : true })}
      >
        Span events
      </button>
      <button
        type="button"
        className="button"
        aria-pressed={order === 'desc'}
        onClick={() => change({ order: order === 'desc' ? undefined : 'desc' })}
      >
        Latest first
      </button>
      {chosen.length > 0 && (
        <div className="event-names">
          {chosen.map((name) => (
            <Chip
              key={name}
              name="name"
              value={name}
              onRemove={() => change({ name: chosen.filter((each) => each !== name) })}
            />
          ))}
        </div>
      )}
    </div>
  );
}
