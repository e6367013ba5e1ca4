import { useMemo, useRef, useState } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCounted } from '../../../../client/src/text/number.js';
import type { Session } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Skeleton } from '../../components/Skeleton.js';
import { Spinner } from '../../components/Spinner.js';
import { parseTime } from '../../format/time.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import { serviceColors } from '../timeline/service-colors.js';
import { useSessionRoute } from '../use-session-route.js';
import { ChosenThing } from './ChosenThing.js';
import { reachOf } from './causes.js';
import { chosenThing } from './chosen.js';
import { foldedAxis } from './folds.js';
import { Lanes } from './Lanes.js';
import { ThingList } from './ThingList.js';
import { countsText, thingText } from './thing-text.js';
import { type Journey, useJourney } from './use-journey.js';
import './journey.css';

/** A session on one axis: pages, clicks, requests, services, turns, model calls and errors, and what caused what. */
export function JourneyView({ session }: { readonly session: Session }) {
  const journey = useJourney(session);
  const { things, isPending, error, retry } = journey;
  if (isPending) {
    return (
      <div className="journey" role="status" aria-label="Loading the journey">
        <Skeleton height="420px" />
      </div>
    );
  }
  if (things.length === 0) {
    return error === null ? (
      <p className="view-note">Nothing of this session has a place in time.</p>
    ) : (
      <ErrorNote error={error} onRetry={retry} />
    );
  }
  return <JourneyOf journey={journey} start={parseTime(session.start_time)} />;
}

interface JourneyOfProps {
  readonly journey: Journey;
  /** Start of the session, milliseconds since 1970. */
  readonly start: number;
}

function JourneyOf({ journey, start }: JourneyOfProps) {
  const { things, causes, services, isLoading, missing, error, retry } = journey;
  const { search, go } = useSessionRoute();
  const [latest, setLatest] = useState<string>();
  const [isFolded, setFolded] = useState(true);
  const chosen = useMemo(() => chosenThing(things, search, latest), [things, search, latest]);
  const reach = useMemo(() => (chosen === undefined ? undefined : reachOf(causes, chosen)), [causes, chosen]);
  // A page lasts until the next one, so it says little about when something happened.
  const axis = useMemo(() => {
    const busy = things.map(({ kind, start: from, end }) => ({
      start: from,
      end: kind === 'page' ? from : end,
    }));
    return foldedAxis(busy, isFolded);
  }, [things, isFolded]);
  const hasFolds = useMemo(() => axis.folds.length > 0 || !isFolded, [axis, isFolded]);
  const colors = useMemo(() => serviceColors(services), [services]);

  const choose = (index: number | undefined): void => {
    const thing = index === undefined ? undefined : things[index];
    setLatest(thing?.key);
    go({ view: 'journey', ...thing?.place }, { replace: true });
  };
  const takesFocus = useRef(false);
  const chooseByKey = (index: number): void => {
    takesFocus.current = true;
    choose(index);
  };
  const step = (by: 1 | -1): void => {
    const next = chosen === undefined ? (by === 1 ? 0 : things.length - 1) : chosen + by;
    if (things[next] !== undefined) chooseByKey(next);
  };
  const close = (): void => choose(undefined);
  const toNextError = (): void => {
    const failed = things.flatMap(({ isError, kind }, index) => (isError && kind !== 'page' ? [index] : []));
    const next = failed.find((index) => index > (chosen ?? -1)) ?? failed[0];
    if (next !== undefined) chooseByKey(next);
  };
  const toEarlier = (): void => step(-1);
  const toLater = (): void => step(1);
  useShortcuts({
    ArrowLeft: toEarlier,
    ArrowRight: toLater,
    e: toNextError,
    ...(chosen !== undefined && { Escape: close }),
  });

  const idle = axis.folds.reduce((sum, fold) => sum + (fold.end - fold.start), 0);
  return (
    <div className="journey">
      <p className="journey-sum">
        <span>{countsText(things)}.</span>
        {isLoading && <Spinner label="Loading the rest" />}
        {axis.folds.length > 0 && (
          <span>
            {formatCounted(axis.folds.length, 'idle time')} folded, {formatDuration(idle)} in all.
          </span>
        )}
        {missing.length > 0 && (
          <span className="journey-missing">Not all is shown: {missing.join('; ')}.</span>
        )}
      </p>
      {error !== null && <ErrorNote error={error} onRetry={retry} />}
      <Lanes
        things={things}
        causes={causes}
        axis={axis}
        colors={colors}
        chosen={chosen}
        reach={reach}
        onChoose={choose}
        takesFocus={takesFocus}
        fold={
          hasFolds && (
            <button
              type="button"
              className="button button-small"
              aria-pressed={isFolded}
              onClick={() => setFolded(!isFolded)}
            >
              Fold idle times
            </button>
          )
        }
      />
      <p className="visually-hidden" role="status">
        {chosen !== undefined && thingText(things[chosen]!)}
      </p>
      {chosen !== undefined && reach !== undefined ? (
        <ChosenThing
          things={things}
          causes={causes}
          chosen={chosen}
          reach={reach}
          start={start}
          onChoose={choose}
        />
      ) : (
        <p className="muted journey-hint">
          Choose something to see what caused it and what followed: <kbd>←</kbd> <kbd>→</kbd> by time,{' '}
          <kbd>↑</kbd> its cause, <kbd>↓</kbd> its effect, <kbd>Enter</kbd> details.
        </p>
      )}
      <ThingList things={things} causes={causes} folds={axis.folds} start={start} onChoose={choose} />
    </div>
  );
}
