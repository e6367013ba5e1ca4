import { useState } from 'react';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon } from '../../components/Icon.js';
import { LongText } from '../span/Value.js';

/** Levels that are open at first, and the number of parts shown at a time. */
const OPEN_DEPTH = 2;
const STEP = 100;

interface JsonTreeProps {
  readonly value: unknown;
  readonly label: string;
}

/** A foldable JSON value of any depth. Folded parts are not rendered. */
export function JsonTree({ value, label }: JsonTreeProps) {
  if (!hasParts(value)) return <Leaf value={value} />;
  return (
    <ul className="json-tree" aria-label={label}>
      <Parts value={value} depth={0} />
    </ul>
  );
}

function Parts({ value, depth }: { readonly value: object; readonly depth: number }) {
  const [limit, setLimit] = useState(STEP);
  const entries = Object.entries(value);
  return (
    <>
      {entries.slice(0, limit).map(([key, part]) => (
        <Part key={key} name={key} value={part} depth={depth} />
      ))}
      {entries.length > limit && (
        <li>
          <button type="button" className="text-button" onClick={() => setLimit(limit + STEP)}>
            Show more of {formatCount(entries.length)}
          </button>
        </li>
      )}
    </>
  );
}

interface PartProps {
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
}

function Part({ name, value, depth }: PartProps) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  const key = visibleText(name);
  if (!hasParts(value)) {
    return (
      <li>
        <span className="json-key">{key}</span> <Leaf value={value} />
      </li>
    );
  }
  return (
    <li>
      <button type="button" className="json-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
        <span className="json-key">{key}</span> <span className="count">{sizeText(value)}</span>
      </button>
      {isOpen && (
        <ul>
          <Parts value={value} depth={depth + 1} />
        </ul>
      )}
    </li>
  );
}

function Leaf({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return <LongText text={value} className="json-text-value" />;
  return <span className="json-value">{hasParts(value) ? '' : emptyOr(value)}</span>;
}

function emptyOr(value: unknown): string {
  if (Array.isArray(value)) return '[]';
  return typeof value === 'object' && value !== null ? '{}' : String(value);
}

function hasParts(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function sizeText(value: object): string {
  const size = Object.keys(value).length;
  return Array.isArray(value) ? `[${formatCount(size)}]` : `{${formatCount(size)}}`;
}
