import { Inheritance } from './inheritance.js';
import { compareInTime, type Group, type LogFacts, type SpanFacts } from './records.js';

/** The session a record belongs to. */
export interface Binding {
  readonly session: string;
  /** No record names it: it is the trace's (S7) or the user's (S40). */
  readonly implicit: boolean;
}

/**
 * Decides the session of every record of a group (S4 to S9, S40). In most groups all records name one
 * session, so everything else is created on demand.
 */
export class Binder {
  readonly #group: Group;
  /** The session of records with neither an id of their own nor an ancestor with one. */
  #fallback: Binding | undefined;
  #inherited: Inheritance<string> | undefined;
  /** The last binding, and the others. */
  #last: Binding | undefined;
  #others: Map<string, Binding> | undefined;

  constructor(group: Group) {
    this.#group = group;
  }

  span(span: SpanFacts): Binding {
    if (span.session !== undefined) return this.#binding(span.session);
    this.#inherited ??= new Inheritance(this.#group.spans, ({ session }) => session);
    const session = this.#inherited.of(span);
    return session === undefined ? this.#traceBinding() : this.#binding(session);
  }

  log(log: LogFacts): Binding {
    if (log.session !== undefined) return this.#binding(log.session);
    const span = this.#group.spans.get(log.spanId);
    return span === undefined ? this.#traceBinding() : this.span(span);
  }

  /** S6, S7, S40. */
  #traceBinding(): Binding {
    if (this.#fallback === undefined) {
      const carried = traceSession(this.#group.spans.values());
      const { sessionByUser, traceId } = this.#group;
      this.#fallback =
        carried === undefined
          ? { session: sessionByUser ?? Buffer.from(traceId, 'latin1').toString('hex'), implicit: true }
          : this.#binding(carried);
    }
    return this.#fallback;
  }

  /** One object per session, so that bindings can be compared by identity. */
  #binding(session: string): Binding {
    if (this.#last?.session === session) return this.#last;
    let binding = this.#others?.get(session);
    if (binding === undefined) {
      binding = { session, implicit: false };
      if (this.#last !== undefined) {
        this.#others ??= new Map([[this.#last.session, this.#last]]);
        this.#others.set(session, binding);
      }
    }
    this.#last = binding;
    return binding;
  }
}

/** S6. */
function traceSession(spans: Iterable<SpanFacts>): string | undefined {
  let first: SpanFacts | undefined;
  for (const span of spans) {
    if (span.session === undefined) continue;
    if (first === undefined || compareInTime(span.startNs, span.id, first.startNs, first.id) < 0)
      first = span;
  }
  return first?.session;
}
