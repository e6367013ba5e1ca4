import { queryError } from '../contract/errors.js';
import type { TextMatch, TextSearched } from '../contract/text-filter.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import type { RecordHit, SearchedText } from '../store/contract/session.js';
import { parseTextQuery, type TextQuery, TextQueryError } from '../text-search/text-query.js';
import type { ItemParts } from './serialize.js';

/** Content search in requests and answers. */

export const NO_SEARCH =
  'Telemetry is not indexed here, so that q finds nothing: with --content-search=on it is.';

/** @throws ApiError `query.invalid_search` */
export function parsedText(q: string): TextQuery {
  try {
    return parseTextQuery(q);
  } catch (error) {
    if (!(error instanceof TextQueryError)) throw error;
    const { message } = error;
    const sentence = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
    throw queryError([{ field: 'q', message: sentence, code: 'query.invalid_search', rejected_value: q }]);
  }
}

/** What the reads of a page of a list found of a text. */
export class ListedText {
  readonly #hits = new Map<string, readonly RecordHit[]>();
  /** Of the latest read that was not complete. */
  #searched: TextSearched = { is_complete: true };

  add(searched: SearchedText | undefined): void {
    if (searched === undefined) return;
    const { isComplete, untilNs, hits } = searched;
    for (const [id, some] of hits) this.#hits.set(id, some);
    if (isComplete) return;
    this.#searched = {
      is_complete: false,
      ...(untilNs !== undefined && { indexed_until: formatRfc3339(untilNs) }),
    };
  }

  /** An item of the list with its `matches`. */
  withMatches(item: ItemParts, sessionId: string): ItemParts {
    const hits = this.#hits.get(sessionId);
    if (hits === undefined) return item;
    return { ...item, start: `${item.start}"matches":${JSON.stringify(hits.map(matchOf))},` };
  }

  item(): TextSearched {
    return this.#searched;
  }
}

function matchOf({ area, field, speaker, snippet, kind, timeNs, traceId, spanId }: RecordHit): TextMatch {
  return {
    in: area,
    field,
    ...(speaker !== undefined && { role: speaker }),
    snippet: [...snippet],
    kind,
    time: formatRfc3339(timeNs),
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(spanId !== undefined && { span_id: spanId }),
  };
}
