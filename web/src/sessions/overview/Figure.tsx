import { Skeleton } from '../../components/Skeleton.js';

interface FigureProps {
  readonly name: string;
  /** Undefined while loading. */
  readonly value: string | undefined;
  /** The colour of its marker, as in the chart. */
  readonly tone?: 'active' | 'error' | 'input' | 'output';
  readonly isChosen?: boolean;
  /** If present, a click sets a filter. */
  readonly onClick?: () => void;
}

/** A number for the whole range, with its name. */
export function Figure({ name, value, tone, isChosen, onClick }: FigureProps) {
  const content = (
    <>
      <span className="figure-value">{value ?? <Skeleton width="2.5rem" height="1.1em" />}</span>
      <span className="figure-name">
        {tone !== undefined && <span className={`figure-mark figure-mark-${tone}`} />}
        {name}
      </span>
    </>
  );
  if (onClick === undefined) return <div className="figure">{content}</div>;
  return (
    <button type="button" className="figure figure-button" aria-pressed={isChosen} onClick={onClick}>
      {content}
    </button>
  );
}
