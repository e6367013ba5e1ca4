import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Icon } from '../../components/Icon.js';
import {
  FILTERS,
  type FilterName,
  type Filters,
  MENU_NAMES,
  oppositeOf,
  toggled,
  valuesOf,
} from '../filters.js';
import { ChoiceList } from './ChoiceList.js';
import { filterText } from './filter-text.js';

interface FilterMenuProps {
  readonly filters: Filters;
  readonly onSet: (name: FilterName, value: unknown) => void;
}

const DURATION_UNITS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

const TEXT_LABELS: { readonly [Name in FilterName]?: string } = {
  sessionIdPrefix: 'Start of the session id',
  userId: 'User id, whole',
  'not.userId': 'User id, whole',
  userIdPrefix: 'Start of the user id',
  url: 'Start of an address, a path or a screen',
  'not.url': 'Start of an address, a path or a screen',
};

/** Two steps: first the filter, then its value. */
export function FilterMenu({ filters, onSet }: FilterMenuProps) {
  const [name, setName] = useState<FilterName>();
  const panel = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step starts with the focus on its first choice
  useEffect(() => {
    panel.current?.querySelector<HTMLElement>('.filter-menu-body :is(button, input)')?.focus();
  }, [name]);
  if (name === undefined) {
    return (
      <div ref={panel}>
        <ul className="filter-menu-body menu">
          {MENU_NAMES.map((each) => (
            <li key={each}>
              <button type="button" className="menu-item" onClick={() => setName(each)}>
                {FILTERS[each].label}
                <span className="menu-note truncate">{setText(filters, each)}</span>
                <Icon name="chevron-right" />
              </button>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <div ref={panel}>
      <button type="button" className="menu-back" onClick={() => setName(undefined)}>
        <Icon name="chevron-left" />
        {FILTERS[name].label}
      </button>
      <div className="filter-menu-body">
        <FilterEditor name={name} filters={filters} onSet={onSet} />
      </div>
    </div>
  );
}

/** The set values of a filter and its opposite. */
function setText(filters: Filters, name: FilterName): string {
  const opposite = oppositeOf(name);
  const textsOf = (each: FilterName) => valuesOf(filters, each).map((value) => filterText(each, value));
  const others = opposite === undefined ? [] : textsOf(opposite);
  return [...textsOf(name), ...(isExclusion(opposite) ? others.map((text) => `not ${text}`) : others)].join(
    ', ',
  );
}

function isExclusion(name: FilterName | undefined): boolean {
  return name?.startsWith('not.') === true;
}

interface FilterEditorProps extends FilterMenuProps {
  readonly name: FilterName;
}

/** Edits a filter and its opposite: both bounds one below the other, *is* or *is not* by a switch. */
function FilterEditor({ name, filters, onSet }: FilterEditorProps) {
  const opposite = oppositeOf(name);
  const [isNot, setNot] = useState(
    filters[name] === undefined && opposite !== undefined && filters[opposite] !== undefined,
  );
  const editorOf = (each: FilterName) => (
    <ValueEditor key={each} name={each} filters={filters} onSet={(value) => onSet(each, value)} />
  );
  if (opposite === undefined) return editorOf(name);
  if (!isExclusion(opposite)) return [editorOf(name), editorOf(opposite)];
  return (
    <>
      <fieldset className="segments">
        <legend className="visually-hidden">{FILTERS[name].label}</legend>
        {[false, true].map((not) => (
          <button key={String(not)} type="button" aria-pressed={isNot === not} onClick={() => setNot(not)}>
            {not ? 'is not' : 'is'}
          </button>
        ))}
      </fieldset>
      {editorOf(isNot ? opposite : name)}
    </>
  );
}

interface ValueEditorProps {
  readonly name: FilterName;
  readonly filters: Filters;
  readonly onSet: (value: unknown) => void;
}

function ValueEditor({ name, filters, onSet }: ValueEditorProps) {
  const { kind } = FILTERS[name];
  const bound = name.startsWith('max') ? 'At most' : 'At least';
  switch (kind) {
    case 'choice':
      return <Choices name={name} filters={filters} onSet={onSet} />;
    case 'flag':
      return (
        <ul className="menu">
          {[true, false].map((value) => (
            <li key={String(value)}>
              <button
                type="button"
                className="menu-item"
                aria-pressed={filters[name] === value}
                onClick={() => onSet(value)}
              >
                {filterText(name, value)}
              </button>
            </li>
          ))}
        </ul>
      );
    case 'text':
      return (
        <TextForm
          label={TEXT_LABELS[name] ?? FILTERS[name].label}
          initial={String(filters[name] ?? '')}
          onSet={onSet}
        />
      );
    case 'texts':
      return (
        <TextForm
          label={TEXT_LABELS[name] ?? FILTERS[name].label}
          initial=""
          onSet={(value) => onSet(toggled(valuesOf(filters, name).map(String), value))}
        />
      );
    case 'duration':
      return <AmountForm label={bound} units={DURATION_UNITS} initialUnit="s" onSet={onSet} />;
    case 'money':
      return <AmountForm label={`${bound}, US dollars`} units={{ $: 1 }} initialUnit="$" onSet={onSet} />;
    case 'count':
      return <AmountForm label={bound} units={{ count: 1 }} initialUnit="count" step="1" onSet={onSet} />;
  }
}

function Choices({ name, filters, onSet }: ValueEditorProps) {
  const chosen = valuesOf(filters, name).map(String);
  return <ChoiceList name={name} chosen={chosen} onToggle={(value) => onSet(toggled(chosen, value))} />;
}

interface TextFormProps {
  readonly label: string;
  readonly initial: string;
  readonly onSet: (value: string) => void;
}

function TextForm({ label, initial, onSet }: TextFormProps) {
  const [text, setText] = useState(initial);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') onSet(text.trim());
  };
  return (
    <form className="value-form" onSubmit={submit}>
      <label className="field">
        {label}
        <input
          className="input"
          value={text}
          maxLength={256}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="button button-primary">
        Apply
      </button>
    </form>
  );
}

interface AmountFormProps<Unit extends string> {
  readonly label: string;
  /** Factor of each unit. */
  readonly units: Readonly<Record<Unit, number>>;
  readonly initialUnit: NoInfer<Unit>;
  /** Step between allowed values; any value if left out. */
  readonly step?: string;
  readonly onSet: (value: number) => void;
}

function AmountForm<Unit extends string>({
  label,
  units,
  initialUnit,
  step = 'any',
  onSet,
}: AmountFormProps<Unit>) {
  const [text, setText] = useState('');
  const [unit, setUnit] = useState<Unit>(initialUnit);
  const names = Object.keys(units) as Unit[];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const value = Number(text) * units[unit];
    if (text !== '' && Number.isFinite(value) && value >= 0) onSet(value);
  };
  return (
    <form className="value-form" onSubmit={submit}>
      <label className="field">
        {label}
        <input
          className="input"
          type="number"
          min="0"
          step={step}
          inputMode="decimal"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {names.length > 1 && (
        <label className="field">
          Unit
          <select className="input" value={unit} onChange={(event) => setUnit(event.target.value as Unit)}>
            {names.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      )}
      <button type="submit" className="button button-primary">
        Apply
      </button>
    </form>
  );
}
