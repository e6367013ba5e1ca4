import { memo } from 'react';
import { formatCount } from '../../../../client/src/text/number.js';
import { priceParts } from '../../../../client/src/text/price-text.js';
import { BASES, REASONS, UNPRICED, UNREPORTED } from '../../../../client/src/text/usage-reasons.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon } from '../../components/Icon.js';
import { Money } from '../../components/Money.js';
import { exactTime, parseTime } from '../../format/time.js';
import type { UsageRecordItem } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { recordKey } from './call-marks.js';

const KINDS: Record<UsageRecordItem['kind'], string> = {
  call: 'Call',
  wrapper: 'Wrapper',
  sum: 'Sum',
  rest: 'Rest of total',
  other: 'Record',
};

interface UsageRowProps {
  readonly item: UsageRecordItem;
  readonly isChosen: boolean;
  readonly onChoose: (key: string) => void;
}

/** A usage record: of one model call, or an aggregate of several. */
export const UsageRow = memo(function UsageRow({ item, isChosen, onChoose }: UsageRowProps) {
  const { counted, reason, by, price } = item;
  const classes = [counted ? '' : 'is-passed-over', isChosen ? 'is-chosen' : ''].filter(Boolean).join(' ');
  return (
    <tr className={classes} aria-current={isChosen ? 'true' : undefined}>
      <td>
        <span className="usage-record" title={exactTime(parseTime(item.time))}>
          {KINDS[item.kind]} · {item.signal}{' '}
          {item.trace_id !== undefined && item.span_id !== undefined ? (
            <SessionLink search={{ trace: item.trace_id, span: item.span_id }} className="mono">
              {item.span_id.slice(0, 8)}
            </SessionLink>
          ) : (
            <span className="mono">{item.log_id?.slice(0, 8)}</span>
          )}
        </span>
        <span className="usage-minor">
          {item.dialect === undefined ? 'no known dialect' : visibleText(item.dialect)}
          {item.scope !== undefined && ` · ${visibleText(item.scope)}`}
        </span>
      </td>
      <td className="usage-verdict">
        {counted ? (
          <span className="usage-counts">
            <Icon name="check" /> Counts
          </span>
        ) : (
          <>
            {reason === undefined ? 'Does not count' : REASONS[reason]}
            {by !== undefined && (
              <button type="button" className="text-button" onClick={() => onChoose(recordKey(by))}>
                Show the one that counts
              </button>
            )}
          </>
        )}
      </td>
      <td>
        <span>{item.model === undefined ? '–' : visibleText(item.model)}</span>
        {item.provider !== undefined && <span className="usage-minor">{visibleText(item.provider)}</span>}
        {item.service_tier !== undefined && (
          <span className="usage-minor">tier {visibleText(item.service_tier)}</span>
        )}
      </td>
      <td className="num">
        <Count value={item.input_tokens} />
        <Part value={item.cache_read_tokens} name="from cache" />
        <Part value={item.cache_write_tokens} name="to cache" />
        <Part value={item.cache_write_1h_tokens} name="for an hour" />
        <Part value={item.input_audio_tokens} name="audio" />
        <Part value={item.cache_audio_read_tokens} name="audio from cache" />
      </td>
      <td className="num">
        <Count value={item.output_tokens} />
        <Part value={item.reasoning_tokens} name="reasoning" />
        <Part value={item.output_audio_tokens} name="audio" />
      </td>
      <td className="num">
        <Money usd={item.cost_usd} />
      </td>
      <td>
        {price !== undefined && (
          <>
            <span className="usage-price">
              {price.source === 'reported'
                ? 'Reported by the telemetry'
                : priceParts(price).map((part, index, { length }) => (
                    <span key={part}>
                      {part}
                      {index < length - 1 && ' ·'}
                    </span>
                  ))}
            </span>
            {price.source !== 'reported' && (
              <span className="usage-minor">
                {[visibleText(price.source), price.provider, price.basis && BASES[price.basis]]
                  .filter((part) => part !== undefined)
                  .join(' · ')}
              </span>
            )}
          </>
        )}
        {item.unpriced !== undefined && <span className="muted">{UNPRICED[item.unpriced]}</span>}
        {item.unreported !== undefined && <span className="usage-minor">{UNREPORTED[item.unreported]}</span>}
        {item.numbers?.map(({ key, value }) => (
          <span key={key} className="usage-minor mono">
            {visibleText(key)} = {value}
          </span>
        ))}
      </td>
    </tr>
  );
});

function Count({ value }: { readonly value: number | undefined }) {
  return value === undefined ? <span className="muted">–</span> : <span>{formatCount(value)}</span>;
}

/** A number that is part of the number above it. A 0 is not shown. */
function Part({ value, name }: { readonly value: number | undefined; readonly name: string }) {
  if (value === undefined || value === 0) return null;
  return (
    <span className="usage-minor">
      {formatCount(value)} {name}
    </span>
  );
}
