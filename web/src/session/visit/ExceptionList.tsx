import { Icon } from '../../components/Icon.js';
import { formatCount, formatCounted } from '../../format/number.js';
import { visibleText } from '../../format/text.js';
import type { VisitException, VisitPage } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { LongText } from '../span/Value.js';

/** The exceptions of a page, each kind with its message; the stack where it is asked for. */
export function ExceptionList({ page }: { readonly page: VisitPage }) {
  const { exceptions, exception_count: count } = page;
  const missing = count - exceptions.reduce((sum, each) => sum + each.count, 0);
  return (
    <section aria-label="Errors">
      <ul className="visit-list">
        {exceptions.map((exception, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: kinds of exceptions have no id
          <li key={index} className="visit-exception">
            <ExceptionRow exception={exception} />
          </li>
        ))}
      </ul>
      {missing > 0 && <p className="muted visit-more">{formatCounted(missing, 'more error')} not listed.</p>}
    </section>
  );
}

function ExceptionRow({ exception }: { readonly exception: VisitException }) {
  const { type, message, stack, count, crash, service, trace_id: trace, span_id: span } = exception;
  const said = visibleText([type, message].filter(Boolean).join(': ') || 'It does not say what it was.');
  return (
    <>
      <div className="visit-row is-failed">
        <Icon name="warning" />
        <span className="visit-what">
          {crash && <strong>Crash </strong>}
          {said}
        </span>
        <span className="visit-numbers">
          {count > 1 && <span>{formatCount(count)} times</span>}
          {service !== undefined && <span>{visibleText(service)}</span>}
          {trace !== undefined && span !== undefined && (
            <SessionLink search={{ trace, span }}>Span</SessionLink>
          )}
        </span>
      </div>
      {stack !== undefined && (
        <details className="visit-stack">
          <summary>Stack</summary>
          <LongText text={stack} />
        </details>
      )}
    </>
  );
}
