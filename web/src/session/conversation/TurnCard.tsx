import { memo } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon, type IconName } from '../../components/Icon.js';
import { Money } from '../../components/Money.js';
import { exactTime, parseTime } from '../../format/time.js';
import type { Turn } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { Thumbs } from '../scores/Thumbs.js';
import { LongText } from '../span/Value.js';
import { valueText } from '../span/value-text.js';
import type { CallMark } from '../usage/call-marks.js';
import { FoldedText } from './FoldedText.js';
import { MediaItem } from './MediaItem.js';

const ROLES: Record<Turn['role'], { name: string; icon: IconName }> = {
  system: { name: 'System', icon: 'system' },
  user: { name: 'User', icon: 'user' },
  assistant: { name: 'Assistant', icon: 'spark' },
  tool_call: { name: 'Tool call', icon: 'tool' },
  tool_result: { name: 'Tool result', icon: 'arrow' },
};

/** Instructions are long and always the same, so little of them is shown. People come for the messages. */
const SHOWN = { system: 240, user: 1_500, assistant: 3_000, tool_call: 0, tool_result: 0 };
const SHOWN_REASONING = 600;

interface TurnCardProps {
  readonly turn: Turn;
  readonly sessionId: string;
  /** The usage of the call, on the turn that has its numbers. */
  readonly mark: CallMark | undefined;
  readonly isChosen: boolean;
  /** Start of the session, milliseconds since 1970. */
  readonly start: number;
}

export const TurnCard = memo(function TurnCard({ turn, sessionId, mark, isChosen, start }: TurnCardProps) {
  const { role, error, tool } = turn;
  const { name, icon } = ROLES[role];
  const time = parseTime(turn.time);
  const isNumbered = turn.input_tokens !== undefined || turn.output_tokens !== undefined;
  return (
    <article
      className={`turn turn-${role}${isChosen ? ' is-chosen' : ''}${error ? ' is-failed' : ''}`}
      aria-label={name}
    >
      <header className="turn-head">
        <span className="turn-role">
          <Icon name={icon} />
          {name}
        </span>
        {tool?.name !== undefined && <span className="mono turn-tool">{visibleText(tool.name)}</span>}
        {role === 'assistant' && turn.model !== undefined && (
          <span className="turn-model" title={turn.provider}>
            {visibleText(turn.model)}
          </span>
        )}
        <span className="turn-numbers">
          {isNumbered && (
            <span>
              {formatCount(turn.input_tokens ?? 0)} in · {formatCount(turn.output_tokens ?? 0)} out
            </span>
          )}
          {isNumbered && mark !== undefined && <Money usd={mark.costUsd} />}
          {turn.latency_ms !== undefined && <span>{formatDuration(turn.latency_ms)}</span>}
          {turn.finish_reason !== undefined && <span>{visibleText(turn.finish_reason)}</span>}
          <time dateTime={turn.time} title={exactTime(time)}>
            +{formatDuration(Math.max(0, time - start))}
          </time>
          {turn.trace_id !== undefined && turn.span_id !== undefined && (
            <SessionLink search={{ trace: turn.trace_id, span: turn.span_id }}>Span</SessionLink>
          )}
          {role === 'assistant' && (turn.span_id ?? turn.log_id) !== undefined && (
            <Thumbs
              sessionId={sessionId}
              label="Was this answer helpful?"
              target={{ traceId: turn.trace_id, spanId: turn.span_id, logId: turn.log_id }}
            />
          )}
        </span>
      </header>
      {error !== undefined && (
        <div className="turn-error">
          <Icon name="warning" />
          <LongText
            text={[error.type, error.message].filter(Boolean).join(': ') || 'Failed'}
            className="failure-text"
          />
        </div>
      )}
      {turn.reasoning !== undefined && (
        <details className="turn-reasoning">
          <summary>Reasoning</summary>
          <FoldedText text={turn.reasoning} length={SHOWN_REASONING} />
        </details>
      )}
      {turn.text !== undefined && <FoldedText text={turn.text} length={SHOWN[role] || 3_000} />}
      {tool?.arguments !== undefined && <ToolText label="Arguments" text={tool.arguments} />}
      {tool?.result !== undefined && <ToolText label="Result" text={tool.result} />}
      {turn.media?.map((media, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same content may be sent twice
        <MediaItem media={media} sessionId={sessionId} speaker={name} key={index} />
      ))}
      {role === 'assistant' && isSilent(turn) && !turn.content_removed && (
        <p className="muted">What was said in this call was not recorded.</p>
      )}
      {turn.content_removed && <p className="muted">What was said was removed by retention.</p>}
      {turn.truncated && <p className="muted">The text was longer; this is its beginning.</p>}
    </article>
  );
});

/** A folded text whose first words are in the line that unfolds it. */
function ToolText({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <details className="tool-text">
      <summary>
        <span className="tool-label">{label}</span>
        <span className="tool-preview mono">{visibleText(text.slice(0, 200))}</span>
      </summary>
      <LongText text={valueText(text).text} />
    </details>
  );
}

function isSilent({ text, reasoning, tool, media, error }: Turn): boolean {
  return [text, reasoning, tool, media, error].every((part) => part === undefined);
}
