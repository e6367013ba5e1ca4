import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { CopyButton } from '../../components/CopyButton.js';
import { safeLink } from '../../format/safe-link.js';
import { exactTime, parseTime } from '../../format/time.js';
import type { SessionException } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { LongText } from '../span/Value.js';
import { crashText, exceptionName, exceptionPlace } from './exception-text.js';
import '../span/span.css';
import './exceptions.css';

interface ExceptionListProps {
  readonly exceptions: readonly SessionException[];
  /** Start of the session, milliseconds since 1970. */
  readonly start: number;
  /** The page that contains the list, if any: it is not named again. */
  readonly onPage?: string | undefined;
}

/** Exceptions, each once, with message and, on request, stack trace. */
export function ExceptionList({ exceptions, start, onPage }: ExceptionListProps) {
  return (
    <ol className="thrown-list">
      {exceptions.map((exception) => (
        <li key={keyOf(exception)}>
          <Thrown exception={exception} start={start} onPage={onPage} />
        </li>
      ))}
    </ol>
  );
}

interface ThrownProps extends Pick<ExceptionListProps, 'start' | 'onPage'> {
  readonly exception: SessionException;
}

function Thrown({ exception, start, onPage }: ThrownProps) {
  const { message, stacktrace, service, page, count, crash_count: crashCount } = exception;
  const time = parseTime(exception.first_time);
  const place = exceptionPlace(exception);
  const href = page === undefined ? undefined : safeLink(page);
  return (
    <div className="exception">
      <p className="thrown-head">
        <span className="exception-type">{visibleText(exceptionName(exception))}</span>
        {count > 1 && <span title="How often it was thrown">×{formatCount(count)}</span>}
        {crashCount !== undefined && <span className="error-text">{crashText(crashCount)}</span>}
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
      {page !== undefined && page !== onPage && (
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

function keyOf({ record, service, first_time, message, type }: SessionException): string {
  return JSON.stringify([record, service, first_time, message, type]);
}
