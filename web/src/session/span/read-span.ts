import type { components } from '../../../../client/src/schema.js';

/** A span of the API, in which integers beyond 2^53 are strings of digits. */
export type ExactSpan = components['schemas']['Span'];

export interface ExceptionText {
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly stack: string | undefined;
}

/** The exception of an event; undefined if it has none. */
export function exceptionOf({
  name,
  attributes,
}: Pick<ExactSpan['events'][number], 'name' | 'attributes'>): ExceptionText | undefined {
  const text = (key: string): string | undefined => {
    const value = attributes.find((attribute) => attribute.key === key)?.value;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const exception = {
    type: text('exception.type'),
    message: text('exception.message'),
    stack: text('exception.stacktrace'),
  };
  const isOne = name === 'exception' || exception.type !== undefined || exception.message !== undefined;
  return isOne ? exception : undefined;
}

/** Why a span failed: its status message, else the message of its last exception; undefined if neither exists. */
export function failureText(span: ExactSpan): string | undefined {
  if (span.status.message) return span.status.message;
  for (const event of span.events.toReversed()) {
    const exception = exceptionOf(event);
    if (exception === undefined) continue;
    const said = [exception.type, exception.message].filter((part) => part !== undefined).join(': ');
    if (said !== '') return said;
  }
  const type = span.attributes.find(({ key }) => key === 'error.type')?.value;
  return typeof type === 'string' && type !== '' ? type : undefined;
}
