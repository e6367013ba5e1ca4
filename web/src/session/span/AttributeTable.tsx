import { useMemo, useState } from 'react';
import type { components } from '../../../../client/src/schema.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Value } from './Value.js';
import { copyText } from './value-text.js';

export type Attribute = components['schemas']['Attribute'];

/** Longer tables can be searched. */
const SEARCHED = 8;
const STEP = 200;

interface AttributeTableProps {
  readonly attributes: readonly Attribute[];
  /** The owner of the attributes, for labels. */
  readonly of: string;
  readonly dropped?: number | undefined;
}

/** Attributes as they were sent, with search and copy. */
export function AttributeTable({ attributes, of, dropped }: AttributeTableProps) {
  const [search, setSearch] = useState('');
  const [limit, setLimit] = useState(STEP);
  const found = useMemo(() => matching(attributes, search), [attributes, search]);
  return (
    <div className="attributes">
      {attributes.length >= SEARCHED && (
        <input
          className="input"
          type="search"
          placeholder="Search names and values"
          aria-label={`Search the attributes of ${of}`}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <dl>
        {found.slice(0, limit).map(([index, { key, value }]) => (
          <div className="attribute" key={index}>
            <dt>{visibleText(key)}</dt>
            <dd>
              <Value value={value} />
              <CopyButton text={() => copyText(value)} label={`Copy ${visibleText(key.slice(0, 100))}`} />
            </dd>
          </div>
        ))}
      </dl>
      {found.length > limit && (
        <button type="button" className="text-button" onClick={() => setLimit(limit + STEP)}>
          Show {Math.min(STEP, found.length - limit)} more of {found.length - limit}
        </button>
      )}
      {found.length === 0 && <p className="muted">{search === '' ? 'None' : 'None with this text'}</p>}
      {dropped !== undefined && dropped > 0 && <p className="muted">The sender left out {dropped} more.</p>}
    </div>
  );
}

interface CopyAllProps {
  readonly attributes: readonly Attribute[];
  readonly of: string;
}

/** A button that copies all attributes as JSON. */
export function CopyAll({ attributes, of }: CopyAllProps) {
  if (attributes.length === 0) return null;
  return <CopyButton text={() => allText(attributes)} label={`Copy all attributes of ${of}`} />;
}

function matching(attributes: readonly Attribute[], search: string): [index: number, attribute: Attribute][] {
  const wanted = search.trim().toLowerCase();
  return [...attributes.entries()].filter(
    ([, { key, value }]) =>
      wanted === '' || key.toLowerCase().includes(wanted) || copyText(value).toLowerCase().includes(wanted),
  );
}

/** As one object, or as the original list if names repeat. */
function allText(attributes: readonly Attribute[]): string {
  const names = new Set(attributes.map(({ key }) => key));
  const isObject = names.size === attributes.length && !names.has('__proto__');
  return JSON.stringify(
    isObject ? Object.fromEntries(attributes.map(({ key, value }) => [key, value])) : attributes,
    null,
    2,
  );
}
