import type { KeyboardEvent, RefObject } from 'react';
import { formatCount } from '../../../../client/src/text/number.js';
import { Icon } from '../../components/Icon.js';
import type { Order } from './use-trace-work.js';

export type TraceView = 'tree' | 'flame';

const ORDER_NAMES: Record<Order, string> = {
  tree: 'As a tree',
  duration: 'Slowest first',
  self: 'Most self time first',
  cost: 'Costliest first',
};

interface TraceToolsProps {
  readonly view: TraceView;
  readonly onView: (view: TraceView) => void;
  readonly order: Order;
  readonly orders: readonly Order[];
  readonly onOrder: (order: Order) => void;
  readonly isPathShown: boolean;
  readonly onPath: () => void;
  /** Undefined if the trace has none. */
  readonly logs: { readonly areShown: boolean; readonly onToggle: () => void } | undefined;
  readonly search: SearchTools;
  readonly isZoomed: boolean;
  readonly onZoom: (factor: number) => void;
  readonly onWhole: () => void;
}

interface SearchTools {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Number of spans found in the trace; undefined if nothing is searched. */
  readonly count: number | undefined;
  /** Place of the cursor among them, from 1; 0 if it is on none. */
  readonly at: number;
  readonly isElsewhere: boolean;
  /** Whether attributes are still being loaded, so that more may be found. */
  readonly isLoading: boolean;
  /** Whether only names, services and ids are searched. */
  readonly areAttributesLeftOut: boolean;
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeave: () => void;
}

/** What can be done with the spans of a trace. */
export function TraceTools(props: TraceToolsProps) {
  const { view, order, orders, isPathShown, logs } = props;
  return (
    <div className="trace-tools" role="toolbar" aria-label="Tools of the trace">
      <Search {...props.search} />
      <fieldset className="segments segments-small">
        <legend className="visually-hidden">View</legend>
        <button type="button" aria-pressed={view === 'tree'} onClick={() => props.onView('tree')}>
          Tree
        </button>
        <button type="button" aria-pressed={view === 'flame'} title="v" onClick={() => props.onView('flame')}>
          Flame
        </button>
      </fieldset>
      {view === 'tree' && (
        <select
          className="input trace-order"
          aria-label="Order of the spans"
          value={order}
          onChange={({ target }) => props.onOrder(target.value as Order)}
        >
          {orders.map((each) => (
            <option key={each} value={each}>
              {ORDER_NAMES[each]}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        className="button button-small"
        aria-pressed={isPathShown}
        title="What the trace waited for (c)"
        onClick={props.onPath}
      >
        Critical path
      </button>
      {logs !== undefined && view === 'tree' && (
        <button
          type="button"
          className="button button-small"
          aria-pressed={logs.areShown}
          title="Log records and exceptions below their spans (l)"
          onClick={logs.onToggle}
        >
          Logs
        </button>
      )}
      <span className="zoom-tools">
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={() => props.onZoom(0.5)}
        >
          <Icon name="plus" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom out"
          title="Zoom out (−)"
          disabled={!props.isZoomed}
          onClick={() => props.onZoom(2)}
        >
          <Icon name="minus" />
        </button>
        {props.isZoomed && (
          <button type="button" className="button button-small" title="0" onClick={props.onWhole}>
            Whole trace
          </button>
        )}
      </span>
    </div>
  );
}

function Search(props: SearchTools) {
  const { field, text, onText, count, onStep, onLeave } = props;
  const searched = props.areAttributesLeftOut ? 'name, service or id' : 'name, service, attribute or id';
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
  };
  return (
    <span className="span-search">
      <input
        ref={field}
        className="input"
        type="search"
        placeholder={props.areAttributesLeftOut ? 'Name, service or id  /' : 'Name, attribute or id  /'}
        aria-label={`Search spans by ${searched}`}
        title={
          props.areAttributesLeftOut
            ? 'Attributes are not searched: the trace has too many spans, or it could not be loaded'
            : 'Names, services, keys and values of attributes, beginnings of ids'
        }
        value={text}
        onChange={({ target }) => onText(target.value)}
        onKeyDown={onKeyDown}
      />
      {count !== undefined && (
        <>
          <span role="status" className="muted search-count">
            {foundText(props)}
          </span>
          <button
            type="button"
            className="icon-button"
            aria-label="Previous span found"
            title="Previous (Shift+Enter, p)"
            onClick={() => onStep(-1)}
          >
            <Icon name="arrow-up" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label="Next span found"
            title="Next (Enter, n)"
            onClick={() => onStep(1)}
          >
            <Icon name="arrow-down" />
          </button>
        </>
      )}
    </span>
  );
}

/** How many spans are found, and on which of them the cursor is. */
function foundText({ count = 0, at, isElsewhere, isLoading }: SearchTools): string {
  if (count > 0)
    return `${at > 0 ? `${formatCount(at)} of ` : ''}${formatCount(count)}${isLoading ? ' …' : ''}`;
  if (isLoading) return 'Searching…';
  return isElsewhere ? 'In other traces' : 'None';
}
