import { formatCount } from '../../../../client/src/text/number.js';
import { exactTime } from '../../format/time.js';
import { SessionLink } from '../SessionLink.js';
import { PageVitals } from '../visit/PageVitals.js';
import type { Causes, Reach } from './causes.js';
import { costText, countsText, KIND_NAMES, offsetText } from './thing-text.js';
import type { Thing } from './things.js';

/** Things listed on each side. */
const SHOWN = 8;

interface ChosenThingProps {
  readonly things: readonly Thing[];
  readonly causes: Causes;
  readonly chosen: number;
  readonly reach: Reach;
  /** Start of the session, milliseconds since 1970. */
  readonly start: number;
  readonly onChoose: (index: number) => void;
}

/** What is known about the chosen thing, what led to it, and what followed from it. */
export function ChosenThing({ things, causes, chosen, reach, start, onChoose }: ChosenThingProps) {
  const thing = things[chosen]!;
  const before = [...reach.causes].sort((a, b) => a - b);
  const after = [...reach.effects].sort((a, b) => a - b);
  const followed = after.map((index) => things[index]!);
  const cost = costText(followed);
  return (
    <section className="card journey-chosen" aria-label="Chosen">
      <header className="journey-chosen-head">
        <h2>
          <span className={thing.isError ? 'error-text' : 'journey-kind'}>{KIND_NAMES[thing.kind]}</span>{' '}
          <span className="journey-label">{thing.label}</span>
        </h2>
        <time dateTime={new Date(start + thing.start).toISOString()} title={exactTime(start + thing.start)}>
          {offsetText(thing.start)}
        </time>
        <span className="journey-links">
          {thing.links.map(({ label, search }, index) => (
            <SessionLink search={search} key={label}>
              {label} {index === 0 && <kbd>Enter</kbd>}
            </SessionLink>
          ))}
        </span>
      </header>
      {thing.facts.length > 0 && <p>{thing.facts.join(' · ')}</p>}
      {thing.vitals !== undefined && <PageVitals vitals={thing.vitals} />}
      <div className="journey-reach">
        <section aria-label="Caused by">
          <h3>Caused by</h3>
          {before.length === 0 ? (
            <p className="muted">Nothing that the telemetry tells.</p>
          ) : (
            <Steps things={things} indexes={before} direct={causes.causes[chosen]!} onChoose={onChoose} />
          )}
        </section>
        <section aria-label="Led to">
          <h3>Led to</h3>
          {after.length === 0 ? (
            <p className="muted">Nothing that the telemetry tells.</p>
          ) : (
            <>
              <p>
                {countsText(followed)}
                {cost !== undefined && <>; the model calls cost {cost}</>}
              </p>
              <Steps things={things} indexes={after} direct={causes.effects[chosen]!} onChoose={onChoose} />
            </>
          )}
        </section>
      </div>
    </section>
  );
}

interface StepsProps {
  readonly things: readonly Thing[];
  readonly indexes: readonly number[];
  /** Those with a link to the chosen thing itself. */
  readonly direct: readonly number[];
  readonly onChoose: (index: number) => void;
}

function Steps({ things, indexes, direct, onChoose }: StepsProps) {
  const isDirect = new Set(direct);
  // Of many, the nearest are shown.
  const nearest = [
    ...indexes.filter((index) => isDirect.has(index)),
    ...indexes.filter((index) => !isDirect.has(index)),
  ];
  const shown = nearest.slice(0, SHOWN).sort((a, b) => a - b);
  const missing = indexes.length - shown.length;
  return (
    <ol className="journey-steps">
      {shown.map((index) => {
        const { kind, label, isError, start } = things[index]!;
        return (
          <li key={index}>
            <button type="button" className="text-button journey-step" onClick={() => onChoose(index)}>
              <span className={isError ? 'error-text' : 'journey-kind'}>{KIND_NAMES[kind]}</span>{' '}
              <span className="journey-label">{label}</span>{' '}
              <span className="muted">{offsetText(start)}</span>
            </button>
          </li>
        );
      })}
      {missing > 0 && <li className="muted">and {formatCount(missing)} more, further away</li>}
    </ol>
  );
}
