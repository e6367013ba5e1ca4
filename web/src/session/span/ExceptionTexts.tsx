import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { ExceptionText } from './read-span.js';
import { LongText } from './Value.js';

/** The exception of an event: type, message and, on request, stack trace. */
export function ExceptionTexts({ exception }: { readonly exception: ExceptionText }) {
  const { type, message, stack } = exception;
  return (
    <div className="exception">
      {type !== undefined && <p className="exception-type">{visibleText(type)}</p>}
      {message !== undefined && <LongText text={message} className="exception-message" />}
      {stack !== undefined && (
        <details>
          <summary>Stack trace</summary>
          <LongText text={stack} className="stack" />
        </details>
      )}
    </div>
  );
}
