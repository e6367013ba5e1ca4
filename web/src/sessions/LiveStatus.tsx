import { formatCount } from '../../../client/src/text/number.js';
import { Icon } from '../components/Icon.js';
import type { LiveList } from './use-live-list.js';

interface LiveStatusProps {
  readonly live: LiveList;
  readonly onShowNew: () => void;
}

/**
 * Shows whether the stream is connected, and how many new sessions the list lacks. The list shows them on
 * request and never moves by itself.
 */
export function LiveStatus({ live, onShowNew }: LiveStatusProps) {
  const { newCount, missedSome, isConnected } = live;
  const hasNew = newCount > 0 || missedSome;
  const count = newCount === 0 ? 'More' : `${formatCount(newCount)}${missedSome ? '+' : ''}`;
  const [word, title] = connectionText(isConnected);
  return (
    <div className="live">
      <span className={`live-state${isConnected === true ? ' live-on' : ''}`} title={title}>
        <span className="live-dot" />
        <span className="live-word">{word}</span>
      </span>
      <span role="status">
        {hasNew && (
          <button type="button" className="button button-primary live-new" onClick={onShowNew}>
            <Icon name="arrow-up" />
            {count} new
          </button>
        )}
      </span>
    </div>
  );
}

function connectionText(isConnected: LiveList['isConnected']): readonly [word: string, title: string] {
  if (isConnected === 'search')
    return ['Not live', 'A search is shown as it was; it is read again every half minute'];
  if (isConnected === 'sorted')
    return ['Not live', 'A list in this order is shown as it was; its rows are read again every half minute'];
  if (isConnected === undefined) return ['Connecting', 'Changes do not appear yet'];
  if (!isConnected) return ['Offline', 'Not connected; trying again'];
  return ['Live', 'Changes appear as they happen'];
}
