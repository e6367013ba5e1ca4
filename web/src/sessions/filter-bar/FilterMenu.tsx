import { type FormEvent, useEffect, useRef, useState } from 'react';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon } from '../../components/Icon.js';
import {
  type AnyFilter,
  type FilterName,
  type Filters,
  filterKind,
  filterLabel,
  hasSeveral,
  isExclusion,
  MENU_NAMES,
  oppositeOf,
  toggled,
  valuesOf,
} from '../filters.js';
import type { Counted } from '../overview/use-overview.js';
import { ChoiceList } from './ChoiceList.js';
import { filterText } from './filter-text.js';
import { MeaningList } from './MeaningList.js';
import { useAttributeKeys } from './use-facets.js';
import { useMeanings } from './use-meanings.js';

interface FilterMenuProps {
  readonly filters: Filters;
  /** The range and filters under which values are counted. */
  readonly counted: Counted;
  /** A filter that is not offered. */
  readonly fixed?: 'userId' | undefined;
  readonly onSet: (name: AnyFilter, value: unknown) => void;
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

/** Filters that say the same as one that the page sets. */
const FIXED = { userId: ['userId', 'userIdPrefix'] as readonly AnyFilter[] } as const;

/** Two steps: first the filter, found as one types, then its value. */
export function FilterMenu({ filters, counted, fixed, onSet }: FilterMenuProps) {
  const [name, setName] = useState<AnyFilter>();
  const [wanted, setWanted] = useState('');
  const attributes = useAttributeKeys().map((key): AnyFilter => `attr.${key}`);
  const meanings = useMeanings(wanted, counted);
  const choose = (each: AnyFilter, value: string): void => {
    onSet(each, hasSeveral(each) ? toggled(valuesOf(filters, each).map(String), value) : value);
  };
  const panel = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step starts with the focus on its field or first choice
  useEffect(() => {
    const body = panel.current?.querySelector('.filter-menu-body') ?? panel.current;
    const first =
      body?.querySelector<HTMLElement>('input.input') ?? body?.querySelector<HTMLElement>('button');
    first?.focus();
  }, [name]);
  if (name === undefined) {
    const text = wanted.trim().toLowerCase();
    const has = (each: AnyFilter): boolean => filterLabel(each).toLowerCase().includes(text);
    const usual = MENU_NAMES.filter(
      (each) => has(each) && (fixed === undefined || !FIXED[fixed].includes(each)),
    );
    const others = attributes.filter(has);
    const submit = (event: FormEvent): void => {
      event.preventDefault();
      const [first] = meanings;
      if (usual[0] ?? others[0]) setName(usual[0] ?? others[0]);
      else if (first !== undefined) choose(first.name, first.value);
    };
    return (
      <div ref={panel} className="filter-menu-body">
        <form onSubmit={submit}>
          <input
            className="input menu-search"
            aria-label="Search filters and attributes"
            placeholder="Filter, attribute or value"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </form>
        <div className="menu-values">
          <FilterList names={usual} filters={filters} onChoose={setName} />
          {others.length > 0 && (
            <>
              <h2 className="menu-head">Attributes</h2>
              <FilterList names={others} filters={filters} onChoose={setName} />
            </>
          )}
          {meanings.length > 0 && (
            <>
              <h2 className="menu-head">Values, with their sessions</h2>
              <MeaningList meanings={meanings} filters={filters} onChoose={choose} />
            </>
          )}
        </div>
        {usual.length + others.length + meanings.length === 0 && (
          <p className="menu-none muted">None. Attributes are filters if --index-attributes names them.</p>
        )}
      </div>
    );
  }
  return (
    <div ref={panel}>
      <button type="button" className="menu-back" onClick={() => setName(undefined)}>
        <Icon name="chevron-left" />
        {visibleText(filterLabel(name))}
      </button>
      <div className="filter-menu-body">
        <FilterEditor name={name} filters={filters} counted={counted} onSet={onSet} />
      </div>
    </div>
  );
}

interface FilterListProps {
  readonly names: readonly AnyFilter[];
  readonly filters: Filters;
  readonly onChoose: (name: AnyFilter) => void;
}

function FilterList({ names, filters, onChoose }: FilterListProps) {
  return (
    <ul className="menu">
      {names.map((each) => (
        <li key={each}>
          <button type="button" className="menu-item" onClick={() => onChoose(each)}>
            <span className="truncate">{visibleText(filterLabel(each))}</span>
            <span className="menu-note truncate">{setText(filters, each)}</span>
            <Icon name="chevron-right" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The set values of a filter and its opposite. */
function setText(filters: Filters, name: AnyFilter): string {
  const opposite = oppositeOf(name);
  const textsOf = (each: AnyFilter) =>
    valuesOf(filters, each).map((value) => filterText<AnyFilter>(each, value));
  const others = opposite === undefined ? [] : textsOf(opposite);
  return [...textsOf(name), ...(isExclusion(opposite) ? others.map((text) => `not ${text}`) : others)].join(
    ', ',
  );
}

interface FilterEditorProps extends FilterMenuProps {
  readonly name: AnyFilter;
}

/** Edits a filter and its opposite: both bounds one below the other, *is* or *is not* by a switch. */
function FilterEditor({ name, filters, counted, onSet }: FilterEditorProps) {
  const opposite = oppositeOf(name);
  const [isNot, setNot] = useState(
    filters[name] === undefined && opposite !== undefined && filters[opposite] !== undefined,
  );
  const editorOf = (each: AnyFilter) => (
    <ValueEditor
      key={each}
      name={each}
      filters={filters}
      counted={counted}
      onSet={(value) => onSet(each, value)}
    />
  );
  if (opposite === undefined) return editorOf(name);
  if (!isExclusion(opposite)) return [editorOf(name), editorOf(opposite)];
  return (
    <>
      <fieldset className="segments">
        <legend className="visually-hidden">{visibleText(filterLabel(name))}</legend>
        {[false, true].map((not) => (
          <button key={String(not)} type="button" aria-pressed={isNot === not} onClick={() => setNot(not)}>
            {matchText(name, not)}
          </button>
        ))}
      </fieldset>
      {editorOf(isNot ? opposite : name)}
    </>
  );
}

/** How a value is compared. */
function matchText(name: AnyFilter, isNot: boolean): string {
  if (name === 'url' || name === 'not.url') return isNot ? 'does not begin with' : 'begins with';
  return isNot ? 'is not' : 'is';
}

interface ValueEditorProps {
  readonly name: AnyFilter;
  readonly filters: Filters;
  readonly counted: Counted;
  readonly onSet: (value: unknown) => void;
}

function ValueEditor({ name, filters, counted, onSet }: ValueEditorProps) {
  const label = (TEXT_LABELS as { readonly [name: string]: string })[name] ?? filterLabel(name);
  const bound = name.startsWith('max') ? 'At most' : 'At least';
  switch (filterKind(name)) {
    case 'choice':
      return <Choices name={name} filters={filters} counted={counted} onSet={onSet} />;
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
                {filterText<AnyFilter>(name, value)}
              </button>
            </li>
          ))}
        </ul>
      );
    case 'text':
      return <TextForm label={label} initial={String(filters[name] ?? '')} onSet={onSet} />;
    case 'texts':
      return (
        <TextForm
          label={label}
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

function Choices({ name, filters, counted, onSet }: ValueEditorProps) {
  const chosen = valuesOf(filters, name).map(String);
  return (
    <ChoiceList
      name={name}
      counted={counted}
      chosen={chosen}
      onToggle={(value) => onSet(toggled(chosen, value))}
    />
  );
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
