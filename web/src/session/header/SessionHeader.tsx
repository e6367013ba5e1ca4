import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { failureCount, failureText } from '../../../../client/src/text/failures.js';
import { missingInCost, missingInTokens } from '../../../../client/src/text/gaps.js';
import { formatCount, formatCounted } from '../../../../client/src/text/number.js';
import { outcomeText } from '../../../../client/src/text/outcome.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Duration } from '../../components/Duration.js';
import { Icon } from '../../components/Icon.js';
import { Money } from '../../components/Money.js';
import { State } from '../../components/State.js';
import { TimeAgo } from '../../components/TimeAgo.js';
import { exactTime, parseTime } from '../../format/time.js';
import { EraseSession } from '../erase/EraseSession.js';
import { SessionLink } from '../SessionLink.js';
import { SessionScores } from '../scores/SessionScores.js';
import { Thumbs } from '../scores/Thumbs.js';
import { ExportSession } from './ExportSession.js';
import { Facts } from './Facts.js';
import { SessionVitals } from './SessionVitals.js';
import './header.css';

/** The head of a session's page: user, time, duration, outcome and cost. */
export function SessionHeader({ session }: { readonly session: Session }) {
  const id = session['session.id'];
  const userId = session['user.id'];
  const previousId = session['session.previous_id'];
  const { genai_usage: usage, next_ids: nextIds = [] } = session;
  return (
    <header className="session-header">
      <div className="session-title">
        <h1 className="mono" title={visibleText(id)}>
          {visibleText(id)}
        </h1>
        <CopyButton text={id} label="Copy the session id" />
        <State state={session.state} />
        <nav className="session-links" aria-label="Related sessions">
          {previousId !== undefined && (
            <Link
              to="/sessions/$sessionId"
              params={{ sessionId: previousId }}
              className="button button-small"
              title={`This session continues ${visibleText(previousId)}`}
            >
              <Icon name="chevron-left" /> Previous session
            </Link>
          )}
          {nextIds.map((nextId) => (
            <Link
              key={nextId}
              to="/sessions/$sessionId"
              params={{ sessionId: nextId }}
              className="button button-small"
              title={`${visibleText(nextId)} continues this session`}
            >
              Next session <Icon name="chevron-right" />
            </Link>
          ))}
          {userId !== undefined && (
            <Link to="/users/$userId" params={{ userId }} className="button button-small">
              <Icon name="user" /> All of this user
            </Link>
          )}
        </nav>
        <Thumbs sessionId={id} label="Was this session helpful?" />
        <ExportSession id={id} />
        <EraseSession session={session} />
      </div>
      {(session.title !== undefined || session.outcome !== undefined) && (
        <p className="session-about">
          {session.title !== undefined && <span>{visibleText(session.title)}</span>}
          {session.outcome !== undefined && (
            <span className="error-text" title="Its first error">
              {visibleText(outcomeText(session.outcome))}
            </span>
          )}
        </p>
      )}
      <dl className="key-figures">
        {userId !== undefined && (
          <Figure name="User" isText>
            <Link to="/users/$userId" params={{ userId }} title={visibleText(userId)}>
              {visibleText(userId)}
            </Link>
          </Figure>
        )}
        <Figure name="Started" note={exactTime(parseTime(session.start_time))}>
          <TimeAgo time={session.start_time} />
        </Figure>
        {session.duration_ms !== undefined && (
          <Figure
            name="Duration"
            note={session.end_time === undefined ? 'so far' : `to ${exactTime(parseTime(session.end_time))}`}
          >
            <Duration ms={session.duration_ms} />
          </Figure>
        )}
        {session.visit !== undefined && (
          <Figure name="Page views">{formatCount(session.visit.page_views)}</Figure>
        )}
        <Figure name="Traces" note={formatCounted(session.span_count, 'span')}>
          {formatCount(session.trace_count)}
        </Figure>
        <Figure name="Errors" note={failureText(session)}>
          <span className={failureCount(session) > 0 ? 'error-text' : 'muted'}>
            {formatCount(failureCount(session))}
          </span>
        </Figure>
        {usage !== undefined && (
          <>
            <Figure name="Model calls">{formatCount(usage.request_count)}</Figure>
            <Figure
              name="Tokens"
              note={[
                `${formatCount(Number(usage.total_input_tokens))} in, ${formatCount(Number(usage.total_output_tokens))} out`,
                missingInTokens(usage),
              ]
                .filter((part) => part !== undefined)
                .join(', ')}
            >
              {missingInTokens(usage) !== undefined && '≥ '}
              {formatCount(Number(usage.total_input_tokens) + Number(usage.total_output_tokens))}
            </Figure>
            <Figure name="Cost" note={missingInCost(usage) ?? ''}>
              <Money usd={usage.estimated_cost_usd} gaps={usage} />
              {(usage.estimated_cost_usd ?? 0) > 0 && usage.request_count > 1 && (
                <SessionLink search={{ at: 'dearest' }} className="key-figure-link">
                  dearest turn
                </SessionLink>
              )}
            </Figure>
          </>
        )}
      </dl>
      {session.scores !== undefined && <SessionScores scores={session.scores} />}
      <div className="session-more">
        {session.vitals !== undefined && <SessionVitals vitals={session.vitals} />}
        <Facts session={session} />
      </div>
    </header>
  );
}

interface FigureProps {
  readonly name: string;
  readonly note?: string;
  /** Text of any length, cut off at the edge. */
  readonly isText?: boolean;
  readonly children: ReactNode;
}

function Figure({ name, note, isText = false, children }: FigureProps) {
  return (
    <div className={isText ? 'key-figure key-figure-text' : 'key-figure'}>
      <dt>{name}</dt>
      <dd className="key-figure-value">{children}</dd>
      {note !== undefined && note !== '' && (
        <dd className="key-figure-note truncate" title={note}>
          {note}
        </dd>
      )}
    </div>
  );
}
