import { useState } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { exactTime } from '../../format/time.js';
import { SessionLink } from '../SessionLink.js';
import type { Causes } from './causes.js';
import type { Fold } from './folds.js';
import { KIND_NAMES, offsetText } from './thing-text.js';
import type { Thing } from './things.js';

const STEP = 100;

interface ThingListProps {
  readonly things: readonly Thing[];
  readonly causes: Causes;
  readonly folds: readonly Fold[];
  /** Start of the session, milliseconds since 1970. */
  readonly start: number;
  readonly onChoose: (index: number) => void;
}

/** The same as the lanes, as text in order of time. */
export function ThingList({ things, causes, folds, start, onChoose }: ThingListProps) {
  const [isOpen, setOpen] = useState(false);
  const [limit, setLimit] = useState(STEP);
  return (
    <details className="journey-list" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>All of it as a list ({formatCount(things.length)})</summary>
      {isOpen && (
        <>
          <ol>
            {things.slice(0, limit).map((thing, index) => (
              <li key={thing.key}>
                <IdleBefore folds={folds} thing={thing} before={things[index - 1]} />
                <div className="journey-row">
                  <time
                    dateTime={new Date(start + thing.start).toISOString()}
                    title={exactTime(start + thing.start)}
                  >
                    {offsetText(thing.start)}
                  </time>
                  <button type="button" className="text-button journey-step" onClick={() => onChoose(index)}>
                    <span className={thing.isError ? 'error-text' : 'journey-kind'}>
                      {KIND_NAMES[thing.kind]}
                    </span>{' '}
                    <span className="journey-label">{thing.label}</span>
                  </button>
                  <span className="muted">
                    {[...thing.facts, causeText(things, causes.causes[index]!)].filter(Boolean).join(' · ')}
                  </span>
                  {thing.links[0] !== undefined && (
                    <SessionLink search={thing.links[0].search}>{thing.links[0].label}</SessionLink>
                  )}
                </div>
              </li>
            ))}
          </ol>
          {limit < things.length && (
            <button type="button" className="button" onClick={() => setLimit(limit + STEP)}>
              More: {formatCount(things.length - limit)} are not listed yet
            </button>
          )}
        </>
      )}
    </details>
  );
}

function causeText(things: readonly Thing[], causes: readonly number[]): string {
  if (causes.length === 0) return '';
  const first = things[causes[0]!]!;
  const more = causes.length > 1 ? ` and ${formatCount(causes.length - 1)} more` : '';
  return `caused by ${KIND_NAMES[first.kind].toLowerCase()} ${first.label.slice(0, 60)}${more}`;
}

interface IdleBeforeProps {
  readonly folds: readonly Fold[];
  readonly thing: Thing;
  readonly before: Thing | undefined;
}

/** Says how long nothing happened before a thing, where the axis is folded. */
function IdleBefore({ folds, thing, before }: IdleBeforeProps) {
  const fold = folds.find(({ end }) => end <= thing.start && (before === undefined || end > before.start));
  return fold === undefined ? null : <p className="muted">{formatDuration(fold.end - fold.start)} idle</p>;
}
