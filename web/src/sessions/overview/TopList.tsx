import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SessionSearch } from '../../session/search.js';
import { MAX_ROWS, PendingRows } from './Breakdown.js';

interface TopRow {
  readonly key: string;
  readonly sessionId: string;
  /** What the session's page shows. */
  readonly search: SessionSearch;
  readonly title: string;
  readonly label: ReactNode;
  readonly mark?: ReactNode;
  readonly amount: number;
  readonly text: string;
}

/** Links with bars, greatest first, and what they do not include. Without rows: a list that is still loaded. */
export function TopList({
  rows,
  hasFailed,
  missing,
}: {
  readonly rows: readonly TopRow[] | undefined;
  readonly hasFailed: boolean;
  readonly missing: string | undefined;
}) {
  const most = Math.max(...(rows ?? []).map(({ amount }) => amount), Number.MIN_VALUE);
  // The card is as high as its neighbours, so the note replaces a row.
  const shown = (rows ?? []).slice(0, missing === undefined ? MAX_ROWS : MAX_ROWS - 1);
  return (
    <ul className="breakdown">
      {shown.map(({ key, sessionId, search, title, label, mark, amount, text }) => (
        <li key={key}>
          <Link
            to="/sessions/$sessionId"
            params={{ sessionId }}
            search={search}
            className="breakdown-row"
            title={title}
          >
            <span className="breakdown-bar" style={{ width: `${(amount / most) * 100}%` }} />
            <span className="breakdown-label truncate">{label}</span>
            {mark}
            <span className="breakdown-amount">{text}</span>
          </Link>
        </li>
      ))}
      {rows === undefined && <PendingRows hasFailed={hasFailed} />}
      {rows?.length === 0 && <li className="breakdown-none muted">None in this time</li>}
      {missing !== undefined && (
        <li className="breakdown-none breakdown-missing muted truncate" title={`Left out: ${missing}`}>
          Left out: {missing}
        </li>
      )}
    </ul>
  );
}
