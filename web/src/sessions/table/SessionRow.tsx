import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { shortenMiddle, visibleText } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';
import { Skeleton } from '../../components/Skeleton.js';
import type { Column } from './columns.js';
import { MatchLine } from './MatchLine.js';

interface SessionRowProps {
  readonly columns: readonly Column[];
  /** Undefined while loading. */
  readonly session: Session | undefined;
  /** Whether it no longer belongs to the list. */
  readonly hasLeft: boolean;
  /** Index in the whole list, from 0. */
  readonly index: number;
  /** Distance from the top of the table, pixels. */
  readonly top: number;
  readonly onFocus: (index: number) => void;
}

const ID_LENGTH = 14;

/** One session: a link as wide as the table, with the most important values. */
export const SessionRow = memo(function SessionRow({
  columns,
  session,
  hasLeft,
  index,
  top,
  onFocus,
}: SessionRowProps) {
  const style = { transform: `translateY(${top}px)` };
  // The header is row 1.
  const position = { 'aria-rowindex': index + 2, 'data-index': index };
  if (session === undefined) {
    return (
      <div className="row row-pending" role="row" style={style} {...position}>
        <span role="cell" className="cell-session">
          <Skeleton width="70%" />
        </span>
      </div>
    );
  }
  const id = session['session.id'];
  return (
    <div
      className={`row${hasLeft ? ' row-left' : ''}${session.title === undefined ? '' : ' row-titled'}`}
      role="row"
      style={style}
      {...position}
    >
      <span role="cell" className="cell-session">
        {hasLeft && <span className="visually-hidden">No longer in this list:</span>}
        <Link
          to="/sessions/$sessionId"
          params={{ sessionId: id }}
          className="row-link mono"
          title={visibleText(id)}
          onFocus={() => onFocus(index)}
        >
          <span>{visibleText(shortenMiddle(id, ID_LENGTH))}</span>
        </Link>
      </span>
      <MatchLine session={session} />
      {columns.map((column) => (
        <span
          role="cell"
          key={column.id}
          className={`cell-${column.id}${column.isNumber ? ' num' : ' truncate'}`}
        >
          {column.cell(session)}
        </span>
      ))}
    </div>
  );
});
