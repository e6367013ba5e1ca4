import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';
import type { SessionSearch } from '../../session/search.js';

type Match = NonNullable<Session['matches']>[number];

/** Where a session has the text that is searched for: the first place, with a link there. */
export function MatchLine({ session }: { readonly session: Session }) {
  const { matches: [first, ...others] = [] } = session;
  if (first === undefined) return null;
  return (
    <span role="cell" className="cell-match truncate">
      <Link
        to="/sessions/$sessionId"
        params={{ sessionId: session['session.id'] }}
        search={placeOf(first, session)}
        className="match-link"
        title={
          others.length === 0
            ? undefined
            : `and ${others.map(({ in: area, role }) => role ?? area).join(', ')}`
        }
      >
        <span className="match-area">{first.role ?? first.in}</span>
        {first.snippet.map((piece, i) => {
          if (i === 0) return <Before key={0} text={visibleText(piece)} />;
          // Every second piece is of the query.
          const Piece = i % 2 === 0 ? Fragment : 'mark';
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity than their position.
          return <Piece key={i}>{visibleText(piece)}</Piece>;
        })}
      </Link>
    </span>
  );
}

/** Characters before the first found word that a narrow screen shows. */
const NEAR = 12;

/** What is before the first found word, which a narrow screen shortens from the left, so that the word is in view. */
function Before({ text }: { readonly text: string }) {
  const characters = [...text];
  if (characters.length <= NEAR) return text;
  return (
    <>
      <span className="match-far">{characters.slice(0, -NEAR).join('')}</span>
      {characters.slice(-NEAR).join('')}
    </>
  );
}

/** The view of the session that shows the place. */
function placeOf({ in: area, kind, trace_id: trace, span_id: span }: Match, session: Session): SessionSearch {
  if (area === 'messages' && session.genai_usage !== undefined && span !== undefined)
    return { view: 'conversation', span };
  if (kind === 'log' && session.span_count > 0 && span !== undefined && trace !== undefined)
    return { view: 'timeline', trace, span };
  if (kind === 'log') return { view: 'events' };
  return { view: 'timeline', ...(trace !== undefined && { trace }), ...(span !== undefined && { span }) };
}
