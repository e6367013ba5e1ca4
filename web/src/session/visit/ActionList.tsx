import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { exactTime, parseTime } from '../../format/time.js';
import type { VisitAction, VisitPage } from '../queries.js';
import { SessionLink } from '../SessionLink.js';

const NAMES: Record<VisitAction['kind'], string> = {
  click: 'Click',
  submit: 'Submit',
  input: 'Input',
  key: 'Key',
  scroll: 'Scroll',
  other: 'Action',
};

/** The visitor's actions on a page, in order; folded. */
export function ActionList({ page }: { readonly page: VisitPage }) {
  const { actions, action_count: count, click_count: clicks } = page;
  const entered = parseTime(page.entered_at);
  const others = count - clicks;
  const summary = [
    clicks > 0 && formatCounted(clicks, 'click'),
    others > 0 && formatCounted(others, clicks > 0 ? 'other action' : 'action'),
  ].filter((part) => part !== false);
  return (
    <details className="visit-actions">
      <summary>{summary.join(', ')}</summary>
      <ol className="visit-list">
        {actions.map((action, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: actions have no id
          <li key={index} className="visit-row">
            <time dateTime={action.time} title={exactTime(parseTime(action.time))} className="visit-status">
              +{formatDuration(Math.max(0, parseTime(action.time) - entered))}
            </time>
            <span className="visit-what">
              {NAMES[action.kind]}{' '}
              <span className="mono">{visibleText(action.target ?? action.element ?? '')}</span>
            </span>
            {action.trace_id !== undefined && action.span_id !== undefined && (
              <span className="visit-numbers">
                <SessionLink search={{ trace: action.trace_id, span: action.span_id }}>Span</SessionLink>
              </span>
            )}
          </li>
        ))}
      </ol>
      {count > actions.length && <p className="muted visit-more">The first {actions.length} of them.</p>}
    </details>
  );
}
