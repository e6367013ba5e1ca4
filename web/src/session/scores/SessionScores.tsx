import { formatCount, formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';
import './scores.css';

/** The scores of a session by name: the average, how many there are, and their labels. */
export function SessionScores({ scores }: { readonly scores: NonNullable<Session['scores']> }) {
  return (
    <dl className="session-scores" aria-label="Scores">
      {scores.map(({ name, count, average, labels = [] }) => (
        <div key={name} className="session-score" title={formatCounted(count, 'score')}>
          <dt>{visibleText(name)}</dt>
          {average !== undefined && <dd>{average.toLocaleString('en', { maximumFractionDigits: 3 })}</dd>}
          {labels.map((each) => (
            <dd key={each.label} className="muted">
              {visibleText(each.label)} {formatCount(each.count)}
            </dd>
          ))}
          {average === undefined && labels.length === 0 && <dd>{formatCount(count)}</dd>}
        </div>
      ))}
    </dl>
  );
}
