import type { Session } from '../../api/client.js';
import { CopyButton } from '../../components/CopyButton.js';
import { formatDuration } from '../../format/duration.js';
import { formatCount, formatCounted } from '../../format/number.js';
import { safeLink } from '../../format/safe-link.js';
import { visibleText } from '../../format/text.js';
import { exactTime, parseTime } from '../../format/time.js';
import type { SessionException } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { LongText } from '../span/Value.js';
import { exceptionName, exceptionPlace } from './exception-text.js';

interface ExceptionListProps {
  readonly session: Session;
  readonly exceptions: readonly SessionException[];
  /** Reads the next page; undefined where there is none. */
  readonly onMore: (() => void) | undefined;
}

/** All that was thrown, each exception once, earliest first. */
export function ExceptionList({ session, exceptions, onMore }: ExceptionListProps) {
  const start = parseTime(session.start_time);
  return (
    <details className="thrown">
      <summary>
        {formatCounted(session.exception_count ?? 0, 'exception')}
        {session.crash_count !== undefined && (
          <span className="error-text">, {crashes(session.crash_count)}</span>
        )}
      </summary>
      <ol>
        {exceptions.map((exception) => (
          <li key={keyOf(exception)}>
            <Thrown exception={exception} start={start} />
          </li>
        ))}
      </ol>
      {onMore !== undefined && (
        <button type="button" className="text-button" onClick={onMore}>
          Show more
        </button>
      )}
    </details>
  );
}

function Thrown({ exception, start }: { readonly exception: SessionException; readonly start: number }) {
  const { message, stacktrace, service, page, count, crash_count: crashCount } = exception;
  const time = parseTime(exception.first_time);
  const place = exceptionPlace(exception);
  const href = page === undefined ? undefined : safeLink(page);
  return (
    <div className="exception">
      <p className="thrown-head">
        <span className="exception-type">{visibleText(exceptionName(exception))}</span>
        {count > 1 && <span title="How often it was thrown">×{formatCount(count)}</span>}
        {crashCount !== undefined && <span className="error-text">{crashes(crashCount)}</span>}
        <span className="muted" title={exactTime(time)}>
          +{formatDuration(Math.max(0, time - start))}
        </span>
        {service !== undefined && <span className="muted">in {visibleText(service)}</span>}
        {place !== undefined && (
          <SessionLink search={place} className="button button-small">
            Show the span
          </SessionLink>
        )}
      </p>
      {message !== undefined && <LongText text={message} className="exception-message" />}
      {page !== undefined && (
        <p className="muted">
          on{' '}
          {href === undefined ? (
            visibleText(page)
          ) : (
            <a href={href} target="_blank" rel="noopener noreferrer nofollow">
              {visibleText(page)}
            </a>
          )}
        </p>
      )}
      {stacktrace !== undefined && (
        <details>
          <summary>Stack trace</summary>
          <CopyButton text={stacktrace} label="Copy the stack trace" />
          <LongText text={stacktrace} className="stack" />
        </details>
      )}
    </div>
  );
}

function crashes(count: number): string {
  return count === 1 ? '1 crash' : `${formatCount(count)} crashes`;
}

function keyOf({ record, service, first_time, message, type }: SessionException): string {
  return JSON.stringify([record, service, first_time, message, type]);
}
