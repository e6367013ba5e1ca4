import type { TitleFacts } from '../normalize/facts.js';
import { oneLine } from '../normalize/title/one-line.js';
import { type FirstSeen, firstSeenOf, type Traits } from './earliest.js';
import { type ByteString, compareInTime, type LogFacts, type SpanFacts } from './records.js';
import type { VisitView } from './session-view.js';

/** A text with its position in time. */
interface LineAt {
  readonly atNs: bigint;
  readonly id: ByteString;
  readonly field: keyof TitleFacts | 'exception';
  readonly line: string;
}

/** Collects what the records of a fragment say about the title and the outcome (S54, S55). */
export class TitleDraft {
  #message: LineAt | undefined;
  #root: LineAt | undefined;
  #entry: LineAt | undefined;
  #exception: LineAt | undefined;
  #failure: LineAt | undefined;

  add({ title, exceptions }: SpanFacts | LogFacts, atNs: bigint, id: ByteString): void {
    if (title !== undefined) {
      const { message, rootName, entryName, failure } = title;
      if (message !== undefined) this.#message = earlier(this.#message, 'message', message, atNs, id);
      if (rootName !== undefined) this.#root = earlier(this.#root, 'rootName', rootName, atNs, id);
      if (entryName !== undefined) this.#entry = earlier(this.#entry, 'entryName', entryName, atNs, id);
      if (failure !== undefined) this.#failure = earlier(this.#failure, 'failure', failure, atNs, id);
    }
    const line = exceptions?.find((exception) => exception.line !== undefined)?.line;
    if (line !== undefined) this.#exception = earlier(this.#exception, 'exception', line, atNs, id);
  }

  /** The values of each aspect, of the records of a group. */
  *values(traceId: ByteString): Generator<FirstSeen> {
    const lines = [this.#message, this.#root ?? this.#entry, this.#exception ?? this.#failure];
    for (const at of lines) {
      if (at !== undefined) yield firstSeenOf(at.atNs, traceId + at.id, { [at.field]: at.line });
    }
  }
}

function earlier(
  known: LineAt | undefined,
  field: LineAt['field'],
  line: string,
  atNs: bigint,
  id: ByteString,
): LineAt {
  return known !== undefined && compareInTime(known.atNs, known.id, atNs, id) <= 0
    ? known
    : { atNs, id, field, line };
}

/**
 * What a session was about: the first message of a user, else the first page, else the name of its first root
 * span (S54).
 */
export function titleOf(
  { message, rootName, entryName }: Traits,
  visit: VisitView | undefined,
): string | undefined {
  return message ?? pageOf(visit) ?? rootName ?? entryName;
}

/** The first error of a session (S55). */
export function outcomeOf({ exception, failure }: Traits): string | undefined {
  return exception ?? failure;
}

/** Origin and path of an address. */
const ADDRESS = /^[a-z][a-z\d+.-]*:\/\/([^/]*)(.*)$/iu;

/** A route, screen or title, else the path of the address. */
function pageOf(visit: VisitView | undefined): string | undefined {
  if (visit === undefined) return undefined;
  const { entry_page: name, entry_url: url = '' } = visit;
  const [, host = '', path = url] = ADDRESS.exec(url) ?? [];
  return oneLine(name ?? (path === '/' || path === '' ? host + path : path));
}
